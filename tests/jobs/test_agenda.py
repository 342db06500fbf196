"""A run that was put off for a moment is looked for when it is due, not at the next sweep."""

from datetime import timedelta

import pytest
from django.utils import timezone

from jobs.agenda import AT_LEAST, AT_MOST, Agenda
from tests.factories import RunFactory
from tests.jobs.rows import ago, change

pytestmark = pytest.mark.django_db(transaction=True)

SOON = timedelta(seconds=3)


def test_with_nothing_to_come_it_waits_for_the_sweep() -> None:
    agenda = Agenda()
    RunFactory.create(run_at=timezone.now() + timedelta(minutes=1))

    assert agenda.look() == 0
    assert agenda.pause == AT_MOST


def test_it_waits_until_the_next_run_is_due_and_counts_it_once() -> None:
    agenda = Agenda()
    agenda.look()
    run = RunFactory.create(run_at=timezone.now() + SOON)

    assert agenda.look() == 0
    assert SOON / 2 < agenda.pause <= SOON

    change(run, run_at=timezone.now())
    assert agenda.look() == 1
    assert agenda.look() == 0


def test_what_was_due_before_is_the_sweeps() -> None:
    RunFactory.create(run_at=ago(1))
    assert Agenda().look() == 0


def test_a_crowd_of_runs_to_come_costs_no_more_than_two_looks_a_second() -> None:
    agenda = Agenda()
    RunFactory.create(run_at=timezone.now() + AT_LEAST / 2)

    agenda.look()
    assert agenda.pause == AT_LEAST
