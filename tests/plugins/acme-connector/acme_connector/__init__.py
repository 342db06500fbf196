"""Acme: a connector for Causeway."""
