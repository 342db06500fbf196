"""Another Pleo, that promises no more than its specification does: fields we never saw, and none that it may omit."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.kit.egress import Network
from connectors.kit.errors import ContractBroken, JobIsClosed
from connectors.kit.exact_json import dumps, loads
from connectors.kit.http import Client
from connectors.kit.records import Ending, EntryOutcome, Job, JobState, Refusal, Result
from connectors.kit.settings import Settings
from connectors.kit.testing import ports
from connectors.kit.tests.peer import Act, Peer, answer
from connectors.pleo.connector import Pleo
from connectors.pleo.tests.app_at_pleo import entries_of
from connectors.pleo.tests.samples import COMPANY, ENTRY, JOB, item, required_only

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OURS = Job(JOB, COMPANY, JobState.PENDING, 1, AT)
BARE: dict[str, Any] = {
    "id": JOB,
    "companyId": COMPANY,
    "status": "pending",
    "numberOfItems": 1,
    "isInteractive": True,
    "vendorBasedBookkeeping": False,
    "createdAt": "2026-03-02T09:00:00.123456789Z",
    "expiresIn": 3600,
}


@pytest.fixture
def pleo(peer: Peer) -> Iterator[Pleo]:
    client = Client({"api": peer.url}, ports(), Network.SANDBOX)
    yield Pleo(client, Settings(), COMPANY)
    client.close()


def says(value: Any, status: int = 200) -> Act:
    return answer(status, dumps(value).encode(), Content_Type="application/json;charset=UTF-8")


def page(*data: Any, **pagination: Any) -> Act:
    """Without a total, as none is promised."""
    current = {"parameters": {"company_id": [COMPANY]}}
    usual = {"currentRequestPagination": current, "hasNextPage": False, "hasPreviousPage": False}
    return says({"data": list(data), "pagination": {**usual, **pagination}, "_links": {}})


def sent(peer: Peer, place: int = -1) -> Any:
    return loads(peer.requests[place].partition(b"\r\n\r\n")[2])


def test_a_job_of_the_promised_fields_alone(peer: Peer, pleo: Pleo) -> None:
    peer.will(says({"data": BARE}))
    found = pleo.job(JOB)
    assert (found.state, found.count, found.created_at) == (
        JobState.PENDING,
        1,
        datetime(2026, 3, 2, 9, 0, 0, 123456, UTC),
    )


def test_a_job_with_fields_of_later_years_and_every_optional_null(peer: Peer, pleo: Pleo) -> None:
    nothing = ("createdBy", "startedAt", "lastUpdatedAt", "completedAt", "expiredAt", "failureReason")
    peer.will(says({"data": {**BARE, **dict.fromkeys(nothing), "failureReasonType": None, "mood": {"is": "fine"}}}))
    assert pleo.job(JOB).failure_class is None


def test_jobs_of_unknown_states_are_left_out_of_the_open_ones(peer: Peer, pleo: Pleo) -> None:
    listed = [{**BARE, "id": f"job-{status}", "status": status} for status in ("paused", "completed", "in_progress")]
    peer.will(page(*listed, total=None))
    assert [job.id for job in pleo.jobs()] == ["job-in_progress"]


def test_a_job_of_another_company_in_the_list_is_not_ours(peer: Peer, pleo: Pleo) -> None:
    peer.will(page({**BARE, "companyId": "somebody-else"}, BARE))
    assert [job.id for job in pleo.jobs()] == [JOB]


def test_items_in_states_that_we_never_saw(peer: Peer, pleo: Pleo) -> None:
    first = {"accountingEntryId": "e-1", "exportJobId": JOB, "status": "snoozed", "failureReasonType": "new"}
    peer.will(page(first, hasNextPage=True, endCursor="GEYTA==="), page({"accountingEntryId": "e-2"}))
    assert entries_of(pleo, OURS) == ["e-1", "e-2"]


def test_records_with_more_and_with_less(peer: Peer, pleo: Pleo) -> None:
    peer.will(
        page({**item(), "carbon": {"kg": 4.2}}, {**required_only(), "accountingEntryId": "e-2"}, startCursor="A")
    )
    whole, bare = (record for page in pleo.records(OURS) for record in page)
    assert [link.place for link in whole.files] == [1]
    assert bare.files == ()
    assert [pleo.interpret(one.payload).entry for one in (whole, bare)] == [ENTRY, "e-2"]


@pytest.mark.parametrize("errors", [{}, {"errors": []}, {"errors": None}])
def test_an_update_without_errors(peer: Peer, pleo: Pleo, errors: dict[str, Any]) -> None:
    updated = {"accountingEntryId": ENTRY, "exportJobId": JOB, "status": "successful", "exportedAt": None}
    peer.will(says({"data": [updated], **errors}))
    assert pleo.report(OURS, [EntryOutcome(ENTRY, Result.SUCCESSFUL, AT, "BILL-1")]) == ()
    assert sent(peer) == [
        {
            "accountingEntryId": ENTRY,
            "status": "successful",
            "exportedAt": "2026-03-02T09:00:00Z",
            "externalId": "BILL-1",
        }
    ]


def test_an_error_of_an_unknown_kind_is_the_entrys_own(peer: Peer, pleo: Pleo) -> None:
    peer.will(says({"data": None, "errors": [{"accountingEntryId": ENTRY, "type": "MERCURY_RETROGRADE"}]}))
    outcomes = [EntryOutcome(ENTRY, Result.SUCCESSFUL, AT)]
    assert pleo.report(OURS, outcomes) == (Refusal(ENTRY, "MERCURY_RETROGRADE: "),)


@pytest.mark.parametrize("status", [200, 202, 204])
def test_an_event_is_taken_without_a_word(peer: Peer, pleo: Pleo, status: int) -> None:
    peer.will(answer(status, b""))
    pleo.start(OURS)
    assert sent(peer) == {"jobId": JOB, "event": "started"}


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"type": "INVALID_EXPORT_JOB_STATUS_CHANGE"}', b'{"type": 7}'])
def test_a_refused_event_is_judged_by_the_job_itself(peer: Peer, pleo: Pleo, body: bytes) -> None:
    peer.will(answer(422, body), says({"data": {**BARE, "status": "in_progress"}}))
    pleo.start(OURS)
    peer.will(answer(422, body), says({"data": {**BARE, "status": "completed"}}))
    pleo.finish(OURS, Ending(JobState.COMPLETED))
    peer.will(
        answer(422, body), says({"data": {**BARE, "status": "failed", "failureReasonType": "canceled_by_user"}})
    )
    with pytest.raises(JobIsClosed):
        pleo.finish(OURS, Ending(JobState.FAILED, reason="All failed."))


def test_a_body_that_says_no_type_is_judged_by_its_status(peer: Peer, pleo: Pleo) -> None:
    peer.will(answer(404, b'{"message": "no type"}'))
    with pytest.raises(ContractBroken):
        pleo.job(JOB)
