"""Every state machine there is: PostgreSQL takes the steps of its table, and no other."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils import timezone

from database.acting import across_tenants, acting_for
from database.constraints import Steps
from exports.models import Receipt, Submission
from leaving.models import Leaving
from notices.models import Mail
from tests.factories import (
    ConnectionFactory,
    EndpointFactory,
    ExportJobFactory,
    InstallationFactory,
    PostingFactory,
    RecordFactory,
    RunFactory,
)
from webhooks.models import Delivery

pytestmark = pytest.mark.django_db


def a_submission(**state: str) -> Submission:
    job, at = ExportJobFactory.create(), timezone.now()
    request = {"method": "PUT", "path": "/bills", "host": "api", "body": b"one", "key": "key-1"}
    of = {"tenant_id": job.tenant_id, "job": job, "run_id": job.pk, "fence": 1}
    with acting_for(job.tenant_id):
        return Submission.objects.create(**of, **request, created_at=at, called_at=at, **state)


def a_receipt(**state: str) -> Receipt:
    record = RecordFactory.create()
    with acting_for(record.tenant_id):
        return Receipt.objects.create(tenant_id=record.tenant_id, record=record, place=1, **state)


def a_delivery(**state: str) -> Delivery:
    endpoint = EndpointFactory.create()
    of = {"tenant_id": endpoint.tenant_id, "endpoint": endpoint, "delivery_id": "msg-1", "digest": ""}
    with acting_for(endpoint.tenant_id):
        return Delivery.objects.create(**of, received_at=timezone.now(), **state)


def a_mail(**state: str) -> Mail:
    at = timezone.now()
    with across_tenants("a test writes a mail"):
        return Mail.objects.create(to="ada@example.com", subject="Hello", try_at=at, useless_at=at, **state)


def a_leaving(**state: str) -> Leaving:
    with across_tenants("a test lets a customer leave"):
        return Leaving.objects.create(tenant_id=uuid4(), asked_by="user:1", due_at=timezone.now(), **state)


MADE: dict[str, Callable[..., Any]] = {
    "connections.Connection": ConnectionFactory.create,
    "exports.ExportJob": ExportJobFactory.create,
    "exports.Posting": PostingFactory.create,
    "exports.Receipt": a_receipt,
    "exports.Submission": a_submission,
    "installations.Installation": InstallationFactory.create,
    "jobs.Run": RunFactory.create,
    "leaving.Leaving": a_leaving,
    "notices.Mail": a_mail,
    "webhooks.Delivery": a_delivery,
}


def steps_of(model: type[Model]) -> list[Steps]:
    return [one for one in model._meta.constraints if isinstance(one, Steps)]


def values(label: str) -> list[str]:
    return [value for value, _ in apps.get_model(label)._meta.get_field("state").choices]


def is_refused(row: Any, after: str) -> bool:
    """The very same row, as the database has it, is tried to be changed by a bulk update."""
    with across_tenants("a test takes a step"):
        try:
            with transaction.atomic():
                type(row)._default_manager.filter(pk=row.pk).update(state=after)
                transaction.set_rollback(True)
        except IntegrityError as error:
            return "may not change: state" in str(error)
    return False


def test_every_machine_is_tried() -> None:
    assert {model._meta.label for model in apps.get_models() if steps_of(model)} == set(MADE)


@pytest.mark.parametrize("label", MADE)
def test_every_legal_step_passes_and_every_other_is_refused(label: str) -> None:
    (machine,) = steps_of(apps.get_model(label))

    for before in values(label):
        row = MADE[label](state=before)
        for after in values(label):
            legal = after == before or after in machine.steps[before]
            assert is_refused(row, after) is not legal, f"{label}: {before} to {after}"


@pytest.mark.parametrize("label", MADE)
def test_every_state_has_its_row_and_leads_to_states_that_have_one(label: str) -> None:
    (machine,) = steps_of(apps.get_model(label))

    assert set(machine.steps) == set(values(label))
    assert {after for steps in machine.steps.values() for after in steps} <= set(values(label))
