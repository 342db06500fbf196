"""An incident is one cause: opened once however often it is met, mended once, and only where it was meant."""

from uuid import uuid4

import pytest

from audit.models import AuditEntry
from connectors.kit.failures import FailureClass
from database.acting import acting_for
from incidents import services
from incidents.catalogue import CATALOGUE
from incidents.models import Incident
from tenants.models import Tenant
from tests.factories import TenantFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def tenant() -> Tenant:
    return TenantFactory.create()


def meet(
    tenant: Tenant, about: str = "account 4", sentence: str = "Account 4 is closed.", words: str = ""
) -> Incident:
    with acting_for(tenant.pk):
        return services.open_incident(
            tenant.pk, FailureClass.MAPPING_MISSING, about=about, sentence=sentence, words=words
        )


def still_open(tenant: Tenant) -> list[str]:
    with acting_for(tenant.pk):
        return sorted(Incident.objects.filter(mended_at=None).values_list("fingerprint", flat=True))


def mend_about(tenant: Tenant, about: str) -> None:
    with acting_for(tenant.pk):
        services.mend_about(tenant.pk, about, actor="user:1")


def test_every_failure_says_who_must_act_and_what_to_do() -> None:
    assert set(CATALOGUE) == set(FailureClass)
    assert all(kind.title and kind.remedy for kind in CATALOGUE.values())


def test_one_cause_is_one_incident_with_the_newest_words(tenant: Tenant) -> None:
    first = meet(tenant)
    again = meet(tenant, sentence="Account 4 is closed since May.", words="CLOSED")

    assert again == first
    assert (again.sentence, again.words) == ("Account 4 is closed since May.", "CLOSED")


@pytest.mark.django_db(transaction=True)
def test_one_cause_met_by_many_workers_at_once_is_one_incident() -> None:
    tenant = TenantFactory.create()
    assert len({one.pk for one in at_once(12, lambda _: meet(tenant))}) == 1


def test_another_cause_or_another_tenant_is_another_incident(tenant: Tenant) -> None:
    incidents = {meet(tenant).pk, meet(tenant, about="account 5").pk, meet(TenantFactory.create()).pk}
    assert len(incidents) == 3


def test_a_cause_that_comes_again_after_it_was_mended_is_a_new_incident(tenant: Tenant) -> None:
    first = meet(tenant)
    mend_about(tenant, "account 4")

    assert meet(tenant) != first


def test_who_mended_it_first_has_mended_it(tenant: Tenant) -> None:
    incident = meet(tenant)
    with acting_for(tenant.pk):
        services.mend(incident, actor="user:1")
        services.mend(Incident.objects.get(), actor="user:2")

        assert Incident.objects.get().mended_by == "user:1"
        assert AuditEntry.objects.get(action="incident.mended").actor == "user:1"


def test_mending_touches_just_the_thing_it_is_about(tenant: Tenant) -> None:
    for about in ("4", "14", "account:4", str(uuid4())):
        meet(tenant, about)

    mend_about(tenant, "4")

    assert len(still_open(tenant)) == 3
    assert f"{FailureClass.MAPPING_MISSING}:4" not in still_open(tenant)


def test_a_very_long_cause_can_be_opened_and_mended(tenant: Tenant) -> None:
    meet(tenant, about="x" * 1000)
    mend_about(tenant, "x" * 1000)
    assert still_open(tenant) == []


def test_words_are_bounded_and_may_hold_anything(tenant: Tenant) -> None:
    incident = meet(tenant, words="\x00<script>\udfff".encode("utf-8", "replace").decode() + "x" * 10_000)

    with acting_for(tenant.pk):
        incident.refresh_from_db()
    assert incident.words.startswith("\N{SYMBOL FOR NULL}<script>")
    assert len(incident.words) == services.WORDS_AT_MOST
