"""Makes a new connector that works against a made-up vendor, to be changed into yours."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import OutputWrapper

import connectors
from connectors.kit import scaffold


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("key", help="its key: small letters, digits and underscores, such as acme_books")
    parser.add_argument(
        "--into", type=Path, help="the folder that it is made in (without: connectors/, or with --package here)"
    )
    parser.add_argument("--package", action="store_true", help="a package of its own that can be installed")


def handle(options: dict[str, Any], stdout: OutputWrapper) -> int:
    key, is_package = options["key"], options["package"]
    usual = Path() if is_package else Path(connectors.__path__[0])
    try:
        made = scaffold.make(key, options["into"] or usual, is_package=is_package)
    except scaffold.NotMade as refused:
        stdout.write(str(refused))
        return 1
    stdout.write(f"Made {made}.")
    if is_package:
        stdout.write(f"Install it:   .venv/bin/pip install -e {made} --no-build-isolation --no-deps")
    stdout.write(f"Check it:     .venv/bin/python manage.py connector check {key}")
    stdout.write(f"See it post:  .venv/bin/python manage.py connector run {key} --sandbox")
    stdout.write("Then change its sandbox into your vendor, and its connector until the check is green again.")
    return 0
