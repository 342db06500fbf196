"""Run one vendor's sandbox alone: python -m connectors.kit.sandbox <key> --port N --folder DIR."""

import argparse
import importlib
import signal
import sys
import threading

from connectors.kit.sandbox.app import Sandbox


def find(key: str) -> type[Sandbox]:
    if not key.isidentifier():
        raise SystemExit(f"{key!r} is not the name of a connector")
    try:
        module = importlib.import_module(f"connectors.{key}.sandbox")
    except ModuleNotFoundError as error:
        raise SystemExit(f"connectors.{key} has no sandbox: {error}") from error
    found: type[Sandbox] = module.sandbox_class
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m connectors.kit.sandbox", description=__doc__)
    parser.add_argument("key", help="the connector's folder, e.g. one under connectors/")
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--folder", help="where the state lives; without it, in memory")
    options = parser.parse_args()
    done = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: done.set())
    try:
        sandbox = find(options.key)(options.folder, port=options.port).start()
    except OSError as error:
        raise SystemExit(f"The {options.key} sandbox cannot start on port {options.port}: {error}") from error
    sys.stdout.write(f"{sandbox.title} sandbox at {sandbox.url}\n")
    sys.stdout.flush()
    done.wait()
    sandbox.stop()


if __name__ == "__main__":
    main()
