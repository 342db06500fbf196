"""The staff's pages of installations; imported by Django's discovery."""

from installations.admin.installations import InstallationAdmin

__all__ = ["InstallationAdmin"]
