"""A connect link is a way in for whoever holds it, until it expires or is taken back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import AuditEntry
from connections import links
from connections.links import LinkNotUsable
from connections.models import ConnectLink
from connections.services import new_connection
from database.acting import acting_for
from tests.factories import SOURCES, TARGETS, ApplicationFactory, TenantFactory

pytestmark = pytest.mark.django_db


def make() -> tuple[ConnectLink, str]:
    source = ApplicationFactory.create(connector=SOURCES[0])
    target = ApplicationFactory.create(connector=TARGETS[0])
    return links.make(TenantFactory.create().pk, source, target, actor="user:1")


def change(link: ConnectLink, **values: object) -> None:
    with acting_for(link.tenant_id):
        ConnectLink.objects.filter(pk=link.pk).update(**values)


def test_the_token_leads_to_the_link_and_its_tenant() -> None:
    link, token = make()

    assert links.find(token) == link
    assert links.find(token).tenant_id == link.tenant_id


def test_the_token_is_kept_nowhere() -> None:
    link, token = make()

    with acting_for(link.tenant_id):
        kept = f"{ConnectLink.objects.values().get()} {list(AuditEntry.objects.values())}"
    assert token not in kept
    assert len(token) >= 43


def test_unknown_expired_and_revoked_are_all_the_same() -> None:
    now = timezone.now()
    (expired, token_of_expired), (revoked, token_of_revoked) = make(), make()
    change(expired, expires_at=now - timedelta(seconds=1))
    change(revoked, revoked_at=now)

    refusals = set()
    for token in ("", "unknown", token_of_expired, token_of_revoked):
        with pytest.raises(LinkNotUsable) as caught:
            links.find(token)
        refusals.add(repr(caught.value))
    assert len(refusals) == 1


def test_who_made_a_link_is_in_the_trail() -> None:
    link, _ = make()

    with acting_for(link.tenant_id):
        entry = AuditEntry.objects.get(action="link.made")
    assert (entry.actor, entry.object_id) == ("user:1", str(link.pk))


def test_a_new_link_for_a_connected_customer_leads_to_the_same_connections() -> None:
    """New ones would be a second installation of one company, which is refused, or post everything twice."""
    first, _ = make()
    with acting_for(first.tenant_id):
        kept = [new_connection(first.tenant_id, application) for application in (first.source, first.target)]

    second, _ = links.make(first.tenant_id, first.source, first.target, actor="user:1")

    assert [second.source_connection_id, second.target_connection_id] == [one.pk for one in kept]


def test_with_two_connections_at_one_vendor_nobody_guesses() -> None:
    first, _ = make()
    with acting_for(first.tenant_id):
        for _ in range(2):
            new_connection(first.tenant_id, first.source)

    second, _ = links.make(first.tenant_id, first.source, first.target, actor="user:1")

    assert second.source_connection_id is None
