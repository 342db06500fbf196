"""A customer without an account sets up the whole of it, at two vendors that are there."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from connections.models import Connection, ConnectionState, ConnectLink
from connectors.kit.connector import Connector
from connectors.kit.errors import Reconnect
from connectors.kit.records import Company, Probe
from connectors.kit.sandbox import Fault, Kind
from database.acting import across_tenants, acting_for
from installations.models import Installation
from jobs.models import Run
from portal import services, sessions, setups
from portal.setups import TOKEN_AT_MOST
from tests.portal.conftest import Customer
from webhooks.models import Endpoint


def test_the_first_page_names_both_vendors_the_partner_and_the_customer(customer: Customer) -> None:
    page = customer.open().content.decode()

    source, target = customer.link.source.vendor, customer.link.target.vendor
    assert f"Connect {source.name} to Ledgerline for Nordwind ApS" in page
    assert f"Continue to {source.name}" in page
    assert target.name in page


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_the_link_changes_nothing(customer: Customer, method: str) -> None:
    getattr(customer, method)(customer.address())
    getattr(customer, method)(customer.address("portal-side", "source"))

    with across_tenants("the test looks at everything"):
        assert not Connection.objects.exists()
    assert not customer.cookies.keys() - {"csrftoken"}


def test_the_button_leads_to_the_vendors_consent_page(customer: Customer) -> None:
    answer = customer.post(customer.address("portal-side", "source"))

    assert answer.status_code == 303
    assert answer["Location"].startswith(customer.sandboxes["source"].url)


def test_the_page_with_the_button_lets_its_form_lead_to_the_vendor_and_nowhere_else(customer: Customer) -> None:
    policy = customer.get(customer.address())["Content-Security-Policy"]

    assert f"form-action 'self' {customer.sandboxes['source'].url};" in policy
    assert "unsafe" not in policy


def test_two_clicks_make_one_connection(customer: Customer) -> None:
    customer.leave_for("source")
    customer.leave_for("source")

    with across_tenants("the test looks at everything"):
        assert Connection.objects.count() == 1


def test_what_the_vendor_lacks_is_said_once_it_is_connected(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor: type[Connector] = customer.link.target.vendor
    probe = vendor.probe
    monkeypatch.setattr(vendor, "probe", lambda self: replace(probe(self), remarks=("Ask them to add a field.",)))

    customer.connect_all()

    assert "Ask them to add a field." in customer.open().content.decode()


def test_both_sides_connected_switch_the_installation_on(customer: Customer) -> None:
    last = customer.connect_all()

    installation = customer.installation()
    assert last["Location"] == customer.address()
    assert installation is not None
    assert installation.is_active
    assert customer.connection("source").company_id == customer.company("source")
    assert customer.connection("target").company_id == customer.company("target")


def test_the_last_page_says_what_happens_next(customer: Customer) -> None:
    customer.connect_all()

    page = customer.open().content.decode()

    source, target = customer.link.source.vendor.name, customer.link.target.vendor.name
    assert f"Export in {source} and the bills appear in {target}." in page
    assert customer.connection("target").company_name in page


def test_the_source_is_asked_to_tell_us_of_new_exports(customer: Customer) -> None:
    customer.connect_all()

    with acting_for(customer.link.tenant_id):
        assert Endpoint.objects.get().authorisation_id == customer.connection("source").authorisation_id
        assert Run.objects.filter(kind="subscribe").count() == 1


def test_the_source_is_told_that_it_is_set_up(customer: Customer) -> None:
    customer.connect_all()

    with acting_for(customer.link.tenant_id):
        assert Run.objects.get(kind="activate").subject_id == customer.installation().pk  # type: ignore[union-attr]


def test_a_single_company_still_waits_for_a_word(customer: Customer) -> None:
    customer.authorise("source")

    page = customer.open().content.decode()

    assert f"Is this your company in {customer.link.source.vendor.name}?" in page
    assert customer.connection("source").state == ConnectionState.AUTHORISED
    assert not customer.connection("source").company_id


def test_of_several_companies_the_person_takes_one(customer: Customer) -> None:
    everything = customer.sandboxes["target"].choices()[-1].id  # a sign-in that may use all of them
    customer.authorise("target", everything)
    page = customer.open("portal-company", "target").content.decode()
    customer.choose("target", customer.other_company("target"))

    assert page.count('type="radio"') > 1
    assert "checked" not in page
    assert customer.connection("target").company_id == customer.other_company("target")


def test_choosing_none_says_so_at_the_choice(customer: Customer) -> None:
    customer.authorise("source")

    answer = customer.post(customer.address("portal-company", "source"))

    assert answer.status_code == 422
    assert "Choose a company to go on." in answer.content.decode()
    assert customer.connection("source").state == ConnectionState.AUTHORISED


@pytest.mark.parametrize("side", ["source", "target"])
def test_a_company_is_tried_before_it_is_taken(customer: Customer, side: str) -> None:
    customer.authorise(side)
    faults = customer.sandboxes[side].faults
    listing = faults.add(Fault("GET *", Kind.STATUS_BEFORE, after=1_000))
    customer.open("portal-company", side)
    faults.clear()
    faults.add(Fault("GET *", Kind.STATUS_BEFORE, after=listing.seen))  # it lists, and then the trial fails

    stopped = customer.choose(side)

    assert f"/{side}/stopped/unavailable/" in stopped["Location"]
    assert not customer.connection(side).company_id


def test_two_clicks_choose_once(customer: Customer) -> None:
    customer.authorise("source")
    seen = setups.read(customer.token)

    for _click in range(2):
        services.choose(seen, seen.source, customer.company("source"))

    assert customer.connection("source").is_usable


def test_a_consent_given_meanwhile_is_not_taken_for_the_one_that_was_tried(customer: Customer) -> None:
    customer.authorise("source")
    before = setups.read(customer.token)
    customer.authorise("source", customer.other_company("source"))

    company = Company(customer.company("source"), "Nordwind")
    with pytest.raises(Reconnect):
        services._choose(before, before.source, company, [company], Probe(company))

    assert not customer.connection("source").company_id


@pytest.mark.parametrize("company", ["no-such-company", "x" * 100_000])
def test_a_company_that_was_not_offered_is_not_taken(customer: Customer, company: str) -> None:
    customer.authorise("source")

    answer = customer.post(customer.address("portal-company", "source"), {"company": company})

    assert answer["Location"] == customer.address("portal-company", "source")
    assert customer.connection("source").state == ConnectionState.AUTHORISED


def test_the_company_page_of_a_side_that_is_not_authorised_leads_back(customer: Customer) -> None:
    assert customer.get(customer.address("portal-company", "source"))["Location"] == customer.address()


def test_a_finished_side_can_be_opened_again(customer: Customer) -> None:
    customer.connect("source")
    again = customer.address("portal-side", "source")

    assert f'href="{again}"' in customer.open().content.decode()
    assert "was connected before" in customer.get(again).content.decode()


def test_a_company_that_another_tenant_exports_is_not_switched_on_twice(
    customer: Customer, stranger: Customer
) -> None:
    customer.connect_all()

    stopped = stranger.connect_all()
    tried_again = stranger.post(stranger.address("portal-switch-on"))

    assert "/stopped/not-switched-on/" in stopped["Location"]
    assert "/stopped/not-switched-on/" in tried_again["Location"]
    assert "cannot be switched on" in stranger.get(stopped["Location"]).content.decode()
    assert stranger.installation() is None
    assert "One thing is left" in stranger.open().content.decode()


def test_the_switch_works_once_the_way_is_free(customer: Customer, stranger: Customer) -> None:
    customer.connect_all()
    stranger.connect_all()
    with acting_for(customer.link.tenant_id):
        Installation.objects.update(state="ended")

    stranger.post(stranger.address("portal-switch-on"))

    assert "What happens next" in stranger.open().content.decode()


def test_the_switch_alone_does_nothing(customer: Customer) -> None:
    customer.connect("source")

    customer.post(customer.address("portal-switch-on"))

    assert customer.installation() is None


def test_a_strangers_link_shows_nothing_of_the_customers(customer: Customer, stranger: Customer) -> None:
    customer.connect_all()

    page = stranger.open().content.decode()

    assert "Southwind Ltd" in page
    assert "Nordwind" not in page
    with acting_for(stranger.link.tenant_id):
        assert not Connection.objects.exists()


def test_unknown_expired_revoked_and_endless_links_have_one_page(customer: Customer, stranger: Customer) -> None:
    change(customer.link, expires_at=timezone.now() - timedelta(seconds=1))
    change(stranger.link, revoked_at=timezone.now())
    ways = [customer.address(), stranger.address(), "/connect/unknown/", f"/connect/{'a' * (TOKEN_AT_MOST + 1)}/"]

    answers = [Client().get(way) for way in ways]

    assert {answer.status_code for answer in answers} == {404}
    assert len({without_reference(answer.content.decode()) for answer in answers}) == 1


def test_an_endless_token_is_not_even_looked_up(
    customer: Customer, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        customer.get(f"/connect/{'a' * (TOKEN_AT_MOST + 1)}/")


@pytest.mark.parametrize("name", ["portal-side", "portal-company"])
def test_a_revoked_link_does_nothing(customer: Customer, name: str) -> None:
    change(customer.link, revoked_at=timezone.now())

    assert customer.post(customer.address(name, "source")).status_code == 404
    assert customer.post(customer.address("portal-switch-on")).status_code == 404


def test_a_form_from_elsewhere_is_refused(customer: Customer) -> None:
    foreign = Client(enforce_csrf_checks=True)

    answer = foreign.post(customer.address("portal-side", "source"))

    assert answer.status_code == 403
    assert "This form is out of date" in answer.content.decode()


def change(link: ConnectLink, **fields: object) -> None:
    with acting_for(link.tenant_id):
        ConnectLink.objects.filter(pk=link.pk).update(**fields)


def without_reference(page: str) -> str:
    return page.partition("<code>")[0]


def test_a_member_finds_the_way_back_from_the_set_up(customer: Customer) -> None:
    customer.connect_all()
    assert "You can close this page." in customer.open().content.decode()

    customer.cookies[sessions.cookie()] = "of-a-member"

    assert '<a href="/t/">Back to your overview</a>' in customer.open().content.decode()
