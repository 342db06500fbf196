"""The staff's pages of customers who leave; imported by Django's discovery."""

from leaving.admin import customers, leavings

__all__ = ["customers", "leavings"]
