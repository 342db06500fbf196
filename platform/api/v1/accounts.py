"""Our registrations at vendors, customers' connections to them, and what is installed between two connections."""

from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.v1.filters import STATE, TENANT
from api.v1.serializers import ApplicationSerializer, ConnectionSerializer, InstallationSerializer
from api.views import ApiView
from connections import disconnecting
from connections.models import Application, Connection, ConnectionState
from installations.models import Installation, InstallationState


class Applications(ApiView):
    scopes = {"GET": "connections:read"}
    serializer_class = ApplicationSerializer
    order = "pk"

    def rows(self) -> QuerySet[Application]:
        return Application.objects.filter(environment=self.key.environment)

    @extend_schema(summary="List applications", responses=ApplicationSerializer(many=True), tags=["connections"])
    def get(self, request: Request) -> Response:
        return self.listed(request)


class _Connections(ApiView):
    scopes = {"GET": "connections:read"}
    serializer_class = ConnectionSerializer

    def rows(self) -> QuerySet[Connection]:
        of_key = Connection.objects.filter(application__environment=self.key.environment)
        return of_key.select_related("application")


class Connections(_Connections):
    def rows(self) -> QuerySet[Connection]:
        rows, tenant = super().rows(), self.asked_id("tenant")
        state = self.asked_word("state", ConnectionState.values)
        rows = rows.filter(tenant=tenant) if tenant else rows
        return rows.filter(state=state) if state else rows

    @extend_schema(
        summary="List connections",
        parameters=[TENANT, STATE(ConnectionState.values)],
        responses=ConnectionSerializer(many=True),
        tags=["connections"],
    )
    def get(self, request: Request) -> Response:
        return self.listed(request)


class OneConnection(_Connections):
    @extend_schema(summary="One connection", tags=["connections"])
    def get(self, request: Request, pk: UUID) -> Response:
        return self.one(pk)


class Disconnect(_Connections):
    scopes = {"POST": "connections:write"}

    @extend_schema(
        summary="Disconnect a connection",
        request=None,
        responses=ConnectionSerializer,
        tags=["connections"],
        description="Its work stops at once; the vendor is told to end the access, until it has heard,"
        " and the tokens are destroyed. Settings and history stay: by a connect link the customer connects the same"
        " company again. Disconnected again, nothing changes.",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        disconnecting.disconnect(self.found(pk), actor=self.actor)
        return self.one(pk)


class _Installations(ApiView):
    scopes = {"GET": "installations:read"}
    serializer_class = InstallationSerializer

    def rows(self) -> QuerySet[Installation]:
        return Installation.objects.filter(environment=self.key.environment)


class Installations(_Installations):
    def rows(self) -> QuerySet[Installation]:
        rows, tenant = super().rows(), self.asked_id("tenant")
        state = self.asked_word("state", InstallationState.values)
        rows = rows.filter(tenant=tenant) if tenant else rows
        return rows.filter(state=state) if state else rows

    @extend_schema(
        summary="List installations",
        parameters=[TENANT, STATE(InstallationState.values)],
        responses=InstallationSerializer(many=True),
        tags=["installations"],
    )
    def get(self, request: Request) -> Response:
        return self.listed(request)


class OneInstallation(_Installations):
    @extend_schema(summary="One installation", tags=["installations"])
    def get(self, request: Request, pk: UUID) -> Response:
        return self.one(pk)
