"""The real product around a test: worker and web server as processes, a Valkey of their own, vendors on loopback.

Beat runs in none of these tests: workers sweep by themselves.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connections
from pytest_django import Settings
from redis import Redis

from host.embedded import processes, services
from tests.customer import Customer, new_customer, vendors
from tests.faults.house import ROOT, House
from tests.faults.wires import Wires, wired


@pytest.fixture(scope="session")
def valkey() -> Iterator[str]:
    """Its address. The suite's own PostgreSQL stays in use."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("REDIS_URL")
        running = services.start(ROOT, throw_away=True)
    with running:
        yield running.redis_url


@pytest.fixture
def house(transactional_db: None, valkey: str, settings: Settings, tmp_path: Path) -> Iterator[House]:
    with Redis.from_url(valkey) as client:
        client.flushall()
    port = processes.free_port()
    settings.REDIS_URL, settings.BASE_URL = valkey, f"http://localhost:{port}"
    database = str(connections.settings["default"]["NAME"])
    environment = {
        **os.environ,
        "DATABASE_URL": urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl(),
        "REDIS_URL": valkey,
        "BASE_URL": settings.BASE_URL,
        "DJANGO_SETTINGS_MODULE": "host.settings",
        "LOG_LEVEL": "INFO",
        "PYTHONUNBUFFERED": "1",
    }
    made = House(tmp_path, environment, port)
    yield made
    made.stop()
    sys.stdout.write(made.said())  # shown when the test has failed
    connections.close_all()


@pytest.fixture
def customer(house: House) -> Iterator[Customer]:
    with vendors() as running:
        yield new_customer(*running)
        house.stop()  # before the vendors, so that nobody calls into nothing


@pytest.fixture
def wires(house: House, customer: Customer) -> Iterator[Wires]:
    with wired(house, customer) as running:
        yield running
