"""An incident is one cause that holds postings up. Mending it releases just what it held."""

from django.db import models
from django.db.models import Q

from connectors.kit.failures import FailureClass
from tenants.models import TenantModel


def classes() -> list[tuple[str, str]]:
    """For `choices`; migrations keep its name instead of what it returns, so a new class is no migration."""
    return [(c.value, c.value) for c in FailureClass]


class Incident(TenantModel):
    """`sentence` is ours, `words` the vendor's (redacted). The fingerprint says what counts as one cause."""

    failure = models.CharField("class", max_length=40, choices=classes)
    fingerprint = models.CharField(max_length=300)
    sentence = models.TextField()
    words = models.TextField("vendor's words", blank=True)
    connection_id = models.UUIDField(null=True, editable=False)
    opened_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(auto_now=True)
    mended_at = models.DateTimeField(null=True, blank=True)
    mended_by = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "fingerprint"],
                condition=Q(mended_at=None),
                name="one_open_incident_a_cause",
            ),
        ]

    def __str__(self) -> str:
        return self.sentence

    @property
    def is_open(self) -> bool:
        return self.mended_at is None
