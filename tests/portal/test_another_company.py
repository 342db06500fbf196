"""One link, several companies: what one sign-in sees is connected pair by pair, each an installation of its own."""

from typing import Any

import pytest

from connections import links, tokens
from connections.models import Authorisation, Connection, ConnectionState, ConnectLink
from connectors.kit.errors import Reconnect
from database.acting import acting_for
from installations.models import Configuration, Installation
from tests.portal.conftest import Customer
from webhooks.models import Endpoint

OFFER = "Connect another company"


def everything(customer: Customer, side: str) -> str:
    """A sign-in that may use several companies."""
    return customer.sandboxes[side].choices()[-1].id


def connect_first(customer: Customer, *sides: str) -> None:
    """The first company of both sides; on `sides` by a sign-in that sees several."""
    for side in ("source", "target"):
        customer.authorise(side, everything(customer, side) if side in sides else None)
        customer.choose(side)


@pytest.fixture
def group(customer: Customer) -> Customer:
    """One pair is connected, and both sign-ins see other companies."""
    connect_first(customer, "source", "target")
    return customer


@pytest.fixture
def both(group: Customer) -> Customer:
    """Two pairs on the same two sign-ins."""
    another(group)
    group.choose("source", group.other_company("source"))
    group.choose("target", group.other_company("target"))
    return group


@pytest.fixture
def late(group: Customer) -> Customer:
    """Somebody with a new link for the same customer, through which nobody has signed in."""
    _link, token = links.make(group.link.tenant_id, group.link.source, group.link.target, actor="user:1")
    return Customer(links.find(token), token, group.sandboxes)


def another(customer: Customer) -> Any:
    return customer.post(customer.address("portal-another"))


def rows(customer: Customer, model: type[Any]) -> list[Any]:
    with acting_for(customer.link.tenant_id):
        return list(model.objects.all())


def pairs(customer: Customer) -> list[tuple[str, str]]:
    with acting_for(customer.link.tenant_id):
        found = Installation.objects.filter(state="active").order_by("created_at")
        return list(found.values_list("source__company_id", "target__company_id"))


def refuse(customer: Customer, side: str) -> None:
    """Every connection of the side must be made again."""
    with acting_for(customer.link.tenant_id):
        application = getattr(customer.link, side)
        Connection.objects.filter(application=application).update(state=ConnectionState.NEEDS_RECONNECT)
        Authorisation.objects.filter(application=application).update(sealed_tokens=b"")


def page_of(customer: Customer, installation: Installation, name: str = "portal-set-up", *more: str) -> str:
    return customer.address(name, str(installation.pk), *more)


def oldest(customer: Customer) -> Installation:
    with acting_for(customer.link.tenant_id):
        found = Installation.objects.select_related("source", "target").earliest("created_at")
    return found


@pytest.mark.parametrize("sides", [("source", "target"), ("source",), ("target",)])
def test_another_company_is_offered_when_a_sign_in_sees_more(customer: Customer, sides: tuple[str, ...]) -> None:
    connect_first(customer, *sides)

    assert OFFER in customer.open().content.decode()


def test_it_is_not_offered_when_there_is_none(customer: Customer) -> None:
    connect_first(customer)

    assert OFFER not in customer.open().content.decode()


def test_the_next_company_is_chosen_without_a_new_consent(group: Customer) -> None:
    asked = another(group)
    page = group.open().content.decode()

    assert asked["Location"] == group.address()
    assert "Which company in" in page
    assert page.count("Connected already") == page.count("disabled") == 1
    assert "checked" not in page


def test_every_pair_is_an_installation_of_its_own_on_the_same_sign_ins(both: Customer) -> None:
    assert pairs(both) == [
        (both.company("source"), both.company("target")),
        (both.other_company("source"), both.other_company("target")),
    ]
    assert len(rows(both, Authorisation)) == 2
    assert len(rows(both, Connection)) == 4
    assert [one.version for one in rows(both, Configuration)] == [1, 1]


def test_both_pairs_share_one_address_for_webhooks(both: Customer) -> None:
    (endpoint,) = rows(both, Endpoint)

    assert endpoint.authorisation_id == oldest(both).source.authorisation_id


def test_several_clicks_begin_one_pair(group: Customer) -> None:
    another(group)
    begun = group.connection("source")

    another(group)
    group.post(page_of(group, oldest(group), "portal-another"))

    assert group.connection("source") == begun
    assert len(rows(group, Connection)) == 4


def test_a_company_that_is_exported_already_is_not_taken_whatever_is_posted(group: Customer) -> None:
    another(group)

    answer = group.choose("source")

    assert answer["Location"] == group.address("portal-company", "source")
    assert len(pairs(group)) == 1


def test_two_companies_may_go_to_one_company_of_the_target(group: Customer) -> None:
    another(group)
    group.choose("source", group.other_company("source"))
    page = group.open().content.decode()
    group.choose("target")

    assert "Connected already" in page
    assert "disabled" not in page
    assert pairs(group)[1] == (group.other_company("source"), group.company("target"))
    assert len(rows(group, Connection)) == 3


def test_a_new_link_connects_no_other_company_by_the_sign_in_that_there_is(group: Customer, late: Customer) -> None:
    another(late)
    page = late.open().content.decode()
    late.choose("source", late.other_company("source"))

    assert f"Continue to {late.link.source.vendor.name}" in page
    assert len(pairs(group)) == 1

    late.authorise("source", late.other_company("source"))
    late.choose("source", late.other_company("source"))

    assert late.connection("source").company_id == late.other_company("source")


def test_a_new_link_chooses_no_company_for_a_sign_in_through_another(group: Customer, late: Customer) -> None:
    another(group)
    begun = group.connection("source")
    with acting_for(late.link.tenant_id):
        ConnectLink.objects.filter(pk=late.link.pk).update(source_connection=begun, target_connection=None)

    page = late.open("portal-company", "source").content.decode()
    late.choose("source", late.other_company("source"))

    assert f"Continue to {late.link.source.vendor.name}" in page
    assert group.connection("source").state == ConnectionState.AUTHORISED


def test_where_the_target_sees_no_other_it_is_signed_in_to_anew(customer: Customer) -> None:
    connect_first(customer, "source")
    another(customer)
    customer.choose("source", customer.other_company("source"))
    page = customer.open().content.decode()

    customer.authorise("target", customer.other_company("target"))
    customer.choose("target", customer.other_company("target"))

    assert f"Continue to {customer.link.target.vendor.name}" in page
    assert len(pairs(customer)) == 2


def test_a_sign_in_as_someone_else_leaves_the_first_pair_as_it_is(group: Customer) -> None:
    before = oldest(group).source
    another(group)

    group.authorise("source", group.other_company("source"))
    group.choose("source", group.other_company("source"))

    after = oldest(group).source
    assert after.is_usable
    assert (after.authorisation_id, after.authorised_at) == (before.authorisation_id, before.authorised_at)
    assert group.connection("source").authorisation_id != after.authorisation_id


def test_nothing_left_says_so_and_leads_on(customer: Customer) -> None:
    connect_first(customer, "target")
    another(customer)
    customer.authorise("source")

    page = customer.open().content.decode()

    assert "This sign-in sees no other company" in page
    assert "as someone else" in page
    assert f'href="{page_of(customer, oldest(customer))}"' in page


def test_a_further_pair_can_be_left_for_later(group: Customer) -> None:
    another(group)
    page = group.open().content.decode()
    first = group.get(page_of(group, oldest(group))).content.decode()

    assert f'href="{page_of(group, oldest(group))}"' in page
    assert "What happens next" in first
    assert OFFER in first


def test_every_pair_has_a_page_that_leads_to_the_others(both: Customer) -> None:
    first = oldest(both)

    newest = both.open().content.decode()
    older = both.get(page_of(both, first)).content.decode()

    assert f'href="{page_of(both, first)}"' in newest
    assert f"<strong>{first.source.company_name}</strong>" in older
    assert page_of(both, first, "portal-side", "source") in older


def test_one_sign_in_mends_both(both: Customer) -> None:
    refuse(both, "source")
    consent = both.open().content.decode()

    both.authorise("source", everything(both, "source"))

    assert f"also connects {oldest(both).source.company_name} again" in consent
    assert {one.state for one in rows(both, Connection)} == {ConnectionState.USABLE}
    assert len(rows(both, Authorisation)) == 2


def test_a_sign_in_that_sees_one_mends_that_one_and_the_link_asks_for_the_other(both: Customer) -> None:
    refuse(both, "source")

    both.authorise("source", both.other_company("source"))

    assert not oldest(both).source.is_usable
    assert both.connection("source").is_usable
    assert "Needs you" in both.open().content.decode()


def test_an_older_pair_is_connected_again_on_its_own_page(both: Customer) -> None:
    refuse(both, "source")
    both.authorise("source", both.other_company("source"))
    first = oldest(both)

    at = both.post(page_of(both, first, "portal-side", "source"))["Location"]
    back = both.come_back(at, both.company("source"))

    assert back["Location"] == page_of(both, first)
    assert oldest(both).source.is_usable


def test_a_new_link_leads_to_the_pair_that_needs_somebody(both: Customer) -> None:
    refuse(both, "source")
    both.authorise("source", both.other_company("source"))
    _, both.token = links.make(both.link.tenant_id, both.link.source, both.link.target, actor="user:1")

    opened = both.open()

    assert opened.redirect_chain[0][0] == page_of(both, oldest(both))
    assert "was connected before" in opened.content.decode()


def test_a_company_that_needs_its_connection_keeps_it_when_it_is_chosen_anew(both: Customer) -> None:
    """Not reconnected on its page, but chosen again after a new consent of a further pair."""
    first = oldest(both)
    with acting_for(both.link.tenant_id):
        Installation.objects.filter(pk=first.pk).update(state="ended")
    refuse(both, "source")
    both.authorise("source", both.other_company("source"))
    another(both)

    both.authorise("source", both.company("source"))
    both.choose("source")

    assert both.connection("source").pk == first.source_id
    assert oldest(both).source.is_usable


def test_another_customers_pair_is_no_page_of_this_link(both: Customer, stranger: Customer) -> None:
    answer = stranger.get(page_of(stranger, oldest(both)))

    assert answer.status_code == 404
    assert stranger.post(page_of(stranger, oldest(both), "portal-another")).status_code == 404


def test_a_refused_sign_in_is_told_on_both_pages(both: Customer) -> None:
    with acting_for(both.link.tenant_id):
        source = Connection.objects.select_related("authorisation").get(pk=both.connection("source").pk)
        tokens._refused(source.authorisation, Reconnect("They removed us."))

    for address in (both.address(), page_of(both, oldest(both))):
        assert "was connected before" in both.get(address).content.decode()
