"""Packages that bring a connector, as others write them: built, installed and used."""
