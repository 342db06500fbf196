"""Old exchanges go; what is the evidence of a failure stays longer, and of an open outcome until it is settled."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db.models import F
from django.utils import timezone
from pytest_django import Settings

from connections.models import Exchange
from connectors.kit.failures import FailureClass
from database.acting import across_tenants, acting_for
from exports.models import Posting, PostingState, Submission, SubmissionPosting
from incidents import services as incidents
from incidents.models import Incident
from retention.models import Round
from retention.services import tend
from tests.factories import IncidentFactory, PostingFactory, TenantFactory

pytestmark = pytest.mark.django_db(transaction=True)

NOW = timezone.now()


def exchange(tenant_id: UUID, *, days: int, submission: UUID | None = None, connection: UUID | None = None) -> None:
    with acting_for(tenant_id):
        Exchange.objects.create(
            tenant_id=tenant_id,
            connection_id=connection or uuid4(),
            submission_id=submission,
            at=NOW - timedelta(days=days),
            method="PUT",
            address=f"https://erp.example/{days}",
            status=200,
            milliseconds=1,
        )


def left() -> list[int]:
    """The ages of those that are left, in days."""
    with across_tenants("a test counts what is left"):
        return [(NOW - one.at).days for one in Exchange.objects.order_by("-at")]


def write(posting: Posting) -> UUID:
    with acting_for(posting.tenant_id):
        submission = Submission.objects.create(
            tenant=posting.tenant,
            job=posting.record.job,
            run_id=uuid4(),
            fence=1,
            method="PUT",
            path="/documents",
            host="api",
            body=b"{}",
            digest="d",
            key=uuid4().hex,
            created_at=NOW,
            called_at=NOW,
        )
        SubmissionPosting.objects.create(tenant=posting.tenant, submission=submission, posting=posting, position=0)
    pk: UUID = submission.pk
    return pk


def tomorrow() -> None:
    """What was done today was done yesterday."""
    Round.objects.update(day=F("day") - timedelta(days=1))


def calls_for(state: str, *, incident: Incident | None = None) -> Posting:
    """Of three ages."""
    tenant = incident.tenant if incident else TenantFactory.create()
    posting: Posting = PostingFactory.create(tenant=tenant, state=state, incident=incident)
    submission = write(posting)
    for days in (89, 91, 401):
        exchange(posting.tenant_id, days=days, submission=submission)
    return posting


def test_old_ones_go() -> None:
    tenant = TenantFactory.create().pk
    for days in (1, 89, 91, 300):
        exchange(tenant, days=days)

    tend()

    assert left() == [1, 89]


def test_those_of_a_write_that_went_well_go() -> None:
    calls_for(PostingState.POSTED)

    tend()

    assert left() == [89]


def test_those_of_a_refused_write_stay_longer() -> None:
    calls_for(PostingState.REFUSED)

    tend()

    assert left() == [89, 91]


@pytest.mark.parametrize("state", [PostingState.SENDING, PostingState.UNCERTAIN])
def test_those_of_an_open_outcome_stay(state: str) -> None:
    calls_for(state)

    tend()

    assert left() == [89, 91, 401]


def test_those_of_a_posting_with_an_open_incident_stay_until_it_is_mended() -> None:
    incident = IncidentFactory.create()
    calls_for(PostingState.POSTED, incident=incident)

    tend()
    assert left() == [89, 91, 401]

    with acting_for(incident.tenant_id):
        incidents.mend(incident, actor="user:1")
    tomorrow()
    tend()
    assert left() == [89]


def test_those_of_a_connection_in_trouble_stay_longer() -> None:
    tenant, troubled = TenantFactory.create(), uuid4()
    IncidentFactory.create(tenant=tenant, failure=FailureClass.AUTH_REVOKED, connection_id=troubled)
    for days in (91, 401):
        exchange(tenant.pk, days=days, connection=troubled)
        exchange(tenant.pk, days=days)

    tend()

    assert left() == [91]


def test_the_evidence_can_be_kept_for_ever(settings: Settings) -> None:
    settings.TROUBLE_DAYS = 0
    calls_for(PostingState.REFUSED)

    tend()

    assert left() == [89, 91, 401]
