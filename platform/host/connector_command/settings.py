"""Prints the table of a connector's settings, for its README; a test compares the two."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import OutputWrapper

from connectors import registry
from connectors.kit.settings.table import markdown


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("key", help="the connector's key")


def handle(options: dict[str, Any], stdout: OutputWrapper) -> int:
    try:
        stdout.write(markdown(registry.get(options["key"]).settings_model))
    except registry.UnknownConnector as unknown:
        stdout.write(str(unknown))
        return 1
    return 0
