"""Files of records, on their way from the source to the ERP."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from database.constraints import Steps
from database.fields import TenantForeignKey
from exports import states
from exports.models.jobs import Record
from exports.states import ReceiptState
from tenants.models import TenantModel


class Receipt(TenantModel):
    """One file of a record, on its way from the source to its document in the ERP.

    Its signed address is never stored. `file` is its name in the private storage, written before it is there and
    empty once it is deleted.
    """

    record = TenantForeignKey(Record, related_name="receipts")
    place = models.PositiveSmallIntegerField()
    page = models.TextField(blank=True, help_text="The place in the source's list at which its page begins.")
    told_type = models.CharField(max_length=100, blank=True, help_text="As the source says.")
    told_size = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, choices=ReceiptState.choices, default=ReceiptState.WANTED)
    file = models.CharField(max_length=300, blank=True)
    extension = models.CharField(max_length=10, blank=True)
    type = models.CharField(max_length=100, blank=True, help_text="As its bytes say.")
    size = models.BigIntegerField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    document_id = models.CharField(
        max_length=100, blank=True, help_text="What it is attached to; until then, what it is in the ERP already."
    )
    attempts = models.PositiveIntegerField(default=0, help_text="In a row that failed.")
    next_at = models.DateTimeField(db_default=Now())
    trouble_at = models.DateTimeField(null=True, help_text="Since when it does not work.")
    subject = models.CharField(max_length=20, blank=True)
    reason = models.TextField(blank=True)
    words = models.TextField("vendor's words", blank=True)
    stored_at = models.DateTimeField(null=True)
    attached_at = models.DateTimeField(null=True)
    delete_at = models.DateTimeField(null=True, help_text="When the stored file is deleted.")

    class Meta:
        ordering = ["record", "place"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "record", "place"], name="one_receipt_a_place"),
            Steps(name="steps_of_receipts", field="state", steps=states.RECEIPT),
        ]
        indexes = [
            models.Index(fields=["delete_at"], condition=~Q(file=""), name="receipts_to_delete"),
            models.Index(fields=["record"], condition=Q(state__in=["wanted", "stored"]), name="open_receipts"),
        ]

    def __str__(self) -> str:
        return f"Receipt {self.place}"
