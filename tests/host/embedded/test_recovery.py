"""Whatever ended or spoilt the last run, the next start gets through or says in a sentence why it cannot."""

import os
import socket
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

from host.embedded import services
from host.embedded.homes import Home
from host.embedded.services import ServiceFailed
from tests.host.embedded.machine import Elsewhere, kill, remember, remembers, servers

BUSY = b"do $$ begin while clock_timestamp() < now() + '30 s' loop perform 1; end loop; end $$"


def test_a_killed_postgres_comes_back_with_its_data(place: Home, project: Path) -> None:
    with services.start(project) as running:
        remember(running.migration_database_url, "before the kill")
        with closing(psycopg.connect(running.database_url)) as orphan:
            orphan.pgconn.send_query(BUSY)
            kill(place, "postgres")
            with services.start(project) as again:
                assert remembers(again.migration_database_url, "before the kill")


def test_a_killed_valkey_comes_back(place: Home, project: Path) -> None:
    with services.start(project):
        kill(place, "valkey")
        with services.start(project) as again, redis.Redis.from_url(again.redis_url) as client:
            assert client.ping()


@pytest.mark.parametrize("rest", ["", f"{os.getpid()}\n"], ids=["empty", "recycled"])
@pytest.mark.parametrize("running", [True, False], ids=["running", "killed"])
def test_a_wrong_pid_file_is_not_believed(place: Home, project: Path, rest: str, running: bool) -> None:
    with services.start(project) as before:
        remember(before.migration_database_url, "before the wrong pid file")
        if not running:
            kill(place, "postgres")
        pid_file = place.folder / "postgres/cluster/postmaster.pid"
        pid_file.write_text(rest)
        with services.start(project) as again:
            assert pid_file.read_text().partition("\n")[0] == str(servers(place)["postgres"].pid)
            assert remembers(again.migration_database_url, "before the wrong pid file")


def test_servers_of_a_killed_parent_are_used_again(place: Home, project: Path) -> None:
    parent = Elsewhere(project)
    urls, left = parent.urls(), servers(place)
    parent.kill()
    with services.start(project) as running:
        assert list(running.environment.values()) == urls
        assert servers(place) == left


def test_a_half_finished_first_start_is_thrown_away(place: Home, project: Path) -> None:
    with services.start(project):
        pass
    cluster = place.folder / "postgres" / "cluster"
    (cluster / "global" / "pg_control").unlink()
    cluster.rename(cluster.with_name("half"))
    with services.start(project) as running, psycopg.connect(running.database_url) as login:
        assert login.execute("select current_database()").fetchone() == ("causeway",)
    assert not cluster.with_name("half").exists()


@pytest.mark.parametrize("harm", [Path.unlink, lambda file: file.write_text('{"port')], ids=["lost", "cut"])
def test_without_its_passwords_the_data_stays_and_gets_new_ones(
    place: Home, project: Path, harm: Callable[[Path], object]
) -> None:
    with services.start(project) as first:
        remember(first.migration_database_url, "older than the passwords")
        harm(place.folder / "postgres" / "state.json")
    with services.start(project) as second:
        assert second.migration_database_url != first.migration_database_url
        assert remembers(second.migration_database_url, "older than the passwords")


def test_a_taken_port_is_left_to_who_has_it(place: Home, project: Path) -> None:
    with services.start(project) as first:
        port = urlsplit(first.database_url).port
    with socket.create_server(("127.0.0.1", port or 0)), services.start(project) as second:
        assert urlsplit(second.database_url).port != port
        psycopg.connect(second.database_url).close()


def test_data_of_another_version_is_refused_with_a_sentence(place: Home, project: Path) -> None:
    services.start(project).stop()
    mark = place.folder / "postgres" / "cluster" / "PG_VERSION"
    ours = mark.read_text()
    mark.write_text("17\n")
    with pytest.raises(ServiceFailed, match=r"was made by PostgreSQL 17 and this is PostgreSQL 18: move") as failure:
        services.start(project)
    assert "\n" not in str(failure.value)
    mark.write_text(ours)
    assert servers(place) == {}


def test_broken_data_is_named_with_its_log(place: Home, project: Path) -> None:
    services.start(project).stop()
    control = place.folder / "postgres" / "cluster" / "global" / "pg_control"
    control.rename(control.with_name("aside"))
    with pytest.raises(
        ServiceFailed, match=r"PostgreSQL did not start. Its log is .*server.log. It said: .*pg_control"
    ):
        services.start(project)
    control.with_name("aside").rename(control)
    assert servers(place) == {}
