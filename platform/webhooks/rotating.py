"""Asks for another secret of an endpoint, and ends the time in which the former one is accepted.

A worker does it (webhooks.checking), alone at each endpoint. Call inside `acting_for`.
"""

from django.utils import timezone

from audit import services as audit
from webhooks.models import Endpoint
from webhooks.subscriptions import check


class CannotRotate(Exception):
    """Says why."""


def ask(endpoint: Endpoint, *, actor: str) -> None:
    """Raises CannotRotate. Only two secrets are accepted, so a third has to wait for the first."""
    if not endpoint.subscription_id:
        raise CannotRotate("It has no secret yet.")
    if endpoint.overlaps:
        raise CannotRotate(f"Its former secret is accepted until {endpoint.former_until:%Y-%m-%d %H:%M} UTC.")
    Endpoint.objects.filter(pk=endpoint.pk).update(rotation_asked_at=timezone.now())
    audit.record("endpoint.rotation_asked", endpoint, actor=actor, tenant_id=endpoint.tenant_id)
    check(endpoint)


def refuse_former(endpoint: Endpoint, *, actor: str) -> bool:
    """At once; its subscription is taken away by the worker. False: there is no former secret."""
    if not endpoint.overlaps:
        return False
    Endpoint.objects.filter(pk=endpoint.pk).update(former_until=timezone.now())
    audit.record("endpoint.former_refused", endpoint, actor=actor, tenant_id=endpoint.tenant_id)
    check(endpoint)
    return True
