"""What staff see of the nightly reconciliation, and how they ask for one."""

import pytest

from database.acting import acting_for
from exports import reconciling
from exports.models import Discrepancy, PostingState, Reconciliation
from exports.states import DiscrepancyKind
from installations.models import InstallationState
from jobs.models import Run, TriggerKind
from tests.admin.conftest import Books, colleague_with, fresh, now, page_of, trail
from tests.admin.test_actions import actor, do, said
from tests.cast import Visitor

FOUND = "B-1 is not in the ERP any more."


@pytest.fixture
def found(books: Books) -> Discrepancy:
    installation = books.job.installation
    with acting_for(installation.tenant_id):
        row = Reconciliation.objects.create(
            tenant_id=installation.tenant_id,
            installation=installation,
            run_id=books.run.pk,
            since=now(),
            compared=7,
            remark="7 documents were compared; 1 do not agree.",
        )
        return Discrepancy.objects.create(
            tenant_id=installation.tenant_id,
            posting=books.postings[0],
            reconciliation=row,
            kind=DiscrepancyKind.MISSING,
            sentence=FOUND,
            incident=books.incident,
        )


def test_what_was_found_is_on_the_incident_and_on_the_postings_timeline(
    staff: Visitor, books: Books, found: Discrepancy
) -> None:
    assert found.posting.state == PostingState.POSTED
    for row in (books.incident, found.posting):
        assert FOUND in staff.get(page_of(row)).content.decode()


def test_an_installations_page_lists_its_reconciliations(staff: Visitor, books: Books, found: Discrepancy) -> None:
    page = staff.get(page_of(books.job.installation)).content.decode()

    assert "7 documents were compared; 1 do not agree." in page
    assert "Reconcile now" in page


def test_who_may_act_asks_for_one_at_once(staff: Visitor, books: Books) -> None:
    installation = books.job.installation

    answer = do(staff, "reconcile", installation)

    assert said(answer) == ["The ERP is read now. What does not agree opens an incident."]
    with acting_for(installation.tenant_id):
        run = Run.objects.get(kind=reconciling.KIND, subject_id=installation.pk)
        assert run.triggers.filter(kind=TriggerKind.MANUAL, detail=actor(staff)).exists()
    assert ("reconciliation.asked", actor(staff)) in trail(installation)


def test_who_may_only_look_is_not_offered_it(books: Books) -> None:
    looker = colleague_with("installations.view_installation")

    assert "Reconcile now" not in looker.get(page_of(books.job.installation)).content.decode()
    assert do(looker, "reconcile", books.job.installation).status_code == 403


def test_one_that_is_paused_is_not_read(staff: Visitor, books: Books) -> None:
    installation = books.job.installation
    with acting_for(installation.tenant_id):
        installation.state = InstallationState.PAUSED
        installation.save()

    assert "Reconcile now" not in staff.get(page_of(fresh(installation))).content.decode()
