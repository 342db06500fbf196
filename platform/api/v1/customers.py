"""Tenants, and the links by which they connect their accounts."""

from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Refused
from api.models import ApiKey
from api.v1.serializers import (
    KeySerializer,
    LinkSerializer,
    NewLinkSerializer,
    TenantSerializer,
    Text,
)
from api.views import ApiView
from audit import services as audit
from connections import links
from connections.models import Application, Connection, ConnectLink
from connectors import registry
from connectors.kit.connector import Connector, Environment, Source, Target
from database.acting import acting_for
from tenants.models import Tenant

ELSEWHERE = "The tenant has connections that are not of {environment}. Use a key of production."


class TheKey(ApiView):
    scopes = {"GET": ""}
    serializer_class = KeySerializer

    def rows(self) -> QuerySet[ApiKey]:
        return ApiKey.objects.filter(pk=self.key.pk)

    @extend_schema(summary="The key that is used", tags=["keys"])
    def get(self, request: Request) -> Response:
        return self.one(self.key.pk)


class Tenants(ApiView):
    scopes = {"GET": "tenants:read", "POST": "tenants:write"}
    serializer_class = TenantSerializer

    def rows(self) -> QuerySet[Tenant]:
        return Tenant.objects.all()

    @extend_schema(summary="List tenants", responses=TenantSerializer(many=True), tags=["tenants"])
    def get(self, request: Request) -> Response:
        return self.listed(request)

    @extend_schema(summary="Make a tenant", responses={201: TenantSerializer}, tags=["tenants"])
    def post(self, request: Request) -> Response:
        if self.key.tenant_id:
            raise Refused("bound_to_one_tenant")
        pk, said = uuid4(), self.read(request)
        with acting_for(pk):
            row = Tenant.objects.create(id=pk, name=said["name"])
            audit.record("tenant.made", row, actor=self.actor, tenant_id=pk, after={"name": row.name})
        return Response(TenantSerializer(row).data, status=201)


class OneTenant(ApiView):
    scopes = {"GET": "tenants:read", "PATCH": "tenants:write"}
    serializer_class = TenantSerializer

    def rows(self) -> QuerySet[Tenant]:
        return Tenant.objects.all()

    @extend_schema(summary="One tenant", tags=["tenants"])
    def get(self, request: Request, pk: UUID) -> Response:
        return self.one(pk)

    @extend_schema(summary="Rename a tenant", responses={200: TenantSerializer, 409: None}, tags=["tenants"])
    def patch(self, request: Request, pk: UUID) -> Response:
        row = whole_tenant(self.key, pk)
        before = {"name": row.name}
        changed = TenantSerializer(row, data=request.data, partial=True)
        changed.is_valid(raise_exception=True)
        changed.save()
        audit.record("tenant.changed", row, actor=self.actor, tenant_id=pk, before=before, after={"name": row.name})
        return Response(changed.data)


class LinkOrderSerializer(serializers.Serializer[ConnectLink]):
    source = Text(  # type: ignore[assignment]
        max_length=50, help_text="The connector whose records are exported."
    )
    target = Text(max_length=50, help_text="The connector of the ERP.")
    days = serializers.IntegerField(
        default=links.LIFE.days, min_value=1, max_value=links.LONGEST.days, help_text="How long it can be used."
    )


class Links(ApiView):
    scopes = {"GET": "links:read", "POST": "links:write"}
    serializer_class = LinkSerializer

    def rows(self) -> QuerySet[ConnectLink]:
        return links_of(self.key).filter(tenant=self.kwargs["tenant"])

    @extend_schema(summary="A tenant's connect links", responses=LinkSerializer(many=True), tags=["connect links"])
    def get(self, request: Request, tenant: UUID) -> Response:
        tenant_or_404(tenant)
        return self.listed(request)

    @extend_schema(
        summary="Make a connect link",
        request=LinkOrderSerializer,
        responses={201: NewLinkSerializer},
        tags=["connect links"],
        description="Its address is in this answer only. It opens the pages on which the customer connects both"
        " accounts, needs no log-in, and expires.",
    )
    def post(self, request: Request, tenant: UUID) -> Response:
        customer = tenant_or_404(tenant)
        said = LinkOrderSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        source = self._application(said.validated_data["source"], "source", Source)  # type: ignore[type-abstract]
        target = self._application(said.validated_data["target"], "target", Target)  # type: ignore[type-abstract]
        life = timedelta(days=said.validated_data["days"])
        link, token = links.make(customer.pk, source, target, actor=self.actor, life=life)
        link.address = f"{settings.BASE_URL}{reverse('portal-set-up', args=[token])}"  # type: ignore[attr-defined]
        return Response(NewLinkSerializer(link).data, status=201)

    def _application(self, connector: str, field: str, role: type[Connector]) -> Application:
        fitting = [key for key, vendor in registry.installed().items() if issubclass(vendor, role)]
        found = Application.objects.filter(environment=self.key.environment, connector__in=fitting)
        row = found.filter(connector=connector).first()
        if row is None:
            known = ", ".join(found.values_list("connector", flat=True)) or "none"
            raise serializers.ValidationError({field: [f"Not registered in {self.key.environment}: {known} are."]})
        return row


class OneLink(ApiView):
    scopes = {"GET": "links:read", "DELETE": "links:write"}
    serializer_class = LinkSerializer

    def rows(self) -> QuerySet[ConnectLink]:
        return links_of(self.key)

    @extend_schema(summary="One connect link", tags=["connect links"])
    def get(self, request: Request, pk: UUID) -> Response:
        return self.one(pk)

    @extend_schema(
        summary="Revoke a connect link",
        responses={204: None},
        tags=["connect links"],
        description="At once. What was connected with it stays connected. Revoked again, nothing changes.",
    )
    def delete(self, request: Request, pk: UUID) -> Response:
        link: ConnectLink = self.found(pk)
        if link.revoked_at is None:
            links.revoke(link, actor=self.actor)
        return Response(status=204)


def links_of(key: ApiKey) -> QuerySet[ConnectLink]:
    return ConnectLink.objects.filter(source__environment=key.environment).select_related("source", "target")


def tenant_or_404(pk: UUID) -> Tenant:
    row = Tenant.objects.filter(pk=pk).first()
    if row is None:
        raise Refused("not_found")
    return row


def whole_tenant(key: ApiKey, pk: UUID) -> Tenant:
    """For what concerns every environment at once: a key of a sandbox touches no production. Raises Refused."""
    row = tenant_or_404(pk)
    elsewhere = Connection.objects.filter(tenant=row).exclude(application__environment=key.environment)
    if key.environment != Environment.PRODUCTION and elsewhere.exists():
        raise Refused("conflict", ELSEWHERE.format(environment=key.environment))
    return row
