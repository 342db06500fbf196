"""An endpoint whose secret the test knows, and a sender that signs as the vendor does."""

import base64
import json
import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from pytest_django import Settings

from connections import vault
from connections.links import hashed
from connectors.kit.signatures import sign
from database.acting import acting_for
from exports.models import ExportJob
from installations.models import Installation
from tests.factories import EndpointFactory, InstallationFactory
from tests.webhooks.knocking import knock, served
from webhooks import door
from webhooks.endpoints import Endpoints
from webhooks.flood import Counts
from webhooks.models import Delivery, DeliveryBody, Endpoint
from webhooks.strangers import Addresses, Refusals

NOTHING: Mapping[str, str] = {}


def new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()


def event(job: str, company: str, **more: Any) -> bytes:
    """What says that there is a job."""
    data = {"id": job, "companyId": company, **more.pop("data", {})}
    return json.dumps({"eventType": "v1.export-job.created", "eventId": "e", "data": data, **more}).encode()


@dataclass
class Sender:
    """The vendor of one installation's source: knows the address and the secret of its endpoint."""

    installation: Installation
    endpoint: Endpoint
    token: str
    secret: str

    @property
    def address(self) -> str:
        return f"/hooks/{self.token}"

    def event(self, job: str | None = None, **more: Any) -> bytes:
        return event(job or str(uuid4()), str(self.installation.source.company_id), **more)

    def headers(self, body: bytes, message: str, at: int | None = None) -> dict[str, str]:
        at = int(time.time()) if at is None else at
        signature = sign(self.secret, message, at, body)
        return {"webhook-id": message, "webhook-timestamp": str(at), "webhook-signature": signature}

    def send(
        self, body: bytes | None = None, message: str = "msg_1", changes: Mapping[str, str] = NOTHING
    ) -> HttpResponse:
        """Signed; `changes` are headers as the vendor would never send them, "" for none."""
        body = self.event() if body is None else body
        headers = self.headers(body, message) | {**changes}
        return self.knock(body, {name: value for name, value in headers.items() if value})

    def knock(self, body: bytes, headers: dict[str, str]) -> HttpResponse:
        return knock(self.address, body, headers=headers)

    # What became of it.

    def deliveries(self) -> list[Delivery]:
        with acting_for(self.endpoint.tenant_id):
            return list(Delivery.objects.order_by("received_at"))

    def bodies(self) -> list[bytes]:
        with acting_for(self.endpoint.tenant_id):
            return [bytes(one.body) for one in DeliveryBody.objects.order_by("received_at")]

    def jobs(self) -> list[str]:
        with acting_for(self.endpoint.tenant_id):
            return list(ExportJob.objects.order_by("noticed_at").values_list("external_id", flat=True))

    def refused(self) -> int:
        with acting_for(self.endpoint.tenant_id):
            return Endpoint.objects.get(pk=self.endpoint.pk).refused


@pytest.fixture(autouse=True)
def fresh_door() -> None:
    """As if the server had just started: no count and no allowance is left of the test before."""
    door.addresses, door.endpoints, door.counts, door.refusals = Addresses(), Endpoints(), Counts(), Refusals()


def new_sender(**installation: Any) -> Sender:
    return sender_of(InstallationFactory.create(**installation))


def sender_of(made: Installation) -> Sender:
    token, secret = secrets.token_urlsafe(32), new_secret()
    endpoint = EndpointFactory.create(
        tenant=made.tenant, authorisation=made.source.authorisation, token_hash=hashed(token)
    )
    with acting_for(endpoint.tenant_id):
        endpoint.sealed_secret = vault.seal(secret.encode(), endpoint.place("secret"))
        endpoint.save()
    return Sender(made, endpoint, token, secret)


@pytest.fixture
def sender(transactional_db: None) -> Sender:
    return new_sender()


@pytest.fixture
def stranger(transactional_db: None) -> Sender:
    """The vendor's messages to another tenant."""
    return new_sender()


@pytest.fixture
def open_door(transactional_db: None, settings: Settings) -> Iterator[None]:
    """Vendors find it where we say that it is."""
    with served() as address:
        settings.BASE_URL = address
        yield
