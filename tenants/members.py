"""Who belongs to a tenant, and as what. A tenant keeps an owner, whoever asks. Call inside `acting_for`."""

from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import QuerySet

from audit import services as audit
from tenants.models import Membership, Role

AT_MOST = 200
LONGEST_ADDRESS = 150


class LastOwner(Exception):
    """Nobody would be left who may invite, connect or disconnect."""


class AlreadyHere(Exception):
    """The person is a member; their role is changed, not given a second time."""


class NotToBeAdded(Exception):
    """The address is that of somebody who works for the partner, or who may not sign in any more."""


class TooMany(Exception):
    """As many members as a tenant may have."""


def of(tenant_id: UUID) -> QuerySet[Membership]:
    return Membership.objects.filter(tenant_id=tenant_id).select_related("user").order_by("user__email", "pk")


def add(tenant_id: UUID, address: str, role: Role, *, actor: str) -> Membership:
    """Makes the person known if nobody has this address. Raises AlreadyHere, NotToBeAdded, TooMany."""
    if of(tenant_id).count() >= AT_MOST:
        raise TooMany
    person = _person(address)
    if person.is_staff or not person.is_active:
        raise NotToBeAdded
    membership, made = Membership.objects.get_or_create(tenant_id=tenant_id, user=person, defaults={"role": role})
    if not made:
        raise AlreadyHere
    audit.record("member.added", membership, actor=actor, tenant_id=tenant_id, after={"role": role, "user": person})
    return membership


def change_role(membership: Membership, role: Role, *, actor: str) -> None:
    """Raises LastOwner."""
    if role != Role.OWNER:
        _keep_an_owner_beside(membership)
    before, membership.role = membership.role, role
    membership.save(update_fields=["role"])
    audit.record(
        "member.role_changed",
        membership,
        actor=actor,
        tenant_id=membership.tenant_id,
        before={"role": before},
        after={"role": role},
    )


def remove(membership: Membership, *, actor: str) -> None:
    """The person stays known: they may belong to other tenants. Raises LastOwner."""
    _keep_an_owner_beside(membership)
    audit.record(
        "member.removed",
        membership,
        actor=actor,
        tenant_id=membership.tenant_id,
        before={"role": membership.role, "user": membership.user},
    )
    membership.delete()


def _keep_an_owner_beside(membership: Membership) -> None:
    """All owners are locked first: of two who remove each other, the second finds that they are the last."""
    owners = Membership.objects.filter(tenant_id=membership.tenant_id, role=Role.OWNER).order_by("pk")
    locked = list(owners.select_for_update().values_list("pk", "user_id"))
    able = User.objects.filter(pk__in=[user for _, user in locked], is_active=True, is_staff=False)
    others = set(able.values_list("pk", flat=True)) - {membership.user_id}
    if not others and (membership.pk, membership.user_id) in locked:
        raise LastOwner


def _person(address: str) -> User:
    """Their name for us is the address, so that two who are invited at once are one."""
    known = User.objects.filter(email__iexact=address, is_staff=False).order_by("pk").first()
    if known:
        return known
    address = address.casefold()
    person, made = User.objects.get_or_create(username=address, defaults={"email": address})
    if made:
        person.set_unusable_password()
        person.save(update_fields=["password"])
    return person
