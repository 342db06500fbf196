"""Warns a customer's owners by mail before something ends: once at each distance, by a schedule each."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.urls import reverse

from database import clock
from database.acting import across_tenants, acting_for
from jobs.handlers import Ended, Next
from jobs.models import Schedule
from jobs.slices import Slice
from notices import expiring, mail
from notices.expiring import Expiring
from notices.models import Warned
from tenants.models import Membership, Role

log = structlog.get_logger()

KIND = "warn-of-ends"
DAY = timedelta(days=1)
BEGINS, LASTS = timedelta(hours=6), timedelta(hours=4)  # after midnight, UTC
AT_ONCE = 500


def sweep() -> None:
    """Every customer with an owner, who could be told, has a schedule."""
    with across_tenants("owners of every customer are warned"):
        scheduled = Schedule.objects.filter(kind=KIND, tenant_id=OuterRef("tenant_id"))
        owners = Membership.objects.filter(role=Role.OWNER).exclude(Exists(scheduled)).order_by()
        for tenant_id in owners.values_list("tenant_id", flat=True).distinct()[:AT_ONCE]:
            values = {"every": DAY, "next_at": in_the_morning(tenant_id, clock.now())}
            Schedule.objects.get_or_create(tenant_id=tenant_id, kind=KIND, subject_id=tenant_id, defaults=values)


def in_the_morning(tenant_id: UUID, at: datetime) -> datetime:
    """Each at a time of its own."""
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    its_time = midnight + BEGINS + timedelta(seconds=tenant_id.int % int(LASTS.total_seconds()))
    return its_time if its_time > at else its_time + DAY


def warn(current: Slice) -> Next:
    """The handler. Mails and that they were written are one commit."""
    tenant_id = current.held.tenant_id
    with acting_for(tenant_id):
        current.hold()
        Warned.objects.filter(ends_at__lt=clock.now()).delete()
        told = [one for one in expiring.soon(clock.now()) if _is_new(tenant_id, one)]
        for one in told:
            _tell_owners(tenant_id, one)
    return Ended(f"Warned of {len(told)}." if told else "Nothing ends soon.")


def _is_new(tenant_id: UUID, one: Expiring) -> bool:
    distance = one.distance(clock.now())
    assert distance  # noqa: S101  what is not soon is not looked at
    _, is_new = Warned.objects.get_or_create(
        tenant_id=tenant_id,
        label=one.label,
        subject_id=one.subject_id,
        ends_at=one.ends_at,
        days=distance.days,
    )
    return is_new


def _tell_owners(tenant_id: UUID, one: Expiring) -> None:
    context = {
        "name": one.name,
        "day": f"{one.ends_at:%-d %B %Y}",
        "then": one.then,
        "remedy": one.remedy,
        "button": one.button,
        "address": settings.BASE_URL + reverse("portal-home", args=[tenant_id]),
    }
    owners = Membership.objects.filter(role=Role.OWNER, user__is_active=True).exclude(user__email="")
    for address in owners.values_list("user__email", flat=True):
        try:
            mail.send("expiring", address, context, tenant_id=tenant_id, useful_for=one.ends_at - clock.now())
        except (mail.TooManyMails, ValidationError) as error:  # Today tells staff the same
            log.warning("warning.not_mailed", subject=str(one.subject_id), error=type(error).__name__)
