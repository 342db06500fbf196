"""A connection goes from state to state by the table's steps only, and each is told in its timeline."""

from itertools import product

import pytest
from django.db import IntegrityError, connection, transaction

from connections import consents, services, steps
from connections.models import Connection, ConnectionState, ConnectionStep
from connections.states import CONNECTION
from connections.steps import IllegalStep
from connectors.kit.records import Company
from database.acting import acting_for
from tests.factories import ConnectionFactory
from tests.vendors import fresh

pytestmark = pytest.mark.django_db

S = ConnectionState
PAIRS = list(product(S, S))
LEGAL = [(before, after) for before, after in PAIRS if after in CONNECTION[before]]
ILLEGAL = [(before, after) for before, after in PAIRS if before != after and after not in CONNECTION[before]]


def take(row: Connection, after: ConnectionState) -> None:
    with acting_for(row.tenant_id):
        steps.take(row, after, why="The test says so.", actor="user:1")


def timeline(row: Connection) -> list[tuple[str, str, str, str]]:
    with acting_for(row.tenant_id):
        found = ConnectionStep.objects.filter(connection_id=row.pk)
        return [(one.before, one.after, one.why, one.actor) for one in found]


def test_every_state_has_its_row() -> None:
    assert set(CONNECTION) == set(S)


def test_a_company_is_never_usable_without_a_sign_in() -> None:
    assert (S.DISCONNECTED, S.USABLE) in ILLEGAL
    assert (S.DISCONNECTED, S.NEEDS_RECONNECT) in ILLEGAL


@pytest.mark.parametrize(("before", "after"), LEGAL)
def test_a_legal_step_is_taken_and_told(before: ConnectionState, after: ConnectionState) -> None:
    row = ConnectionFactory.create(state=before)

    take(row, after)

    assert row.state == fresh(row).state == after
    assert timeline(row) == [(before, after, "The test says so.", "user:1")]


@pytest.mark.parametrize(("before", "after"), ILLEGAL)
def test_an_illegal_step_is_refused_by_the_code(before: ConnectionState, after: ConnectionState) -> None:
    row = ConnectionFactory.create(state=before)

    with pytest.raises(IllegalStep, match=f"{before} cannot become {after}"):
        take(row, after)

    assert row.state == fresh(row).state == before
    assert timeline(row) == []


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_sql_can_take_the_legal_steps_only(before: ConnectionState, after: ConnectionState) -> None:
    row = ConnectionFactory.create(state=before)
    is_refused = False

    with acting_for(row.tenant_id):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("update connections_connection set state = %s where id = %s", [after, str(row.pk)])
        except IntegrityError as error:
            is_refused = f"may not change: state from {before} to {after}" in str(error)

    assert is_refused is ((before, after) in ILLEGAL)


def test_the_step_is_taken_from_the_state_that_the_row_has_now() -> None:
    row = ConnectionFactory.create()
    seen_before = fresh(row)
    take(row, S.DISCONNECTED)

    with pytest.raises(IllegalStep):
        take(seen_before, S.NEEDS_RECONNECT)


def test_what_joins_a_disconnected_company_is_a_sign_in_for_it() -> None:
    """A new connection leads to a company that the tenant had disconnected: the old row goes on, with its history."""
    old = ConnectionFactory.create(state=S.DISCONNECTED, authorisation=None, authorised_at=None, company_id="acme")
    new = ConnectionFactory.create(
        tenant=old.tenant, application=old.application, state=S.AUTHORISED, company_id="", company_name=""
    )

    with acting_for(old.tenant_id):
        kept = consents.join(consents.locked(new.pk), Company("acme", "Acme ApS"), actor="link:1")
        services.choose_company(kept, Company("acme", "Acme ApS"), actor="link:1")

    assert kept.pk == old.pk
    assert fresh(old).authorisation_id == new.authorisation_id
    assert [(before, after) for before, after, *_ in timeline(old)] == [
        (S.DISCONNECTED, S.AUTHORISED),
        (S.AUTHORISED, S.USABLE),
    ]
