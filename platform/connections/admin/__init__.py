"""The staff's pages of connections; imported by Django's discovery."""

from connections.admin import applications, authorisations, connections, exchanges, private_hosts

__all__ = ["applications", "authorisations", "connections", "exchanges", "private_hosts"]
