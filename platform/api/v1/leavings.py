"""A tenant leaves: all of it as a file, the leaving itself, and the way back until the day comes."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Refused
from api.v1.customers import whole_tenant
from api.v1.serializers import Text
from api.views import ApiView
from connectors.kit.connector import Environment
from leaving import by_hand, exporting, services
from leaving.models import Leaving
from leaving.sending import as_file


class ByHandSerializer(serializers.Serializer[Any]):
    connector = serializers.CharField()
    environment = serializers.ChoiceField([e.value for e in Environment])
    is_given_up = serializers.BooleanField(help_text="false: the vendor is still tried.")
    remedy = serializers.CharField(help_text="Where to end the access at the vendor.")


class LeavingSerializer(serializers.ModelSerializer[Leaving]):
    tenant = serializers.UUIDField(source="tenant_id", read_only=True)
    by_hand = serializers.SerializerMethodField(help_text="Vendors that have not ended our access.")

    class Meta:
        model = Leaving
        fields = [
            *("id", "tenant", "state", "asked_at", "due_at", "exported_at", "called_off_at", "began_at", "erased_at"),
            "by_hand",
        ]
        read_only_fields = fields

    @extend_schema_field(ByHandSerializer(many=True))
    def get_by_hand(self, leaving: Leaving) -> list[dict[str, object]]:
        return list(ByHandSerializer(by_hand.of(leaving), many=True).data)


class ConfirmationSerializer(serializers.Serializer[Leaving]):
    name = Text(max_length=200, help_text="The tenant's name as it is: nobody leaves by a mistaken id.")


class OneLeaving(ApiView):
    """Rows outlive their tenant, so that a program sees that all was erased."""

    scopes = {"GET": "tenants:read", "POST": "tenants:leave", "DELETE": "tenants:leave"}
    serializer_class = LeavingSerializer

    def rows(self) -> QuerySet[Leaving]:
        return Leaving.objects.filter(tenant_id=self.kwargs["tenant"]).order_by("-asked_at")

    @extend_schema(summary="How far a tenant's leaving is", tags=["leaving"])
    def get(self, request: Request, tenant: UUID) -> Response:
        return self._newest()

    @extend_schema(
        summary="Let a tenant leave",
        request=ConfirmationSerializer,
        responses={201: LeavingSerializer, 409: None},
        tags=["leaving"],
        description="All its work stands still at once. When it is due the accounts are disconnected, the vendors"
        " told, and everything is erased; until then it can be called off. Asked for again, it stays as it was.",
    )
    def post(self, request: Request, tenant: UUID) -> Response:
        customer = whole_tenant(self.key, tenant)
        said = ConfirmationSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        if said.validated_data["name"] != customer.name.strip():
            raise serializers.ValidationError({"name": ["This is not the tenant's name."]})
        leaving = services.ask(customer, actor=self.actor)
        return Response(self.get_serializer(leaving).data, status=201)

    @extend_schema(
        summary="Call a tenant's leaving off",
        responses={200: LeavingSerializer, 409: None},
        tags=["leaving"],
        description="Until it is due; work goes on where it stood. Called off again, nothing changes.",
    )
    def delete(self, request: Request, tenant: UUID) -> Response:
        customer = whole_tenant(self.key, tenant)
        leaving = services.open_one(customer.pk)
        if leaving and not services.call_off(leaving, customer, actor=self.actor):
            raise Refused("conflict", "The erasure has begun.")
        return self._newest()

    def _newest(self) -> Response:
        leaving = self.rows().first()
        if leaving is None:
            raise Http404
        return Response(self.get_serializer(leaving).data)


class Everything(ApiView):
    scopes = {"GET": "tenants:export"}
    serializer_class = LeavingSerializer

    @extend_schema(
        summary="All that is kept of a tenant",
        responses={(200, "application/zip"): OpenApiTypes.BINARY, 409: None},
        tags=["leaving"],
        description="A file of JSON lines for each kind of row, without what lets somebody in.",
    )
    def get(self, request: Request, tenant: UUID) -> HttpResponseBase:
        customer = whole_tenant(self.key, tenant)
        return as_file(customer, exporting.begin(customer, actor=self.actor))
