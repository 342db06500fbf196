"""That a customer leaves, and how far that is. It outlives the tenant, whose id it holds plain."""

from collections.abc import Mapping
from uuid import uuid4

from django.db import models
from django.db.models import Q

from database.constraints import Steps


class LeavingState(models.TextChoices):
    ASKED = "asked", "Asked for"
    CALLED_OFF = "called_off", "Called off"
    ERASING = "erasing", "Being erased"
    ERASED = "erased", "Erased"


STEPS: Mapping[str, Mapping[str, str]] = {
    LeavingState.ASKED: {
        LeavingState.CALLED_OFF: "services: by a person, in time",
        LeavingState.ERASING: "erasing: it is due",
    },
    LeavingState.ERASING: {LeavingState.ERASED: "erasing: all is gone"},
    LeavingState.CALLED_OFF: {},
    LeavingState.ERASED: {},
}


class Leaving(models.Model):
    """`asked_by` as the trail names people. From `due_at` on everything is erased; until then it can be called off.

    While one is ERASING, PostgreSQL lets the records of its tenant be deleted, which otherwise only grow.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tenant_id = models.UUIDField(db_index=True)
    state = models.CharField(max_length=10, choices=LeavingState.choices, default=LeavingState.ASKED)
    asked_by = models.CharField(max_length=200)
    asked_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField()
    exported_at = models.DateTimeField(null=True, help_text="When its data was last downloaded.")
    called_off_at = models.DateTimeField(null=True)
    began_at = models.DateTimeField(null=True, help_text="When the erasure began.")
    erased = models.PositiveBigIntegerField("rows erased", default=0)
    erased_at = models.DateTimeField(null=True)
    access_left = models.BooleanField(default=False, help_text="A vendor has not ended our access: a person does.")

    class Meta:
        ordering = ["-asked_at"]
        verbose_name = "customer who leaves"
        verbose_name_plural = "customers who leave"
        permissions = [
            ("let_leave", "Can let a customer leave, and call it off"),
            ("export_all", "Can download all data of a customer"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id"], condition=Q(state__in=["asked", "erasing"]), name="one_open_leaving_a_tenant"
            ),
            Steps(name="steps_of_leavings", field="state", steps=STEPS),
        ]

    def __str__(self) -> str:
        return f"{str(self.tenant_id)[:8]}, {self.get_state_display().lower()}"

    @property
    def is_open(self) -> bool:
        return self.state in {LeavingState.ASKED, LeavingState.ERASING}
