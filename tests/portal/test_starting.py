"""A customer who begins in the source's marketplace: nobody here has made a tenant or a link for them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection as database
from django.db.models import F
from django.test import Client
from pytest_django import Settings

from audit.models import AuditEntry
from connections import links, steps
from connections import services as connections
from connections.models import Application, Authorisation, Connection, ConnectionState, ConnectLink
from connectors import registry
from connectors.kit.records import Company
from database.acting import across_tenants, acting_for
from jobs.sweep import sweep
from leaving.models import Leaving, LeavingState
from portal import browsers, newcomers, setups, starting
from portal.newcomers import Offer
from tenants.models import Tenant
from tests.factories import SOURCES, TARGETS, ApplicationFactory
from tests.portal.conftest import Customer, Newcomer
from tests.waiting import somebody_waits, until


def everything(model: Any) -> list[Any]:
    with across_tenants("a test looks at everything"):
        return list(model.objects.all())


def tenant_of(newcomer: Newcomer) -> Tenant:
    with acting_for(newcomer.link.tenant_id):
        return Tenant.objects.get()


def choose_and_close(newcomer: Newcomer) -> Any:
    try:
        return newcomer.choose("source")
    finally:
        database.close()


# The address


def test_it_says_who_we_are_and_what_comes_next_and_changes_nothing(newcomer: Newcomer) -> None:
    vendor, target = (registry.get(newcomer.sandboxes[side].key).name for side in ("source", "target"))

    for method in ("get", "head"):
        answer = getattr(newcomer, method)(newcomer.front)

    page = unescape(newcomer.get(newcomer.front).content.decode())
    assert answer.status_code == 200
    assert f"Connect {vendor} to Ledgerline" in page
    assert "Ledgerline will read" in page
    assert f"Continue to {vendor}" in page
    assert f"<span>{target}</span>" in page
    assert not everything(Tenant)
    assert not newcomer.cookies.keys() - {"csrftoken"}


def test_its_form_may_lead_to_the_vendor_and_nowhere_else(newcomer: Newcomer) -> None:
    policy = newcomer.get(newcomer.front)["Content-Security-Policy"]

    assert f"form-action 'self' {newcomer.sandboxes['source'].url};" in policy


@pytest.mark.parametrize("connector", ["nobody", TARGETS[0], "x" * 300])
def test_only_a_source_has_one(connector: str, applications: object) -> None:
    for address in (f"/start/{connector}/", f"/start/{connector}/connected/"):
        assert Client().get(address).status_code == 404
        assert Client().post(address).status_code in {404, 405}


def test_without_an_erp_there_is_nothing_to_start(newcomer: Newcomer) -> None:
    Application.objects.filter(connector=TARGETS[0]).update(environment="staging")

    assert newcomer.get(newcomer.front).status_code == 404
    assert newcomer.post(newcomer.front).status_code == 404


def test_no_sandbox_is_led_to_where_none_is_allowed(newcomer: Newcomer, settings: Settings) -> None:
    settings.ALLOW_SANDBOX = False

    assert newcomer.get(newcomer.front).status_code == 404


def test_production_comes_before_all_else(applications: object) -> None:
    for connector in (SOURCES[0], TARGETS[0]):
        ApplicationFactory.create(connector=connector, environment="production")

    offer = newcomers.offer(SOURCES[0])

    assert offer is not None
    assert {one.environment for one in (offer.source, *offer.targets)} == {"production"}


# The way through


def test_a_newcomer_is_named_by_the_company_they_choose(newcomer: Newcomer) -> None:
    newcomer.come()
    before = tenant_of(newcomer)

    newcomer.choose("source")

    after = tenant_of(newcomer)
    assert (before.is_provisional, after.is_provisional) == (True, False)
    assert after.name == newcomer.connection("source").company_name != before.name
    with acting_for(after.pk):
        assert AuditEntry.objects.get(action="tenant.settled").actor == f"link:{newcomer.link.pk}"


def test_they_go_on_to_the_erp_and_are_switched_on(newcomer: Newcomer) -> None:
    newcomer.come()
    newcomer.choose("source")
    newcomer.connect("target")

    installation = newcomer.installation()
    assert installation is not None
    assert installation.is_active
    assert "are connected" in newcomer.open().content.decode()


def test_the_link_is_theirs_from_the_consent_on(newcomer: Newcomer) -> None:
    newcomer.post(newcomer.front)
    (begun,) = everything(ConnectLink)
    newcomer.come()

    secret = newcomer.cookies[browsers.cookie()].value
    assert begun.browser_hash == ""
    assert newcomer.link.browser_hash == links.hashed(secret)
    assert Newcomer(newcomer.sandboxes).get(newcomer.address()).status_code == 403


def test_before_that_no_page_calls_them_by_a_name_that_is_none(newcomer: Newcomer) -> None:
    newcomer.come()

    page = newcomer.open("portal-side", "source").content.decode()

    assert tenant_of(newcomer).name not in page
    assert "to Ledgerline</h1>" in page


# A company that is another customer's


def test_a_company_that_another_customer_has_is_refused(newcomer: Newcomer, customer: Customer) -> None:
    customer.connect_all()
    theirs = customer.connection("source")
    newcomer.come()

    answer = newcomer.choose("source")
    page = newcomer.get(answer["Location"]).content.decode()

    assert answer["Location"] == f"{newcomer.front}connected/"
    assert "This company is connected already" in page
    assert 'href="/sign-in/"' in page
    assert tenant_of(newcomer).is_provisional
    assert newcomer.installation() is None
    mine, still = newcomer.connection("source"), customer.connection("source")
    assert (mine.state, mine.company_id) == (ConnectionState.DISCONNECTED, "")
    assert (still.state, still.authorised_at) == (ConnectionState.USABLE, theirs.authorised_at)


@pytest.mark.django_db(transaction=True)
def test_of_two_newcomers_of_one_company_at_once_one_has_it(newcomer: Newcomer) -> None:
    late = Newcomer(newcomer.sandboxes)
    newcomer.come()
    late.come()
    setup, company = setups.read(newcomer.token), Company(newcomer.company("source"), "Nordwind ApS")

    with ThreadPoolExecutor(1) as elsewhere:
        with acting_for(setup.link.tenant_id):
            newcomers.refuse_connected_elsewhere(setup, setup.source, company)
            answer = elsewhere.submit(choose_and_close, late)
            until(lambda: answer.done() or somebody_waits())
            connections.choose_company(newcomer.connection("source"), company, actor=setup.actor)
        assert answer.result(60)["Location"] == f"{late.front}connected/"

    assert newcomer.connection("source").is_usable
    assert tenant_of(late).is_provisional


def test_no_token_of_such_a_sign_in_is_kept(newcomer: Newcomer, customer: Customer) -> None:
    customer.connect("source")
    newcomer.come()
    newcomer.choose("source")

    with acting_for(newcomer.link.tenant_id):
        assert bytes(Authorisation.objects.get().sealed_tokens) == b""
    with acting_for(customer.link.tenant_id):
        assert bytes(Authorisation.objects.get().sealed_tokens)


def test_nothing_of_the_other_customer_is_shown_on_the_way(newcomer: Newcomer, customer: Customer) -> None:
    customer.connect_all()
    customer.rename("Quillfeather")
    pages = [newcomer.get(newcomer.front), newcomer.come()]
    pages += [newcomer.open(), newcomer.choose("source")]
    pages += [newcomer.get(pages[-1]["Location"]), newcomer.open(), newcomer.open("portal-side", "source")]

    shown = "".join(page.content.decode() for page in pages)
    for word in ("Quillfeather", customer.token, str(customer.link.tenant_id), str(customer.connection("source").pk)):
        assert word not in shown
    assert "Connected already" not in shown


def test_the_vendor_is_asked_to_revoke_nothing(newcomer: Newcomer, customer: Customer) -> None:
    """At some it would end what works for the other customer."""
    customer.connect("source")
    newcomer.come()
    log = newcomer.sandboxes["source"].log
    log.clear()

    newcomer.choose("source")

    assert log.count("DELETE *") == log.count("POST *") == 0


def test_who_was_refused_may_come_with_another_company(newcomer: Newcomer, customer: Customer) -> None:
    customer.connect("source")
    newcomer.come()
    newcomer.choose("source")

    newcomer.authorise("source", newcomer.other_company("source"))
    newcomer.choose("source", newcomer.other_company("source"))

    assert newcomer.connection("source").is_usable
    assert not tenant_of(newcomer).is_provisional


def test_a_company_that_was_let_go_is_free(newcomer: Newcomer, customer: Customer) -> None:
    customer.connect("source")
    with acting_for(customer.link.tenant_id):
        steps.take(customer.connection("source"), ConnectionState.DISCONNECTED, why="They left.", actor="user:1")
    newcomer.come()
    newcomer.choose("source")

    assert newcomer.connection("source").is_usable


def test_a_customer_with_a_link_of_the_partners_is_not_refused(customer: Customer, stranger: Customer) -> None:
    """The partner may move a company from one tenant to another."""
    customer.connect("source")
    stranger.connect("source")

    assert stranger.connection("source").is_usable


# Many


def test_a_network_may_begin_so_often(newcomer: Newcomer) -> None:
    for _ in range(starting.FROM_NETWORK):
        assert newcomer.post(newcomer.front).status_code == 303

    answer = newcomer.post(newcomer.front, REMOTE_ADDR="127.0.0.200")
    elsewhere = newcomer.post(newcomer.front, REMOTE_ADDR="192.0.2.7")

    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 60
    assert "Too many set-ups were begun" in answer.content.decode()
    assert elsewhere.status_code == 303
    assert len(everything(Tenant)) == starting.FROM_NETWORK + 1


def test_of_several_erps_the_customer_names_one(newcomer: Newcomer, monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = (Application.objects.get(connector=key) for key in (SOURCES[0], TARGETS[0]))
    two = [target, Application(connector=SOURCES[0], environment=target.environment)]
    monkeypatch.setattr(newcomers, "offer", lambda connector: Offer(source, two))

    page = newcomer.get(newcomer.front).content.decode()
    none, unknown = newcomer.post(newcomer.front), newcomer.post(newcomer.front, {"target": "nobody"})
    good = newcomer.post(newcomer.front, {"target": TARGETS[0]})

    for vendor in (one.vendor for one in two):
        choice = page.partition(f'value="{vendor.key}" required>')[2].partition("</label>")[0]
        assert f"<strong>{vendor.name}</strong>" in choice
    for answer in (none, unknown):
        assert answer.status_code == 422
        assert "Choose your accounting system to go on." in answer.content.decode()
    assert good.status_code == 303
    assert [link.target_id for link in everything(ConnectLink)] == [target.pk]


# What nobody finished


def a_day_later() -> None:
    with across_tenants("a test lets time pass"):
        Tenant.objects.update(created_at=F("created_at") - timedelta(days=1, minutes=1))


def _all_are_gone() -> bool:
    """A look erases for two seconds; on a slow machine it takes several."""
    sweep()
    return not any(one.state in {LeavingState.ASKED, LeavingState.ERASING} for one in everything(Leaving))


def swept() -> set[Any]:
    sweep()  # finds them
    until(_all_are_gone, seconds=120)
    return {one.pk for one in everything(Tenant)}


@pytest.mark.django_db(transaction=True)
def test_after_a_day_nothing_is_left_of_who_never_said_who_they_are(newcomer: Newcomer, customer: Customer) -> None:
    customer.connect("source")
    newcomer.come()
    newcomer.choose("source")  # it is refused
    Client().post(newcomer.front)  # never came back
    assert len(swept()) == 3

    a_day_later()

    assert swept() == {customer.link.tenant_id}
    assert {one.tenant_id for one in everything(Connection)} == {customer.link.tenant_id}
    assert newcomer.open().status_code == 404
    assert {one.asked_by for one in everything(Leaving)} == {"platform"}


@pytest.mark.django_db(transaction=True)
def test_who_has_chosen_a_company_stays(newcomer: Newcomer) -> None:
    newcomer.come()
    newcomer.choose("source")
    a_day_later()

    assert swept() == {newcomer.link.tenant_id}
    assert newcomer.connection("source").is_usable


@pytest.mark.django_db(transaction=True)
def test_what_works_stays_whatever_its_tenant_is_called(newcomer: Newcomer) -> None:
    newcomer.come()
    newcomer.choose("source")
    with acting_for(newcomer.link.tenant_id):
        Tenant.objects.update(is_provisional=True)
    a_day_later()

    assert swept() == {newcomer.link.tenant_id}
