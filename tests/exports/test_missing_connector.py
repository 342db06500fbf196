"""A connector that is not there any more: what names it is shown, its work waits, and goes on once it is back."""

from collections.abc import Iterator

import pytest
from django.core import checks

from connections.models import Application, Connection
from connectors import registry
from connectors.registry import Found, LeftOut
from exports.models import ExportJob
from installations.models import Installation
from tests.admin.conftest import list_of, page_of
from tests.cast import Visitor
from tests.customer import Customer
from tests.factories import SOURCES, TARGETS


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Takes a connector away until the context is left."""
    with monkeypatch.context() as taken:
        yield taken


def take_away(without: pytest.MonkeyPatch, key: str, *left_out: LeftOut) -> None:
    loaded = {one: found for one, found in registry.found().loaded.items() if one != key}
    without.setattr(registry, "found", lambda: Found(loaded, left_out))


def test_its_jobs_wait_alive_with_an_incident_and_go_on_when_it_is_back(
    customer: Customer, without: pytest.MonkeyPatch
) -> None:
    entries = customer.entries(2)
    take_away(without, customer.target.key)

    job = customer.exports(entries)
    customer.work()

    (incident,) = customer.incidents()
    assert incident.sentence.startswith(f"The connector {customer.target.key} is missing")
    assert customer.reread(job).is_open
    assert customer.submissions() == []

    without.undo()
    customer.carry(job)

    assert [len(customer.documents(entry)) for entry in entries] == [1, 1]
    assert customer.reread(job).balanced
    assert customer.incidents() == []


def test_of_a_missing_source_nothing_is_asked(customer: Customer, without: pytest.MonkeyPatch) -> None:
    job = customer.exports(1)
    customer.source.log.clear()
    take_away(without, customer.source.key)

    customer.work()

    assert customer.source.log.entries() == []
    assert customer.reread(job).is_open
    assert "is missing" in customer.incidents()[0].sentence


@pytest.mark.parametrize("key", [SOURCES[0], TARGETS[0]])
def test_every_page_of_what_names_it_opens(
    key: str, staff: Visitor, customer: Customer, without: pytest.MonkeyPatch
) -> None:
    job = customer.exports(1)
    take_away(without, key)

    rows = [customer.installation, customer.installation.source, customer.installation.target, job]
    for address in [*map(list_of, (Application, Connection, Installation, ExportJob)), *map(page_of, rows)]:
        answer = staff.get(address)
        assert answer.status_code == 200, address
    assert f"{key} (connector missing)" in staff.get(page_of(customer.installation)).content.decode()


def test_today_says_what_is_missing_and_what_to_do(
    staff: Visitor, customer: Customer, without: pytest.MonkeyPatch
) -> None:
    key = customer.target.key
    take_away(without, key)

    html = staff.get("/admin/").content.decode()

    assert f"The connector {key} is missing" in html
    assert "Install it and start again" in html


def test_what_was_left_out_is_told_on_today_and_by_the_check(
    staff: Visitor, customer: Customer, without: pytest.MonkeyPatch
) -> None:
    key = customer.target.key
    told = LeftOut(key, "acme-connector 0.1", "It has no name.", "Install a version that fits.")
    take_away(without, key, told)

    html = staff.get("/admin/connectors/").content.decode()

    assert f"The connector {key} was left out" in html
    assert "It has no name." in html
    assert "Install a version that fits." in html
    assert [warning.id for warning in checks.run_checks()] == ["host.W001"]


def test_each_connector_has_a_page_of_its_facts(staff: Visitor, db: None) -> None:
    for key, connector in registry.installed().items():
        html = staff.get(f"/admin/connectors/{key}/").content.decode()
        assert connector.name in html


def test_a_connector_that_is_not_there_has_no_page(staff: Visitor, db: None) -> None:
    assert staff.get("/admin/connectors/nothing/").status_code == 404
