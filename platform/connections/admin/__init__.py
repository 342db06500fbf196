"""The staff's pages of connections; imported by Django's discovery."""

from connections.admin import applications, connections, exchanges, links

__all__ = ["applications", "connections", "exchanges", "links"]
