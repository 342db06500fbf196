"""A source that waits for it is told that an installation is set up: once is enough, and until it has heard."""

from collections.abc import Iterator

import pytest

from connectors.kit.failures import FailureClass
from connectors.kit.sandbox import Fault, Kind
from database.acting import acting_for
from installations import activation
from installations import services as installations
from jobs.models import Run, RunState
from tests.customer import ACTOR, Customer, forget_budgets, new_customer, vendors

ACTIVATE = "POST /v1/installations/me:activate"


@pytest.fixture
def customer(transactional_db: None) -> Iterator[Customer]:
    """Set up at a source that is still to be told so."""
    forget_budgets()
    with vendors() as (source, target):
        source.needs_activation = True
        yield new_customer(source, target)


def tell(customer: Customer) -> None:
    with acting_for(customer.tenant.pk):
        activation.tell(customer.installation)


def state(customer: Customer) -> str:
    (installation,) = customer.source.store["installations"].find()
    return str(installation["status"])


def change(customer: Customer, **fields: str) -> None:
    (installation,) = customer.source.store["installations"].find()
    with customer.source.store.transaction():
        key = f"{installation['applicationId']} {customer.company}"
        customer.source.store["installations"].change(key, **fields)


def test_the_source_is_told_that_the_set_up_is_complete(customer: Customer) -> None:
    assert state(customer) == "AUTHORIZED"

    tell(customer)
    customer.work()

    assert state(customer) == "ACTIVATED"
    assert (customer.runs(), customer.incidents()) == ([], [])


def test_telling_twice_tells_once(customer: Customer) -> None:
    for _ in range(2):
        tell(customer)
        tell(customer)
        customer.work()

    assert customer.source.log.count(ACTIVATE) == 1


@pytest.mark.parametrize("kind", [Kind.STATUS_BEFORE, Kind.DROP_AFTER])
def test_a_source_in_trouble_is_told_later_and_not_every_second(customer: Customer, kind: Kind) -> None:
    customer.source.faults.add(Fault(ACTIVATE, kind))
    tell(customer)

    for _ in range(6):
        customer.work()
        customer.later(seconds=5)  # half a minute in all
    assert customer.source.log.count(ACTIVATE) == 1
    customer.later(minutes=5)
    customer.work()

    assert state(customer) == "ACTIVATED"
    assert (customer.runs(), customer.incidents()) == ([], [])


def test_exports_do_not_wait_for_it(customer: Customer) -> None:
    customer.source.faults.add(Fault(ACTIVATE, Kind.STATUS_BEFORE, times=None))
    tell(customer)
    customer.work()

    customer.exports(1)

    with acting_for(customer.tenant.pk):
        lanes = dict(Run.objects.values_list("kind", "lane"))
    assert lanes["activate"] != lanes["export"]


def test_a_source_that_has_switched_us_off_waits_for_somebody(customer: Customer) -> None:
    change(customer, status="INACTIVE")
    tell(customer)
    customer.work()

    (incident,) = customer.incidents()
    assert incident.failure == FailureClass.AUTH_REVOKED
    assert incident.connection_id == customer.installation.source_id
    with acting_for(customer.tenant.pk):
        assert Run.objects.get(kind="activate").state == RunState.WAITING


def test_it_is_told_once_somebody_has_acted(customer: Customer) -> None:
    change(customer, status="INACTIVE")
    tell(customer)
    customer.work()

    change(customer, status="AUTHORIZED")
    customer.reconnect("source")
    with acting_for(customer.tenant.pk):
        installations.activate(customer.installation, actor=ACTOR)
    customer.work()

    assert state(customer) == "ACTIVATED"
    assert customer.incidents() == []


def test_a_paused_installation_is_not_told_of(customer: Customer) -> None:
    with acting_for(customer.tenant.pk):
        installations.pause(customer.installation, actor=ACTOR)
    tell(customer)
    customer.work()

    assert state(customer) == "AUTHORIZED"
    assert customer.runs() == ["activate ready: "]
    with acting_for(customer.tenant.pk):
        installations.activate(customer.installation, actor=ACTOR)
    customer.work()
    assert state(customer) == "ACTIVATED"
