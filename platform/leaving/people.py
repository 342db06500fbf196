"""The people of a customer who leaves. Whoever belongs to another one as well, or works for the partner, stays."""

from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q

from audit.models import AuditEntry
from database.acting import across_tenants
from leaving.models import Leaving
from notices.models import Mail
from portal.models import SignInLink
from tenants.models import Membership

AT_ONCE = 100


def erase_some(leaving: Leaving) -> int:
    """Memberships, and people with their mails and sign-ins. 0: nobody is left.

    Also those who were members once and are nowhere now: only the trail knows that they belonged here.
    """
    with across_tenants("who belongs to no other customer is asked of them all"):
        here = Membership.objects.filter(tenant_id=leaving.tenant_id)
        now_or_once = [*here.values_list("user_id", flat=True), *_once(leaving.tenant_id)]
        elsewhere = Membership.objects.filter(user=OuterRef("pk")).exclude(tenant_id=leaving.tenant_id)
        strangers = User.objects.filter(pk__in=now_or_once, is_staff=False, is_superuser=False)
        found = strangers.exclude(Exists(elsewhere)).select_for_update(of=("self",))
        going = list(found.order_by("pk")[:AT_ONCE])
        for person in going:
            _forget_address(person)
            person.delete()
        return len(going) or _leave(leaving.tenant_id)


def _once(tenant_id: UUID) -> list[int]:
    told = AuditEntry.objects.filter(tenant_id=tenant_id, object_kind=Membership._meta.label_lower)
    users = told.values_list("before__user", "after__user")
    return [pk for pair in users for pk in pair if isinstance(pk, int)]


def _forget_address(person: User) -> None:
    """Mails that were no tenant's, and sign-ins that were only asked for."""
    named = Q(to__iexact=person.email) if person.email else Q(pk=None)
    Mail.objects.filter(named, tenant=None).delete()
    SignInLink.objects.filter(Q(person=person) | Q(address__iexact=person.email)).delete()


def _leave(tenant_id: UUID) -> int:
    """The places of those who stay."""
    return Membership.objects.filter(tenant_id=tenant_id).delete()[0]
