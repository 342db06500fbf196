"""The admin pages of this room: importing them registers them."""

from webhooks.admin import deliveries, endpoints

__all__ = ["deliveries", "endpoints"]
