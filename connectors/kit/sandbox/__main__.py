"""Run one vendor's sandbox alone: python -m connectors.kit.sandbox <package> --port N --folder DIR."""

import argparse
import importlib
import signal
import sys
import threading
from importlib.util import find_spec

from connectors.kit.sandbox.app import Sandbox


def find(package: str) -> type[Sandbox]:
    """Of a connector's package; the name of a folder here is enough."""
    if not all(part.isidentifier() for part in package.split(".")):
        raise SystemExit(f"{package!r} is not the name of a connector")
    is_ours = "." not in package and find_spec(f"connectors.{package}")
    name = f"connectors.{package}" if is_ours else package
    try:
        module = importlib.import_module(f"{name}.sandbox")
    except ModuleNotFoundError as error:
        raise SystemExit(f"{name} has no sandbox: {error}") from error
    found: type[Sandbox] = module.sandbox_class
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m connectors.kit.sandbox", description=__doc__)
    parser.add_argument("package", help="a folder under connectors/, or the package of an installed connector")
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--folder", help="where the state lives; without it, in memory")
    options = parser.parse_args()
    done = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: done.set())
    try:
        sandbox = find(options.package)(options.folder, port=options.port).start()
    except OSError as error:
        raise SystemExit(f"The {options.package} sandbox cannot start on port {options.port}: {error}") from error
    sys.stdout.write(f"{sandbox.title} sandbox at {sandbox.url}\n")
    sys.stdout.flush()
    done.wait()
    sandbox.stop()


if __name__ == "__main__":
    main()
