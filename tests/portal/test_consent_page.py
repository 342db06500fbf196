"""What the customer reads before they agree: made of the scopes that are asked for, in words of the connector."""

from html import unescape

import pytest

from connections.models import Application
from connectors.kit.flows import AuthorisationCode
from portal.setups import SideName
from tests.portal.conftest import Customer


def ask_for(customer: Customer, side: str, scopes: str) -> None:
    """Staff have set other scopes for the application."""
    application = getattr(customer.link, side)
    Application.objects.filter(pk=application.pk).update(scopes=scopes)


def lists(customer: Customer, side: str) -> tuple[str, str]:
    """What is said to be read, and what is said to be written."""
    page = unescape(customer.get(customer.address("portal-side", side)).content.decode())
    reads = page.partition("will read</h2>")[2].partition("</section>")[0]
    return reads, page.partition("will write</h2>")[2].partition("</section>")[0]


@pytest.mark.parametrize("side", SideName)
def test_it_says_what_every_scope_means_and_no_scope_itself(customer: Customer, side: str) -> None:
    vendor = getattr(customer.link, side).vendor

    reads, writes = lists(customer, side)

    for scope in vendor.flow(AuthorisationCode).scopes:
        assert vendor.grants[scope].reads in reads
        assert vendor.grants[scope].writes in writes
        assert scope not in reads + writes


def test_fewer_scopes_promise_less(customer: Customer) -> None:
    vendor = customer.link.source.vendor
    kept, left_out, *_ = (scope for scope in vendor.flow(AuthorisationCode).scopes if vendor.grants[scope].reads)
    ask_for(customer, "source", kept)

    reads, writes = lists(customer, "source")

    assert vendor.grants[kept].reads in reads
    assert vendor.grants[left_out].reads not in reads
    assert not writes


def test_two_scopes_that_say_the_same_say_it_once(customer: Customer) -> None:
    vendor = customer.link.target.vendor
    said = [grant.reads for grant in vendor.grants.values() if grant.reads]
    ask_for(customer, "target", " ".join(vendor.grants))

    reads, _writes = lists(customer, "target")

    assert reads.count("<li>") == len(set(said)) < len(said)


def test_a_scope_that_nobody_has_explained_is_named_as_it_is(customer: Customer) -> None:
    ask_for(customer, "target", "accounting.everything <b>")

    _reads, writes = lists(customer, "target")

    assert f"What {customer.link.target.vendor.name} calls accounting.everything" in writes


@pytest.mark.parametrize("side", SideName)
def test_it_says_how_long_and_how_to_stop_it(customer: Customer, side: str) -> None:
    vendor = getattr(customer.link, side).vendor
    page = unescape(customer.get(customer.address("portal-side", side)).content.decode())

    assert vendor.terms.lasts in page
    assert vendor.terms.stop.replace("{partner}", "Ledgerline") in page
    assert all(grant.lasts in page for grant in vendor.grants.values())
