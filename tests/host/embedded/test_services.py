"""What a start gives, shares, keeps and refuses."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import environ
import psycopg
import pytest
import redis

from host.embedded import services
from host.embedded.homes import Home
from host.embedded.postgres import LOGIN, OWNER
from host.embedded.services import ServiceFailed
from tests.host.embedded.machine import Elsewhere, remember, remembers, servers, shown, throw_away_folder


def test_both_services_answer_in_the_words_of_the_settings(place: Home, project: Path) -> None:
    with services.start(project) as running:
        config = environ.Env.db_url_config(running.environment["DATABASE_URL"])
        words = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
        with psycopg.connect(**{word: config[name] for word, name in words.items()}) as login:
            assert login.execute("select current_user, current_database()").fetchone() == (LOGIN, "causeway")
        assert shown(running.database_url, "fsync") == "on"
        assert shown(running.database_url, "max_connections") == "200"
        assert shown(running.database_url, "server_encoding") == "UTF8"
        with redis.Redis.from_url(running.redis_url) as client:
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_the_owner_makes_databases_and_roles_for_the_login_and_neither_stands_above_the_wall(
    place: Home, project: Path
) -> None:
    above = "select rolname from pg_roles where rolname like 'causeway%' and (rolsuper or rolbypassrls)"
    makers = "select rolname from pg_roles where rolname like 'causeway%' and (rolcreatedb or rolcreaterole)"
    with (
        services.start(project) as running,
        psycopg.connect(running.migration_database_url, autocommit=True) as owner,
    ):
        for statement in (
            "create database another",
            "drop database another",
            "create role some_role",
            f"grant some_role to {LOGIN} with inherit false, set true",
            "drop role some_role",
        ):
            owner.execute(statement)
        assert owner.execute(above).fetchall() == []
        assert owner.execute(makers).fetchall() == [(OWNER,)]


def test_nobody_comes_in_without_a_password(place: Home, project: Path) -> None:
    with services.start(project) as running:
        server = f"127.0.0.1:{urlsplit(running.database_url).port}/causeway"
        for user in (LOGIN, OWNER, "postgres"):
            with pytest.raises(psycopg.OperationalError, match="no password supplied"):
                psycopg.connect(f"postgres://{user}@{server}")
            with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
                psycopg.connect(f"postgres://{user}:x@{server}")
        valkey = f"redis://127.0.0.1:{urlsplit(running.redis_url).port}/0"
        with redis.Redis.from_url(valkey, retry=None) as client, pytest.raises(redis.AuthenticationError):
            client.ping()


def test_passwords_are_for_our_eyes_only(place: Home, project: Path) -> None:
    with services.start(project) as running:
        passwords = {str(urlsplit(url).password) for url in running.environment.values()}
        seen = repr(running) + "".join(" ".join(server.cmdline()) for server in servers(place).values())
        seen += "".join(log.read_text() for log in place.folder.glob("*/*.log"))
    assert len(passwords) == 3
    assert not any(password in seen for password in passwords)
    for state in place.folder.glob("*/state.json"):
        assert state.stat().st_mode & 0o777 == 0o600
        assert state.parent.stat().st_mode & 0o777 == 0o700


def test_a_second_start_keeps_data_and_addresses(place: Home, project: Path) -> None:
    with services.start(project) as first:
        remember(first.migration_database_url, "kept")
    with services.start(project) as second:
        assert second.migration_database_url == first.migration_database_url
        assert remembers(second.migration_database_url, "kept")


def test_the_last_one_out_ends_the_servers(place: Home, project: Path) -> None:
    first, second = services.start(project), services.start(project)
    assert first.environment == second.environment
    first.stop()
    first.stop()
    assert servers(place).keys() == {"postgres", "valkey"}
    second.stop()
    assert servers(place) == {}


def test_starts_at_once_share_one_set_of_servers(place: Home, project: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        started = list(pool.map(lambda _: services.start(project), range(4)))
    assert len({running.database_url for running in started}) == 1
    assert servers(place).keys() == {"postgres", "valkey"}
    for running in started:
        running.stop()
    assert servers(place) == {}


def test_throw_away_services_are_apart_and_gone_at_the_end(place: Home, project: Path) -> None:
    with services.start(project, throw_away=True) as one, services.start(project, throw_away=True) as other:
        assert not set(one.environment.values()) & set(other.environment.values())
        assert shown(one.database_url, "fsync") == "off"
        folder = throw_away_folder(one.database_url)
        assert servers(place) == {}
    assert not folder.exists()


def test_throw_away_services_of_a_killed_run_are_swept_by_the_next(project: Path) -> None:
    killed = Elsewhere(project, "throw away")
    url = killed.urls()[0]
    killed.kill()
    folder = throw_away_folder(url)
    with services.start(project, throw_away=True) as others:
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(url)
        assert not folder.exists()
        assert throw_away_folder(others.database_url).exists()


def test_forgotten_data_is_gone_though_its_server_ran(place: Home, project: Path) -> None:
    with services.start(project) as before:
        remember(before.migration_database_url, "to be forgotten")
        services.forget(project)
        assert servers(place) == {}
        with services.start(project) as again, pytest.raises(psycopg.errors.UndefinedTable):
            remembers(again.migration_database_url, "to be forgotten")


def test_what_the_environment_names_is_used_and_only_the_rest_started(
    place: Home, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://login:x@database.example/causeway")
    monkeypatch.setenv("MIGRATION_DATABASE_URL", "postgres://owner:x@database.example/causeway")
    with services.start(project) as running:
        assert running.database_url == "postgres://login:x@database.example/causeway"
        assert running.migration_database_url == "postgres://owner:x@database.example/causeway"
        assert servers(place).keys() == {"valkey"}
    monkeypatch.setenv("REDIS_URL", "redis://broker.example/0")
    with services.start(project) as running:
        assert running.redis_url == "redis://broker.example/0"
        assert servers(place) == {}


def test_an_owner_without_a_login_is_refused(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIGRATION_DATABASE_URL", "postgres://owner:x@database.example/causeway")
    with pytest.raises(ServiceFailed, match="set both, or neither"):
        services.start(project)
