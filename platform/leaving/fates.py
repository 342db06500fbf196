"""What becomes of each kind of row when its customer leaves: the one place that says it. docs/operations.md repeats
it for people.

A kind of row that belongs to a tenant and has no line here fails a test. One whose table only grows
needs the trigger of `leaving.migrations.0002_timelines`, too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from graphlib import TopologicalSorter
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Model, QuerySet


class Fate(StrEnum):
    ERASED = "erased"
    KEPT = "kept"


@dataclass(frozen=True)
class Line:
    """`why` speaks to people. `tenant`: the way from the row to its tenant's id. `kept_for`, in words."""

    fate: Fate
    why: str
    tenant: str = "tenant_id"
    kept_for: str = ""


def erased(why: str, tenant: str = "tenant_id") -> Line:
    return Line(Fate.ERASED, why, tenant)


def kept(why: str, kept_for: str) -> Line:
    return Line(Fate.KEPT, why, kept_for=kept_for)


LEDGER = "What was exported is in the customer's own books and at the source."
ACCESS = "It let us into the customer's accounts."
PEOPLE = "It speaks of people."
WORK = "Nothing is left to work on."

FATES: dict[str, Line] = {
    "api.apikey": erased("Nothing is left to see with it."),
    "api.write": erased("It is an answer to a program that may not ask any more.", tenant="key__tenant_id"),
    "audit.auditentry": kept("It proves what was done, and holds ids and digests only.", "for ever"),
    "connections.authorisation": erased(ACCESS),
    "connections.authorisationattempt": erased(ACCESS),
    "connections.certificate": erased(ACCESS),
    "connections.connection": erased(ACCESS),
    "connections.connectionstep": erased(PEOPLE),
    "connections.connectlink": erased(ACCESS),
    "connections.exchange": erased(PEOPLE),
    "connections.privatehost": erased("It says how the customer's own network is reached."),
    "connections.revocation": erased(ACCESS),
    "exports.discrepancy": erased(LEDGER),
    "exports.exportjob": erased(LEDGER),
    "exports.finalevent": erased(LEDGER),
    "exports.posting": erased(LEDGER),
    "exports.receipt": erased("Receipts show people and what they bought; their files go first."),
    "exports.reconciliation": erased(LEDGER),
    "exports.record": erased("Records name people and what they bought."),
    "exports.referencedata": erased(LEDGER),
    "exports.report": erased(LEDGER),
    "exports.submission": erased(LEDGER),
    "exports.submissionposting": erased(LEDGER),
    "incidents.incident": erased(WORK),
    "installations.configuration": erased(WORK),
    "installations.installation": erased(WORK),
    "jobs.halt": erased(WORK),
    "jobs.run": erased(WORK),
    "jobs.schedule": erased(WORK),
    "jobs.share": erased(WORK),
    "jobs.trigger": erased(WORK),
    "leaving.leaving": kept("It proves that and when all was erased, and holds ids only.", "for ever"),
    "notices.mail": erased(PEOPLE),
    "notices.warned": erased(WORK),
    "tenants.membership": erased(PEOPLE),
    "tenants.tenant": erased("Its name may be a person's.", tenant="pk"),
    "webhooks.delivery": erased(LEDGER),
    "webhooks.deliverybody": erased(PEOPLE),
    "webhooks.endpoint": erased("Nobody may knock there any more."),
}

# Until the very end: while the one stands nothing begins to work for the tenant, and the other is what all point to.
LAST = ["jobs.halt", "tenants.tenant"]


def rows_of(label: str, tenant_id: UUID) -> QuerySet[Any]:
    """Of one kind and tenant, with nothing of other kinds fetched. Inside a block."""
    rows: QuerySet[Any] = apps.get_model(label)._base_manager.filter(**{FATES[label].tenant: tenant_id})
    return rows.order_by()


def in_order() -> list[str]:
    """Labels of what is erased: what points to something comes before it, and `LAST` is not among them."""
    erased_ones = [label for label, line in FATES.items() if line.fate == Fate.ERASED]
    sorter: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(erased_ones, ()))
    for label in erased_ones:
        for other in pointed_at(apps.get_model(label)):
            if other != label:
                sorter.add(other, label)
    return [label for label in sorter.static_order() if label in FATES and label not in LAST]


def pointed_at(model: type[Model]) -> Iterator[str]:
    for column in model._meta.local_fields:
        if column.related_model:
            yield column.related_model._meta.label_lower
