"""Who normally exports and did not is seen; weekends, beginners, the irregular and the paused are not quiet."""

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from database.acting import across_tenants, acting_for
from exports.quiet import Quiet, quiet_installations
from installations.models import Installation, InstallationState
from tests.factories import ExportJobFactory, InstallationFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def exporter(*days_ago: float) -> Installation:
    """With a job on each of these days."""
    made = InstallationFactory.create(state=InstallationState.ACTIVE)
    for days in days_ago:
        ExportJobFactory.create(
            tenant=made.tenant, installation=made, noticed_at=NOW - timedelta(days=days), ended_at=NOW
        )
    return made


def quiet() -> list[Quiet]:
    with across_tenants("a test looks for the quiet"):
        return quiet_installations(NOW)


def names() -> list[Installation]:
    return [one.installation for one in quiet()]


def every(gap: float, last: float, times: int = 8) -> list[float]:
    return [last + gap * number for number in range(times)]


@pytest.mark.parametrize(
    ("gap", "last", "is_quiet"),
    [
        (7, 10, False),
        (7, 11, True),
        (1, 10, False),
        (1, 11, True),
        (30, 40, False),
        (30, 46, True),
    ],
)
def test_half_as_long_again_as_usual_is_quiet(gap: float, last: float, is_quiet: bool) -> None:
    made = exporter(*every(gap, last, 40 if gap == 1 else 8))

    assert names() == ([made] if is_quiet else [])


def test_it_says_since_when_and_how_it_was_before() -> None:
    exporter(*every(14, 30))

    (one,) = quiet()

    assert (one.since, one.usual) == (NOW - timedelta(days=30), timedelta(days=14))


def test_days_with_jobs_are_counted_not_jobs() -> None:
    """Ten jobs on the last day of each month are a month apart."""
    monthly = exporter(*[days + number / 100 for days in every(30, 46) for number in range(10)])
    exporter(*[30 + number / 100 for number in range(10)])

    assert names() == [monthly]


def test_a_beginner_is_not_quiet() -> None:
    exporter(*every(7, 30, times=3))

    assert names() == []


def test_who_was_never_regular_is_not_quiet() -> None:
    exporter(30, 31, 32, 33, 100, 101, 102)

    assert names() == []


def test_who_exports_a_few_times_a_year_is_not_quiet() -> None:
    exporter(*every(60, 100))

    assert names() == []


@pytest.mark.parametrize("state", [InstallationState.PAUSED, InstallationState.ENDED])
def test_what_is_switched_off_is_not_quiet(state: InstallationState) -> None:
    made = exporter(*every(7, 30))
    with acting_for(made.tenant_id):
        Installation.objects.filter(pk=made.pk).update(state=state)

    assert names() == []


def test_the_longest_quiet_come_first_and_a_customer_sees_its_own(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    short, longer = exporter(*every(7, 20)), exporter(*every(7, 40))
    exporter(*every(7, 3))

    assert names() == [longer, short]
    with acting_for(short.tenant_id), django_assert_num_queries(2):
        assert [one.installation for one in quiet_installations(NOW)] == [short]
