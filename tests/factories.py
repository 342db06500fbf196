"""Rows for tests. A tenant's rows are made inside `acting_for` their tenant, so a factory may be called anywhere.

Which vendors they stand for is asked of the registry: any source, any target.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any, TypeVar
from uuid import uuid4

import factory
from django.contrib.auth.models import User
from django.db.models import Model
from factory.django import DjangoModelFactory

from api.models import ApiKey
from api.scopes import SCOPES
from connections import services as connections
from connections import tokens
from connections.models import Application, Authorisation, Connection, ConnectionState, PrivateHost
from connectors import registry
from connectors.kit import exact_json
from connectors.kit.connector import Connector, Environment, Source, Target
from connectors.kit.documents import Kind, Part
from connectors.kit.failures import FailureClass
from connectors.kit.flows import AuthorisationCode, TokenSet
from connectors.kit.records import JobState
from database.acting import acting_for
from exports.models import ExportJob, Posting, Record
from incidents.models import Incident
from installations.models import Configuration, Installation, InstallationState
from jobs.models import Run
from tenants.models import Membership, Role, Tenant
from webhooks.models import Endpoint

M = TypeVar("M", bound=Model)

SOURCES = [key for key, vendor in registry.installed().items() if issubclass(vendor, Source)]
#: Those that are connected by a consent page come first: it is what the customers here do.
TARGETS = sorted(
    (key for key, vendor in registry.installed().items() if issubclass(vendor, Target)),
    key=lambda key: not isinstance(registry.get(key).flows[0], AuthorisationCode),
)
NOWHERE = "http://localhost:9"


def hosts_at(vendor: type[Connector], address: str) -> dict[str, str]:
    """Every host that the vendor has in production, at one address: its sandbox."""
    return dict.fromkeys(vendor.hosts[Environment.PRODUCTION], address)


def some_tokens(**changes: Any) -> TokenSet:
    usual = {"access_token": uuid4().hex, "refresh_token": uuid4().hex}
    return TokenSet(**{**usual, "expires_at": datetime.now(UTC) + timedelta(hours=1), **changes})


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"person{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.com")


class TenantFactory(DjangoModelFactory[Tenant]):
    class Meta:
        model = Tenant

    id = factory.LazyFunction(uuid4)
    name = factory.Sequence(lambda n: f"Customer {n}")

    @classmethod
    def _create(cls, model_class: type[Tenant], *args: Any, **kwargs: Any) -> Tenant:
        with acting_for(kwargs["id"]):
            return Tenant.objects.create(**kwargs)


class TenantRowFactory(DjangoModelFactory[M]):
    class Meta:
        abstract = True

    tenant = factory.SubFactory(TenantFactory)

    @classmethod
    def _create(cls, model_class: type[M], *args: Any, **kwargs: Any) -> M:
        with acting_for(kwargs["tenant"].pk):
            return model_class._default_manager.create(**kwargs)


def same_tenant(of: type[TenantRowFactory[Any]], **more: Any) -> Any:
    return factory.SubFactory(of, tenant=factory.SelfAttribute("..tenant"), **more)


class MembershipFactory(TenantRowFactory[Membership]):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    role = Role.OWNER


class ApplicationFactory(DjangoModelFactory[Application]):
    """Of a source; `connector=` says otherwise. One a vendor and environment, made when first asked for."""

    class Meta:
        model = Application

    connector = factory.LazyFunction(lambda: SOURCES[0])
    environment = Environment.SANDBOX
    client_id = "our-app"
    hosts = factory.LazyAttribute(lambda it: hosts_at(registry.get(it.connector), NOWHERE))

    @classmethod
    def _create(cls, model_class: type[Application], *args: Any, **kwargs: Any) -> Application:
        key = {name: kwargs.pop(name) for name in ("connector", "environment")}
        secret = kwargs.pop("secret", "our-secret")
        row, made = Application.objects.get_or_create(**key, defaults=kwargs)
        if made:
            connections.seal_secret(row, secret)
            row.save()
        return row


class AuthorisationFactory(TenantRowFactory[Authorisation]):
    """With sealed tokens (`tokens=` gives others)."""

    class Meta:
        model = Authorisation

    application = factory.SubFactory(ApplicationFactory)
    authorised_at = factory.LazyFunction(lambda: datetime.now(UTC))

    @classmethod
    def _create(cls, model_class: type[Authorisation], *args: Any, **kwargs: Any) -> Authorisation:
        given = kwargs.pop("tokens", None) or some_tokens()
        row = super()._create(model_class, *args, **kwargs)
        with acting_for(row.tenant_id):
            tokens.store(row, given)
        return row


class PrivateHostFactory(TenantRowFactory[PrivateHost]):
    """On this machine, where nothing listens; its certificate is to be confirmed."""

    class Meta:
        model = PrivateHost

    environment = Environment.SANDBOX
    host = "127.0.0.1"
    port = 9
    added_by = "user:1"


class ConnectionFactory(TenantRowFactory[Connection]):
    """Usable, with a company and an authorisation of its own (`authorisation=` one that others stand on, too)."""

    class Meta:
        model = Connection

    application = factory.SubFactory(ApplicationFactory)
    state = ConnectionState.USABLE
    company_id = factory.LazyFunction(lambda: str(uuid4()))
    company_name = factory.Sequence(lambda n: f"Company {n}")

    authorisation = same_tenant(AuthorisationFactory, application=factory.SelfAttribute("..application"))
    authorised_at = factory.SelfAttribute("authorisation.authorised_at")


class TargetConnectionFactory(ConnectionFactory):
    application = factory.SubFactory(ApplicationFactory, connector=factory.LazyFunction(lambda: TARGETS[0]))


class InstallationFactory(TenantRowFactory[Installation]):
    """Active, with a first version of its settings."""

    class Meta:
        model = Installation
        skip_postgeneration_save = True

    source = same_tenant(ConnectionFactory)
    target = same_tenant(TargetConnectionFactory)
    environment = factory.SelfAttribute("source.application.environment")
    source_company = factory.LazyAttribute(lambda it: f"{it.source.application.connector}:{it.source.company_id}")
    books = factory.LazyAttribute(lambda it: f"{it.target.application.connector}:{it.target.company_id}")
    state = InstallationState.ACTIVE

    configuration = factory.RelatedFactory(
        "tests.factories.ConfigurationFactory",
        factory_related_name="installation",
        tenant=factory.SelfAttribute("..tenant"),
    )


class ConfigurationFactory(TenantRowFactory[Configuration]):
    class Meta:
        model = Configuration

    installation = same_tenant(InstallationFactory, configuration=None)
    version = 1
    created_by = "user:1"


class ExportJobFactory(TenantRowFactory[ExportJob]):
    class Meta:
        model = ExportJob

    installation = same_tenant(InstallationFactory)
    external_id = factory.LazyFunction(lambda: str(uuid4()))
    state = JobState.PENDING
    created_at = factory.LazyFunction(lambda: datetime.now(UTC))


class RecordFactory(TenantRowFactory[Record]):
    """A record only grows: it cannot be changed or deleted, and a test's rollback is what removes it."""

    class Meta:
        model = Record

    job = same_tenant(ExportJobFactory)
    position = factory.Sequence(lambda n: n)
    entry = factory.LazyFunction(lambda: str(uuid4()))
    payload = factory.LazyAttribute(lambda it: exact_json.dumps({"id": it.entry, "note": "Lunch"}))
    digest = factory.LazyAttribute(lambda it: sha256(it.payload.encode()).hexdigest())
    kind = "out_of_pocket"
    summary = "Lunch"
    amount = Decimal("99.50")
    currency = "EUR"


class PostingFactory(TenantRowFactory[Posting]):
    class Meta:
        model = Posting

    record = same_tenant(RecordFactory)
    books = factory.SelfAttribute("record.job.installation.books")
    entry = factory.SelfAttribute("record.entry")
    digest = factory.SelfAttribute("record.digest")
    part = Part.DOCUMENT
    kind = Kind.BILL
    reference = factory.Sequence(lambda n: f"REF-{n}")
    amount = factory.SelfAttribute("record.amount")
    currency = factory.SelfAttribute("record.currency")


class IncidentFactory(TenantRowFactory[Incident]):
    class Meta:
        model = Incident

    failure = FailureClass.AUTH_REVOKED
    fingerprint = factory.LazyFunction(lambda: uuid4().hex)
    sentence = "The connection must be made again."


class RunFactory(TenantRowFactory[Run]):
    """Ready now, alone in its lane."""

    class Meta:
        model = Run

    kind = "test"
    subject_id = factory.LazyFunction(uuid4)
    lane = factory.LazyFunction(uuid4)
    order = factory.LazyFunction(lambda: datetime.now(UTC))
    run_at = factory.LazyFunction(lambda: datetime.now(UTC) - timedelta(seconds=1))


class EndpointFactory(TenantRowFactory[Endpoint]):
    class Meta:
        model = Endpoint

    authorisation = same_tenant(AuthorisationFactory)
    token_hash = factory.LazyFunction(lambda: uuid4().hex)


class ApiKeyFactory(TenantRowFactory[ApiKey]):
    """Of one tenant; nobody knows the key itself."""

    class Meta:
        model = ApiKey

    name = "their own app"
    environment = Environment.SANDBOX
    scopes = factory.LazyFunction(lambda: list(SCOPES))
    beginning = "cw_sandbox_abcdef"
    key_hash = factory.LazyFunction(lambda: uuid4().hex)
    created_by = "user:1"
    expires_at = factory.LazyFunction(lambda: datetime.now(UTC) + timedelta(days=30))
