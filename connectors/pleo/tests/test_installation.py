"""Our installation at a company: activated once all is set up, and what it means if it cannot be."""

from collections.abc import Iterator

import pytest

from connectors.kit.errors import AskForPermission, ContractBroken, MendSettings, Reconnect, TryLater
from connectors.kit.exact_json import dumps
from connectors.kit.sandbox import Fault, Kind
from connectors.pleo.sandbox import PleoSandbox
from connectors.pleo.sandbox.names import COMPANIES, ORGANISATION
from connectors.pleo.tests.app_at_pleo import APPLICATION, AppAtPleo

FIRST = COMPANIES[0][0]
ME = "GET /v1/installations/me"


@pytest.fixture
def waiting() -> Iterator[PleoSandbox]:
    """Pleo, for an application that says by itself when it is set up."""
    with PleoSandbox(clients=[APPLICATION], rate_limit=None, needs_activation=True) as running:
        yield running


def states(sandbox: PleoSandbox) -> list[str]:
    return [one["status"] for one in sandbox.store["installations"].find()]


def shows(app: AppAtPleo, status: str, **fields: str) -> None:
    body = dumps({"id": "i-1", "status": status, "metadata": {}, "later": "field", **fields})
    app.sandbox.faults.add(Fault(ME, Kind.STATUS_BEFORE, status=200, body=body))


def writes(app: AppAtPleo) -> list[str]:
    return [one.address.rpartition("/")[2] for one in app.recorder.exchanges if one.method != "GET"]


@pytest.mark.parametrize("name", [FIRST, ORGANISATION])
def test_one_that_waits_is_activated_once(waiting: PleoSandbox, name: str) -> None:
    app = AppAtPleo(waiting, name)
    assert states(waiting) == ["AUTHORIZED"]
    app.pleo.activate()
    app.pleo.activate()
    assert states(waiting) == ["ACTIVATED"]
    assert writes(app) == ["me:activate"]


def test_one_that_still_synchronises_is_ready_when_we_are(app: AppAtPleo) -> None:
    shows(app, "PENDING_INTEGRATION")
    app.pleo.activate()
    assert writes(app) == ["me:activate"]


@pytest.mark.parametrize("status", ["ACTIVATED", "SOMETHING_NEW"])
def test_one_that_needs_nothing_is_left_alone(app: AppAtPleo, status: str) -> None:
    shows(app, status)
    app.pleo.activate()
    assert writes(app) == []


def test_one_under_data_is_read_too(app: AppAtPleo) -> None:
    body = dumps({"data": {"status": "AUTHORIZED"}})
    app.sandbox.faults.add(Fault(ME, Kind.STATUS_BEFORE, status=200, body=body))
    app.pleo.activate()
    assert writes(app) == ["me:activate"]


def test_a_lost_answer_may_be_repeated(waiting: PleoSandbox) -> None:
    app = AppAtPleo(waiting, FIRST)
    waiting.faults.add(Fault("POST /v1/installations/me:activate", Kind.DROP_AFTER))
    with pytest.raises(TryLater):
        app.pleo.activate()
    app.pleo.activate()
    assert states(waiting) == ["ACTIVATED"]


@pytest.mark.parametrize("status", ["INACTIVE", "ERROR"])
def test_a_company_without_the_right_plan_is_told(app: AppAtPleo, status: str) -> None:
    shows(app, status, errorCode="NOT_ENTITLED")
    with pytest.raises(MendSettings, match="not entitled") as caught:
        app.pleo.activate()
    assert caught.value.words == f"{status}: NOT_ENTITLED"


@pytest.mark.parametrize("fields", [{}, {"errorCode": "AUTH_ERROR"}, {"errorCode": "SOMETHING_NEW"}])
@pytest.mark.parametrize("status", ["INACTIVE", "ERROR"])
def test_one_that_is_switched_off_must_be_connected_again(
    app: AppAtPleo, status: str, fields: dict[str, str]
) -> None:
    shows(app, status, **fields)
    with pytest.raises(Reconnect, match="Connect Pleo again"):
        app.pleo.activate()
    assert writes(app) == []


def test_an_application_without_installations_has_none_to_activate(app: AppAtPleo) -> None:
    app.sandbox.faults.add(Fault(ME, Kind.STATUS_BEFORE, status=404, body="<html>"))
    app.pleo.activate()
    assert writes(app) == []


def test_trouble_is_not_taken_for_an_activation(app: AppAtPleo) -> None:
    for status, error in ((403, AskForPermission), (503, TryLater), (200, ContractBroken)):
        app.sandbox.faults.add(Fault(ME, Kind.STATUS_BEFORE, status=status, body="[]"))
        with pytest.raises(error):
            app.pleo.activate()


def test_a_removed_one_takes_its_tokens_with_it(app: AppAtPleo) -> None:
    assert not app.pleo.revoke(last=True)

    assert states(app.sandbox) == []
    assert all(grant["revoked"] for grant in app.sandbox.oauth.grants.find())


def test_it_stays_while_another_company_is_connected_by_it(app: AppAtPleo) -> None:
    app.pleo.revoke(last=False)

    assert len(states(app.sandbox)) == 1


def test_one_that_is_not_there_is_removed(app: AppAtPleo) -> None:
    app.sandbox.faults.add(Fault("DELETE /v1/installations/me", Kind.STATUS_BEFORE, status=404))

    app.pleo.revoke(last=True)


def test_a_removal_without_an_answer_is_told_later(app: AppAtPleo) -> None:
    app.sandbox.faults.add(Fault("DELETE /v1/installations/me", Kind.DROP_AFTER))

    with pytest.raises(TryLater):
        app.pleo.revoke(last=True)
