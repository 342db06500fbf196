"""`manage.py connector …`, for those who write a connector. A subcommand is a module of `host.connector_command`."""

import importlib
import pkgutil
import sys
from types import ModuleType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from host import connector_command


class Command(BaseCommand):
    help = "Helps with writing a connector."
    requires_system_checks = ()  # a connector needs neither database nor keys

    def add_arguments(self, parser: CommandParser) -> None:
        subcommands = parser.add_subparsers(dest="subcommand", required=True)
        for name, module in _subcommands().items():
            told = (module.__doc__ or "").strip().splitlines()[0]
            module.add_arguments(subcommands.add_parser(name, help=told, description=told))

    def handle(self, *args: Any, **options: Any) -> None:
        status = _subcommands()[options["subcommand"]].handle(options, self.stdout)
        if status:
            sys.exit(status)


def _subcommands() -> dict[str, ModuleType]:
    names = sorted(module.name for module in pkgutil.iter_modules(connector_command.__path__))
    return {name: importlib.import_module(f"{connector_command.__name__}.{name}") for name in names}
