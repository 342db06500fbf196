"""The staff's pages of the ledger; imported by Django's discovery."""

from exports.admin import jobs, postings, records, submissions

__all__ = ["jobs", "postings", "records", "submissions"]
