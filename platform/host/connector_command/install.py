"""Makes in a customer's company at the vendor what posting needs there once, such as a field for our reference."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import OutputWrapper

from host.connector_command import doctor


def add_arguments(parser: ArgumentParser) -> None:
    doctor.add_arguments(parser)


def handle(options: dict[str, Any], stdout: OutputWrapper) -> int:
    return doctor.tell(options, stdout, lambda connector: connector.install())
