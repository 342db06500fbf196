"""The host: settings, addresses, the admin site, start-up checks. Knows all other rooms."""

from host.celery import app as celery_app

__all__ = ["celery_app"]
