"""Opens and mends incidents. Call inside `acting_for` of the tenant."""

from uuid import UUID

from django.utils import timezone

from audit import services as audit
from connectors.kit.failures import FailureClass
from incidents.models import Incident

WORDS_AT_MOST = 4000


def open_incident(
    tenant_id: UUID,
    failure: FailureClass,
    *,
    about: str,
    sentence: str,
    words: str = "",
    connection_id: UUID | None = None,
) -> Incident:
    """One open incident a cause: `about` is what the cause hangs on (a connection, an account, a field)."""
    told = {"sentence": sentence, "words": words[:WORDS_AT_MOST].replace("\x00", "\N{SYMBOL FOR NULL}")}
    incident, made = Incident.objects.get_or_create(
        tenant_id=tenant_id,
        fingerprint=fingerprint(failure, about),
        mended_at=None,
        defaults={"failure": failure, "connection_id": connection_id, **told},
    )
    if not made:
        incident.sentence, incident.words = told["sentence"], told["words"]
        incident.save(update_fields=["sentence", "words", "seen_at"])
    return incident


def fingerprint(failure: FailureClass, about: str) -> str:
    return f"{failure}:{about}"[:300]


def mend(incident: Incident, *, actor: str) -> None:
    """Once: who mended it first has mended it."""
    now = timezone.now()
    if Incident.objects.filter(pk=incident.pk, mended_at=None).update(mended_at=now, mended_by=actor):
        incident.mended_at, incident.mended_by = now, actor
        audit.record("incident.mended", incident, actor=actor, tenant_id=incident.tenant_id, after={"mended_at": now})


def mend_all(tenant_id: UUID, connection_id: UUID, failures: set[FailureClass], *, actor: str) -> None:
    """The cause is gone for everything that waited for this connection."""
    for incident in Incident.objects.filter(
        tenant_id=tenant_id, connection_id=connection_id, failure__in=failures, mended_at=None
    ):
        mend(incident, actor=actor)


def mend_about(tenant_id: UUID, about: str, *, actor: str) -> None:
    """What held this very thing up is over."""
    causes = [fingerprint(failure, about) for failure in FailureClass]
    for incident in Incident.objects.filter(tenant_id=tenant_id, fingerprint__in=causes, mended_at=None):
        mend(incident, actor=actor)
