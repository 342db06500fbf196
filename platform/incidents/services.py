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
    incident, made = Incident.objects.get_or_create(
        tenant_id=tenant_id,
        fingerprint=f"{failure}:{about}"[:300],
        mended_at=None,
        defaults={
            "failure": failure,
            "sentence": sentence,
            "words": words[:WORDS_AT_MOST],
            "connection_id": connection_id,
        },
    )
    if not made:
        incident.sentence, incident.words = sentence, words[:WORDS_AT_MOST]
        incident.save(update_fields=["sentence", "words", "seen_at"])
    return incident


def mend(incident: Incident, *, actor: str) -> None:
    incident.mended_at, incident.mended_by = timezone.now(), actor
    incident.save(update_fields=["mended_at", "mended_by"])
    audit.record("incident.mended", incident, actor=actor, tenant_id=incident.tenant_id)


def mend_all(tenant_id: UUID, connection_id: UUID, failures: set[FailureClass], *, actor: str) -> None:
    """The cause is gone for everything that waited for this connection."""
    for incident in Incident.objects.filter(
        tenant_id=tenant_id, connection_id=connection_id, failure__in=failures, mended_at=None
    ):
        mend(incident, actor=actor)


def mend_about(tenant_id: UUID, about: str, *, actor: str) -> None:
    """What held this very thing up is over."""
    for incident in Incident.objects.filter(tenant_id=tenant_id, fingerprint__endswith=f":{about}", mended_at=None):
        mend(incident, actor=actor)
