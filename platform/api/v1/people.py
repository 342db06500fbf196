"""Who belongs to a tenant: invited, given another role, removed."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Refused
from api.v1.customers import tenant_or_404, whole_tenant
from api.v1.serializers import InvitationSerializer, MemberSerializer, RoleSerializer
from api.views import ApiView
from notices.mail import TooManyMails
from portal import inviting
from tenants import members
from tenants.models import Membership, Role


class Members(ApiView):
    scopes = {"GET": "members:read", "POST": "members:write"}
    serializer_class = MemberSerializer
    order = "pk"

    def rows(self) -> QuerySet[Membership]:
        return members.of(self.kwargs["tenant"])

    @extend_schema(summary="Who belongs to a tenant", responses=MemberSerializer(many=True), tags=["members"])
    def get(self, request: Request, tenant: UUID) -> Response:
        tenant_or_404(tenant)
        return self.listed(request)

    @extend_schema(
        summary="Invite a member",
        request=InvitationSerializer,
        responses={201: MemberSerializer, 409: None},
        tags=["members"],
        description="A mail tells them how to sign in. Who belongs already is given another role instead.",
    )
    def post(self, request: Request, tenant: UUID) -> Response:
        customer = whole_tenant(self.key, tenant)
        said = InvitationSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        address, role = said.validated_data["email"], Role(said.validated_data["role"])
        with _refusals():
            row = inviting.invite(customer, address, role, actor=self.actor, by=settings.PARTNER_NAME)
        return Response(MemberSerializer(row).data, status=201)


class OneMember(ApiView):
    scopes = {"GET": "members:read", "PATCH": "members:write", "DELETE": "members:write"}
    serializer_class = MemberSerializer

    def rows(self) -> QuerySet[Membership]:
        return Membership.objects.select_related("user")

    @extend_schema(summary="One member", tags=["members"])
    def get(self, request: Request, pk: UUID) -> Response:
        return self.one(pk)

    @extend_schema(
        summary="Change a member's role",
        request=RoleSerializer,
        responses={200: MemberSerializer, 409: None},
        tags=["members"],
        description="One owner who can sign in always stays.",
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        row = self._of_key(pk)
        said = RoleSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        with _refusals():
            members.change_role(row, Role(said.validated_data["role"]), actor=self.actor)
        return Response(MemberSerializer(row).data)

    @extend_schema(
        summary="Remove a member",
        responses={204: None, 409: None},
        tags=["members"],
        description="They see nothing of this tenant from the next page on. One owner who can sign in always stays.",
    )
    def delete(self, request: Request, pk: UUID) -> Response:
        with _refusals():
            members.remove(self._of_key(pk), actor=self.actor)
        return Response(status=204)

    def _of_key(self, pk: UUID) -> Membership:
        """Who is an owner for a sandbox is one in production, too. Raises Refused."""
        row: Membership = self.found(pk)
        whole_tenant(self.key, row.tenant_id)
        return row


@contextmanager
def _refusals() -> Iterator[None]:
    """What stands against it, as a conflict that says so."""
    try:
        yield
    except members.AlreadyHere:
        raise Refused("conflict", "This person belongs here already.") from None
    except members.NotToBeAdded:
        raise Refused("conflict", "This address cannot be invited. Take another one.") from None
    except members.TooMany:
        raise Refused("conflict", f"More than {members.AT_MOST} people cannot belong here.") from None
    except members.LastOwner:
        raise Refused("conflict", "This is the only owner who can sign in. Make somebody else an owner.") from None
    except TooManyMails:
        raise Refused("conflict", "This address got many mails within the hour. Try again later.") from None
