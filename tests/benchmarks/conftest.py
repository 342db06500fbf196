"""The ground of a benchmark in the suite: its own Valkey, the test's database, and sizes that say nothing."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connections
from pytest_django import Settings
from redis import Redis

from benchmarks.ground import Ground, furnished
from host.embedded import services
from tests.database_fixture import ROOT, owner_url


@pytest.fixture
def ground(transactional_db: None, settings: Settings, tmp_path: Path) -> Iterator[Ground]:
    database = str(connections.settings["default"]["NAME"])
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("REDIS_URL")
        with services.start(ROOT, throw_away=True) as running:
            settings.REDIS_URL = running.redis_url
            with Redis.from_url(running.redis_url) as valkey:
                valkey.flushall()
            url = urlsplit(running.database_url)._replace(path=f"/{database}").geturl()
            patch.setenv("DATABASE_URL", url)
            patch.setenv("MIGRATION_DATABASE_URL", owner_url(database))
            patch.setenv("REDIS_URL", running.redis_url)
            patch.setenv("DJANGO_SETTINGS_MODULE", "host.settings")
            with furnished(tmp_path, tiny=True) as made:
                yield made
            connections.close_all()
