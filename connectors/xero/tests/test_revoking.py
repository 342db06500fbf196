"""What a disconnect ends in Xero: the organisation's connection, and the token only where no other one is left."""

import pytest

from connectors.kit.errors import Reconnect, TryLater
from connectors.kit.sandbox import Fault, Kind
from connectors.xero.tests.app_in_xero import AppInXero
from connectors.xero.tests.books import Books

DELETE = "DELETE /connections/<connection_id>"


def connections(app: AppInXero) -> list[str]:
    return [one["org"] for one in app.sandbox.store["connections"].find()]


def test_the_connection_goes_and_the_token_may(nordwind: AppInXero) -> None:
    assert Books(nordwind).xero.revoke(last=True)

    assert connections(nordwind) == []


def test_twice_is_as_good_as_once(nordwind: AppInXero) -> None:
    books = Books(nordwind)

    assert books.xero.revoke(last=True)
    assert books.xero.revoke(last=True)


def test_one_that_goes_between_the_list_and_the_call_is_gone(nordwind: AppInXero) -> None:
    nordwind.sandbox.faults.add(Fault(DELETE, Kind.STATUS_BEFORE, status=404))

    assert Books(nordwind).xero.revoke(last=True)


def test_other_organisations_of_the_user_keep_the_token(nordwind: AppInXero) -> None:
    books = Books(nordwind.connect(choose="All organisations"))
    before = connections(nordwind)

    assert not books.xero.revoke(last=True)

    assert sorted([*connections(nordwind), books.org]) == sorted(before)


def test_the_token_stays_while_we_use_it_for_another_company(nordwind: AppInXero) -> None:
    assert not Books(nordwind).xero.revoke(last=False)


def test_what_xero_has_ended_itself_needs_no_more(nordwind: AppInXero) -> None:
    books = Books(nordwind)
    nordwind.sandbox.faults.add(Fault("GET /connections", Kind.STATUS_BEFORE, status=401, times=None))

    with pytest.raises(Reconnect):
        books.xero.revoke(last=True)


def test_a_dead_xero_is_told_later(nordwind: AppInXero) -> None:
    nordwind.sandbox.faults.add(Fault("GET /connections", Kind.STATUS_BEFORE, status=503))

    with pytest.raises(TryLater):
        Books(nordwind).xero.revoke(last=True)
