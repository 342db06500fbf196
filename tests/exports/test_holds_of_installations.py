"""How long what waits is kept open is the installation's to say; without a word of its own, the platform's."""

from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from pytest_django import Settings

from audit.models import AuditEntry
from connectors.kit.sandbox import Fault, Kind
from database.acting import acting_for
from exports import holding
from exports.models import ExportJob
from installations import services as installations
from installations.models import LONGEST_HOLD, Installation
from jobs import slices
from jobs.models import Run
from tests.customer import ACTOR, Customer
from tests.factories import InstallationFactory

BILLS = "PUT /api.xro/2.0/Invoices"


def hold(customer: Customer, span: timedelta | None) -> None:
    with acting_for(customer.tenant.pk):
        installations.hold(customer.installation, span, actor=ACTOR)


def forbidden(customer: Customer) -> ExportJob:
    """A job that waits for somebody who gives us the right to post."""
    customer.target.faults.add(Fault(BILLS, Kind.STATUS_BEFORE, times=None, status=403))
    job = customer.exports(2)
    customer.work()
    return job


def pass_minutes(customer: Customer, minutes: int) -> None:
    for _ in range(minutes // 5):
        customer.later(minutes=5)
        customer.work()


def test_a_short_hold_ends_soon(customer: Customer) -> None:
    hold(customer, timedelta(minutes=4))

    job = forbidden(customer)
    assert job.is_open
    pass_minutes(customer, 5)

    assert customer.reread(job).state == "failed"
    assert customer.source.final_events(job.external_id) == 1


def test_a_long_hold_keeps_the_job_alive_at_its_source_until_its_end(customer: Customer) -> None:
    hold(customer, timedelta(hours=3))

    job = forbidden(customer)
    pass_minutes(customer, 175)
    assert customer.reread(job).is_open
    assert customer.source.job(job.external_id)["status"] == "in_progress"
    pass_minutes(customer, 10)

    assert customer.reread(job).state == "failed"


def test_without_one_of_its_own_it_is_the_platforms(customer: Customer, settings: Settings) -> None:
    settings.HOLD_SECONDS = 600
    hold(customer, timedelta(hours=3))
    hold(customer, None)

    job = forbidden(customer)
    pass_minutes(customer, 15)

    assert customer.reread(job).state == "failed"


@pytest.mark.parametrize(
    ("before", "after", "minutes", "is_open"),
    [(None, timedelta(hours=1), 30, True), (timedelta(hours=1), timedelta(minutes=5), 5, False)],
)
def test_what_waits_already_is_held_by_the_new_hold(
    customer: Customer, before: timedelta | None, after: timedelta, minutes: int, is_open: bool
) -> None:
    hold(customer, before)
    job = forbidden(customer)
    pass_minutes(customer, 10)

    hold(customer, after)
    pass_minutes(customer, minutes)

    assert customer.reread(job).is_open is is_open


def test_the_looks_of_the_longest_hold_are_fewer_than_what_puts_a_run_aside(customer: Customer) -> None:
    """However late it was made so long."""
    forbidden(customer)

    assert customer.seconds_of_rest() <= 30
    with acting_for(customer.tenant.pk):
        Run.objects.filter(kind="export").update(attempts=holding.FIRST_LOOKS)
    customer.later(seconds=31)
    customer.work()

    left = slices.WAITS_AT_MOST - holding.FIRST_LOOKS
    assert customer.seconds_of_rest() * left >= LONGEST_HOLD.total_seconds()
    assert customer.seconds_of_rest() <= slices.LONGEST_PAUSE.total_seconds()


def test_the_change_is_in_the_trail(customer: Customer) -> None:
    hold(customer, timedelta(minutes=90))
    hold(customer, None)

    with acting_for(customer.tenant.pk):
        found = AuditEntry.objects.filter(action="installation.hold_changed").order_by("at")
        changes = [(entry.actor, entry.before, entry.after) for entry in found]
    assert changes == [
        (ACTOR, {}, {"hold_seconds": 5400}),
        (ACTOR, {"hold_seconds": 5400}, {}),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("span", "fits"),
    [
        (timedelta(0), False),
        (timedelta(seconds=59), False),
        (timedelta(minutes=1), True),
        (timedelta(days=3), True),
        (timedelta(days=3, seconds=1), False),
        (None, True),
    ],
)
def test_the_database_refuses_a_hold_that_is_no_use(span: timedelta | None, fits: bool) -> None:
    row = InstallationFactory.create()

    refused = nullcontext() if fits else pytest.raises(IntegrityError, match="sane_holds")
    with acting_for(row.tenant_id), refused, transaction.atomic():
        Installation.objects.filter(pk=row.pk).update(hold=span)
