"""Pleo's webhooks: what a body says. The signature is the kit's (Standard Webhooks).

Pleo's pages and its specification spell the same event differently (`v1.export.job-created`,
`v1.export-job.created`), one page prints the fields under `payload`, an older one under `body`. All are read.
"""

import re
from typing import Any

from pydantic import Field, ValidationError

from connectors.kit import exact_json
from connectors.kit.errors import ContractBroken
from connectors.kit.records import Event
from connectors.pleo.answers import PleoModel, faults

JOB_CREATED = "v1.export-job.created"
_KINDS = {"export-job-created": "job.created", "vendor-created": "vendor.created"}
_VERSION = re.compile(r"^v\d+\.")


class _Subject(PleoModel):
    id: str = ""
    company_id: str = ""


class _Delivery(PleoModel):
    event_type: str
    event_id: str = ""
    data: _Subject = Field(default_factory=_Subject)


def read(body: bytes) -> Event:
    delivery = _delivery(exact_json.loads(body))
    kind = _KINDS.get(_VERSION.sub("", delivery.event_type).replace(".", "-"), "")
    subject = delivery.data
    if kind and not (subject.id and subject.company_id):
        raise ContractBroken(f"Pleo's event {delivery.event_type} does not say whose it is.")
    return Event(kind, subject.company_id, subject.id, delivery.event_id)


def _delivery(body: Any) -> _Delivery:
    inner = body
    if isinstance(body, dict) and "eventType" not in body:
        inner = body.get("payload", body.get("body"))
    try:
        return _Delivery.model_validate(inner)
    except ValidationError as error:
        raise ContractBroken(f"Pleo's event cannot be read: {faults(error)}") from error
