"""The staff's pages of what leads customers into the portal; imported by Django's discovery."""

from portal.admin import customers, links, many_links

__all__ = ["customers", "links", "many_links"]
