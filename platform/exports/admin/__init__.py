"""The staff's pages of the ledger; imported by Django's discovery."""

from exports.admin import jobs, postings, reconciliations, records, submissions

__all__ = ["jobs", "postings", "reconciliations", "records", "submissions"]
