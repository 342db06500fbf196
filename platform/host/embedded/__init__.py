"""One machine's own PostgreSQL and Valkey, from wheels: the same parts as in production, without Docker.

Needs no Django: it runs before the settings are read.
"""
