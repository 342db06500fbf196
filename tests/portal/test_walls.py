"""The intruder's walk: every address of the portal, as each role, a stranger's owner, nobody, and staff.

An address without a row in CUSTOMERS or OPEN is red.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from connections import links
from connections.models import ConnectionState
from database.acting import acting_for
from tenants.models import Tenant
from tests.admin.conftest import make_books
from tests.cast import Visitor, member, staff_member
from tests.factories import InstallationFactory, MembershipFactory, TenantFactory

pytestmark = pytest.mark.django_db

ALL, WORKERS, OWNERS = {"owner", "bookkeeper", "viewer"}, {"owner", "bookkeeper"}, {"owner"}
NONE: set[str] = set()
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Page:
    """Whose members may open it, who may send its form, what a good form holds and is answered."""

    opened_by: set[str]
    sent_by: set[str] = field(default_factory=set)
    form: dict[str, str] = field(default_factory=dict)
    answer: int = 303


# Pages of one customer: members by their role, and nobody else.
CUSTOMERS = {
    "t/<uuid:tenant>/": Page(ALL),
    "t/<uuid:tenant>/incidents/": Page(ALL),
    "t/<uuid:tenant>/exports/": Page(ALL),
    "t/<uuid:tenant>/exports/<uuid:job>/": Page(ALL),
    "t/<uuid:tenant>/exports/<uuid:job>/retry/": Page(NONE, WORKERS),
    "t/<uuid:tenant>/exports/<uuid:job>/receipts/": Page(NONE, WORKERS),
    "t/<uuid:tenant>/exports/<uuid:job>/preview/": Page(WORKERS),
    "t/<uuid:tenant>/exports/<uuid:job>/keep-back/": Page(NONE, WORKERS),
    "t/<uuid:tenant>/exports/<uuid:job>/let-go/": Page(NONE, WORKERS),
    "t/<uuid:tenant>/members/": Page(OWNERS, OWNERS, {"address": "new@x.example", "role": "viewer"}),
    "t/<uuid:tenant>/members/<uuid:member>/": Page(OWNERS, OWNERS, {"role": "viewer"}),
    "t/<uuid:tenant>/members/<uuid:member>/remove/": Page(NONE, OWNERS),
    "t/<uuid:tenant>/data/": Page(OWNERS),
    "t/<uuid:tenant>/data/everything.zip": Page(NONE, OWNERS, answer=200),
    "t/<uuid:tenant>/connect/": Page(NONE, OWNERS),
    "t/<uuid:tenant>/connect/<uuid:installation>/": Page(NONE, OWNERS),
    "t/<uuid:tenant>/connections/<uuid:connection>/disconnect/": Page(OWNERS, OWNERS),
}
# Pages of no customer, and those that a token opens, with one that nobody has: what everybody is answered to GET and
# to POST. A second number is what somebody is who has signed in already.
OPEN: dict[str, tuple[set[int], set[int]]] = {
    "": ({200}, {405}),
    "healthz": ({200}, {405}),
    "healthz/workers": ({200, 503}, {405}),
    "brand.css": ({200}, {405}),
    "logos/<slug:connector>.svg": ({404}, {405}),  # ours have none; whose has one is in tests/plugins
    "start/<slug:connector>/": ({200}, {303}),
    "start/<slug:connector>/connected/": ({200}, {405}),
    "sign-in/": ({200, 303}, {422}),
    "sign-in/sent/": ({200}, {405}),
    "sign-in/<str:token>/": ({404, 303}, {404, 303}),
    "sign-out/": ({405}, {303}),
    "leave/": ({405}, {303}),
    "t/": ({200, 303}, {405}),
    "oauth/callback/<slug:connector>/": ({400}, {405}),
}
# Behind a connect link: whoever holds it, and each pair of connections by the links of its own customer only.
LINKS = {
    "": ({200, 303}, {405}),
    "switch-on/": ({405}, {303}),
    "another/": ({405}, {303}),
    "<side:side>/": ({200}, {303}),
    "<side:side>/disconnect/": ({200, 303}, {303}),
    "<side:side>/account/": ({200, 303}, {303, 422}),
    "<side:side>/certificate/": ({200, 303}, {303, 422}),
    "<side:side>/certificate.pem": ({200, 303}, {405}),
    "<side:side>/company/": ({200, 303}, {200, 303, 422}),
    "<side:side>/log-in/": ({200, 303}, {303, 422}),
    "<side:side>/server/": ({200, 303}, {303, 422}),
    "<side:side>/server/certificate/": ({200, 303}, {303, 400, 422}),
    "<side:side>/stopped/<stop:why>/": ({200}, {405}),
}
STARTS = ("connect/<str:token>/", "connect/<str:token>/<uuid:pair>/")


def routes() -> Iterator[str]:
    for pattern in [*get_resolver("portal.urls").url_patterns, *get_resolver("leaving.urls").url_patterns]:
        assert isinstance(pattern, URLPattern)
        yield str(pattern.pattern)


@dataclass(frozen=True)
class House:
    """A customer, with one of each kind of thing that an address names."""

    tenant: Tenant
    token: str
    ids: dict[str, str]

    def path(self, route: str, **other: str) -> str:
        path = route
        for name, value in {**self.ids, **other}.items():
            for kind in ("uuid", "str", "slug", "side", "stop"):
                path = path.replace(f"<{kind}:{name}>", value)
        assert "<" not in path, route
        return f"/{path}"


@pytest.fixture
def house(db: None) -> House:
    books = make_books()
    tenant = books.job.tenant
    broken = InstallationFactory.create(tenant=tenant, source__state=ConnectionState.NEEDS_RECONNECT)
    with acting_for(tenant.pk):
        sides = broken.source.application, broken.target.application
    _link, token = links.make(tenant.pk, *sides, actor="user:1")
    ids: dict[str, UUID | str] = {
        "tenant": tenant.pk,
        "job": books.job.pk,
        "member": MembershipFactory.create(tenant=tenant, role="viewer").pk,
        "installation": broken.pk,
        "pair": broken.pk,
        "connection": broken.target_id,
        "token": "a-token-that-nobody-has",
        "connector": broken.source.application.connector,
        "side": "source",
        "why": "cancelled",
    }
    return House(tenant, token, {name: str(one) for name, one in ids.items()})


def ask(browser: Client, method: str, path: str, form: dict[str, str] | None = None) -> Any:
    return browser.post(path, form or {}) if method == "POST" else browser.generic(method, path)


def test_every_address_states_what_is_expected() -> None:
    behind_links = {start + end for start in STARTS for end in LINKS}
    assert set(routes()) == CUSTOMERS.keys() | OPEN.keys() | behind_links
    assert not CUSTOMERS.keys() & OPEN.keys()


def test_every_address_of_a_customer_names_it() -> None:
    """So none of them can be among the open ones, whose table asks for less."""
    assert {route for route in routes() if "<uuid:tenant>" in route} == set(CUSTOMERS)


@pytest.mark.parametrize("role", sorted(ALL))
@pytest.mark.parametrize("route", CUSTOMERS)
def test_a_member_reaches_what_the_role_reaches(house: House, route: str, role: str) -> None:
    page, browser = CUSTOMERS[route], member(house.tenant, role)
    other = 405 if role in page.opened_by | page.sent_by else 403
    opened = ask(browser, "GET", house.path(route)).status_code
    assert opened == (200 if role in page.opened_by else other)

    sent = ask(browser, "POST", house.path(route), page.form).status_code
    assert sent == (page.answer if role in page.sent_by else other)

    for method in ("PUT", "PATCH", "DELETE"):
        assert ask(browser, method, house.path(route)).status_code == other


@pytest.mark.parametrize("route", CUSTOMERS)
def test_a_stranger_finds_nothing(house: House, route: str) -> None:
    """Neither at the customer's address, nor under their own with the customer's ids."""
    page, outsider = CUSTOMERS[route], member(TenantFactory.create(), "owner")
    for own in ({}, {"tenant": str(outsider.tenant.pk)}):
        path = house.path(route, **own)
        names_theirs = not own or len([one for one in route.split("/") if one.startswith("<")]) > 1
        for method in ("GET", *UNSAFE):
            answer = ask(outsider, method, path, page.form)
            assert house.tenant.name.encode() not in b"".join(answer)
            if names_theirs or page.sent_by == page.opened_by == NONE:
                assert answer.status_code == 404 or (own and answer.status_code == 405), (method, path)


@pytest.mark.parametrize("route", CUSTOMERS)
def test_nobody_and_staff_without_a_visit_are_sent_to_sign_in(house: House, route: str) -> None:
    page = CUSTOMERS[route]
    for browser in (Client(), staff_member(), _of_staff_who_is_a_member(house)):
        for method in ("GET", *UNSAFE):
            answer = ask(browser, method, house.path(route), page.form)
            assert (answer.status_code, answer["Location"]) == (303, "/sign-in/"), method


@pytest.mark.parametrize("route", CUSTOMERS)
def test_staff_who_see_as_the_customer_change_nothing(house: House, route: str) -> None:
    page, staff = CUSTOMERS[route], staff_member()
    staff.post(f"/admin/tenants/tenant/{house.tenant.pk}/see_as_customer/", {"_form_submitted": "on"})

    assert ask(staff, "GET", house.path(route)).status_code == (200 if page.opened_by else 405)
    for method in UNSAFE:
        answer = ask(staff, method, house.path(route), page.form)
        assert answer.status_code == 403
        assert "Nothing was changed" in answer.content.decode()
    elsewhere = house.path(route, tenant=str(TenantFactory.create().pk))
    assert ask(staff, "GET", elsewhere)["Location"] == "/sign-in/"


def _of_staff_who_is_a_member(house: House) -> Visitor:
    """A cookie of a time before they worked for the partner."""
    visitor = member(house.tenant, "owner")
    visitor.user.is_staff = True
    visitor.user.save()
    return visitor


@pytest.mark.parametrize("route", OPEN)
def test_what_is_open_is_nobodys(house: House, route: str) -> None:
    opened, sent = OPEN[route]
    for browser in (member(house.tenant, "owner"), member(TenantFactory.create(), "owner"), Client(), staff_member()):
        answer = ask(browser, "GET", house.path(route))
        assert answer.status_code in opened
        if not isinstance(browser, Visitor) or browser.tenant != house.tenant:
            assert house.tenant.name not in answer.content.decode()
        assert ask(browser, "POST", house.path(route)).status_code in sent


@pytest.mark.parametrize("end", LINKS)
def test_a_link_opens_its_own_customers_pages_and_no_others(house: House, end: str) -> None:
    opened, sent = LINKS[end]
    theirs = InstallationFactory.create()  # of another customer
    holder = Client()
    for start in STARTS:
        for method, allowed in (("GET", opened), ("POST", sent)):
            good = ask(holder, method, house.path(start + end, token=house.token))
            assert good.status_code in allowed, (method, good.status_code)
            for wrong in ({}, {"token": house.token, "pair": str(theirs.pk)}):
                if wrong and "pair" not in start:
                    continue
                answer = ask(member(house.tenant, "owner"), method, house.path(start + end, **wrong))
                assert answer.status_code in {404, 405}, (method, start, wrong)
