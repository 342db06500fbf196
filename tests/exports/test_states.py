"""The steps between the ledger's states: PostgreSQL takes those of the tables, and no other."""

from collections.abc import Mapping

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from connectors.kit.documents import Kind
from connectors.kit.records import JobState
from database.acting import acting_for
from exports import states
from exports.models import FinalEvent, Receipt, Report, ReportOutcome, Submission
from exports.states import PostingState
from jobs.states import RUN, RunState
from tenants.models import TenantModel
from tests.factories import ExportJobFactory, PostingFactory, RecordFactory, RunFactory


def a_submission() -> Submission:
    job = ExportJobFactory.create()
    with acting_for(job.tenant_id):
        return Submission.objects.create(
            tenant_id=job.tenant_id,
            job=job,
            run_id=job.pk,
            fence=1,
            method="PUT",
            path="/bills",
            host="api",
            body=b"one",
            key="key-1",
            created_at=timezone.now(),
            called_at=timezone.now(),
        )


def a_receipt() -> Receipt:
    record = RecordFactory.create()
    with acting_for(record.tenant_id):
        return Receipt.objects.create(tenant_id=record.tenant_id, record=record, place=1)


def a_report() -> Report:
    record = RecordFactory.create()
    with acting_for(record.tenant_id):
        return Report.objects.create(
            tenant_id=record.tenant_id,
            record=record,
            job=record.job,
            outcome=ReportOutcome.POSTED,
            document_id="bill-1",
            decided_at=timezone.now(),
        )


def a_final_event() -> FinalEvent:
    job = ExportJobFactory.create()
    with acting_for(job.tenant_id):
        return FinalEvent.objects.create(tenant_id=job.tenant_id, job=job, state=JobState.COMPLETED)


def is_refused(row: TenantModel, **change: object) -> bool:
    """The very same row, as the database has it, is tried to be changed by a bulk update."""
    with acting_for(row.tenant_id):
        try:
            with transaction.atomic():
                type(row)._default_manager.filter(pk=row.pk).update(**change)
        except IntegrityError as error:
            return "may not change" in str(error)
    return False


@pytest.mark.parametrize("table", [states.SUBMISSION, states.EXPORT_JOB, RUN])
def test_what_has_an_end_comes_to_it(table: Mapping[str, Mapping[str, str]]) -> None:
    assert any(not after for after in table.values())


@pytest.mark.django_db
def test_the_refusal_names_the_row_and_the_step() -> None:
    posting = PostingFactory.create(state=PostingState.POSTED)

    posting.state = PostingState.PLANNED

    refusal = f"{posting.pk} may not change: state from posted to planned"
    with pytest.raises(IntegrityError, match=refusal), acting_for(posting.tenant_id):
        posting.save()


@pytest.mark.django_db
def test_a_fence_and_an_epoch_never_fall() -> None:
    run, posting = RunFactory.create(fence=7), PostingFactory.create(epoch=2)

    assert is_refused(run, fence=6)
    assert is_refused(posting, epoch=1)
    assert not is_refused(run, fence=8, state=RunState.HELD)
    assert not is_refused(posting, epoch=3)


@pytest.mark.django_db
def test_the_bytes_and_the_key_of_a_submission_stay() -> None:
    submission = a_submission()

    assert is_refused(submission, body=b"two")
    assert is_refused(submission, key="key-2")
    assert not is_refused(submission, calls=2)


@pytest.mark.django_db
def test_an_outcome_is_decided_once_and_told_once() -> None:
    report = a_report()

    assert is_refused(report, outcome=ReportOutcome.FAILED)
    assert is_refused(report, document_id="bill-2")
    assert not is_refused(report, told_at=timezone.now())
    assert is_refused(report, told_at=timezone.now())


@pytest.mark.django_db
def test_a_job_has_one_final_event_and_it_stays() -> None:
    event = a_final_event()

    assert is_refused(event, state=JobState.FAILED)
    with pytest.raises(IntegrityError, match="one_final_event_a_job"), acting_for(event.tenant_id):
        FinalEvent.objects.create(tenant_id=event.tenant_id, job=event.job, state=JobState.FAILED)


@pytest.mark.django_db
def test_kinds_are_no_states() -> None:
    """Only the columns that are named are held."""
    assert not is_refused(PostingFactory.create(), kind=Kind.SPEND)
