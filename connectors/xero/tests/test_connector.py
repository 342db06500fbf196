"""The connector against the sandbox: real HTTP, real refusals."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import requests

from connectors.kit.documents import Created, Kind, Refused, Unknown
from connectors.kit.egress import Network
from connectors.kit.errors import (
    AskForPermission,
    MendSettings,
    OutcomeUnknown,
    RateLimited,
    Reconnect,
    TryLater,
)
from connectors.kit.failures import FailureClass
from connectors.kit.http import Client
from connectors.kit.records import Account, Company, Tax
from connectors.kit.sandbox import Fault
from connectors.kit.sandbox.faults import Kind as Trouble
from connectors.kit.testing import FixedTokens, ports
from connectors.xero.connector import Xero
from connectors.xero.sandbox import HARBOUR, NORDWIND, Limits, XeroSandbox
from connectors.xero.settings import XeroSettings
from connectors.xero.tests.app_in_xero import AppInXero
from connectors.xero.tests.books import Books, many
from connectors.xero.tests.support import line, money, record


@pytest.fixture
def books(nordwind: AppInXero) -> Books:
    return Books(nordwind)


def test_a_bill_arrives_as_planned(books: Books) -> None:
    (outcome,) = books.post(record())

    assert isinstance(outcome, Created)
    assert outcome.remarks == ()
    assert outcome.found.total == money("99.50")
    (stored,) = books.bills()
    assert (stored["Status"], stored["Total"], stored["CurrencyCode"]) == ("DRAFT", Decimal("99.50"), "EUR")
    assert stored["Url"] == "https://app.example/e/1"


def test_an_authorised_bill_arrives_approved(nordwind: AppInXero) -> None:
    books = Books(nordwind, bill_status="authorised")
    assert isinstance(books.post(record())[0], Created)
    assert books.bills()[0]["Status"] == "AUTHORISED"


def test_one_bad_bill_of_a_batch_fails_alone(nordwind: AppInXero) -> None:
    books = Books(nordwind, blind=True)
    good, other = many(2)
    bad = record(entry="bad", lines=(line("99.50", account=Account("a", "Nowhere", "9999")),))

    first, second, third = books.post(good, bad, other)

    assert isinstance(first, Created)
    assert isinstance(second, Refused)
    assert (second.failure, second.subject) == (FailureClass.MAPPING_MISSING, "account:9999")
    assert isinstance(third, Created)
    assert len(books.bills()) == 2


def test_a_lost_answer_is_found_and_adopted(books: Books) -> None:
    (draft,) = books.drafts(many(3))
    books.sandbox.faults.add(Fault("PUT */Invoices", Trouble.DROP_AFTER))

    with pytest.raises(OutcomeUnknown):
        books.send(draft)
    found = books.xero.find(draft.documents)

    assert [len(found[document.key]) for document in draft.documents] == [1, 1, 1]
    assert {found[document.key][0].total for document in draft.documents} == {money("99.50")}
    assert len(books.bills()) == 3


def test_a_request_that_never_arrived_is_not_found(books: Books) -> None:
    (draft,) = books.drafts(many(2))
    books.sandbox.faults.add(Fault("PUT */Invoices", Trouble.DROP_BEFORE))

    with pytest.raises(OutcomeUnknown):
        books.send(draft)

    assert books.xero.find(draft.documents) == {document.key: () for document in draft.documents}


def test_the_same_bytes_under_the_same_key_make_one_bill(books: Books) -> None:
    (draft,) = books.drafts([record()])
    first, again = books.send(draft), books.send(draft)

    assert first == again
    assert len(books.bills()) == 1


def test_other_bytes_under_the_same_key_are_looked_up(books: Books) -> None:
    books.post(record())
    (outcome,) = books.post(record(entry="e-2"))
    assert isinstance(outcome, Unknown)


@pytest.mark.parametrize("trouble", [Trouble.STATUS_AFTER, Trouble.HTML])
@pytest.mark.parametrize("status", [500, 503])
def test_a_server_error_after_the_write_is_unknown_and_the_bill_is_there(
    books: Books, trouble: Trouble, status: int
) -> None:
    (draft,) = books.drafts([record()])
    books.sandbox.faults.add(Fault("PUT */Invoices", trouble, status=status))

    (outcome,) = books.send(draft)

    assert isinstance(outcome, Unknown)
    assert len(books.xero.find(draft.documents)[outcome.key]) == 1


def test_a_page_where_json_was_due_is_unknown(books: Books) -> None:
    (draft,) = books.drafts([record()])
    books.sandbox.faults.add(Fault("PUT */Invoices", Trouble.HTML, status=200))
    (outcome,) = books.send(draft)
    assert isinstance(outcome, Unknown)
    assert "Something went wrong" in outcome.words


def test_half_an_answer_is_no_answer(books: Books) -> None:
    (draft,) = books.drafts([record()])
    books.sandbox.faults.add(Fault("PUT */Invoices", Trouble.TRUNCATE))
    with pytest.raises(OutcomeUnknown):
        books.send(draft)


def test_a_bill_that_a_person_removed_is_found_as_void_and_its_next_revision_is_new(books: Books) -> None:
    (draft,) = books.drafts([record()])
    (outcome,) = books.send(draft)
    assert isinstance(outcome, Created)
    address = f"{books.sandbox.url}/go/bill/{outcome.found.document_id}/void"
    requests.post(address, timeout=10).raise_for_status()

    (found,) = books.xero.find(draft.documents)[outcome.key]
    (next_draft,) = books.drafts([record()], revision=2)

    assert found.void
    assert isinstance(books.send(next_draft, key="k-2")[0], Created)
    assert len(books.bills()) == 2


def test_two_bills_of_one_number_are_both_found(books: Books) -> None:
    (draft,) = books.drafts([record()])
    books.send(draft, key="k-1")
    books.send(draft, key="k-2")
    assert len(books.xero.find(draft.documents)[draft.documents[0].key]) == 2


def test_more_bills_than_a_page_or_an_address_holds_are_found(books: Books) -> None:
    drafts = books.drafts(many(120))
    for place, draft in enumerate(drafts):
        books.send(draft, key=f"k-{place}")
    documents = [document for draft in drafts for document in draft.documents]

    found = books.xero.find(documents)

    assert all(len(found[document.key]) == 1 for document in documents)


def test_an_expired_token_is_renewed_once_and_nothing_is_doubled(books: Books) -> None:
    (draft,) = books.drafts([record()])
    books.sandbox.expire_access_tokens()

    (outcome,) = books.send(draft)

    assert isinstance(outcome, Created)
    assert len(books.bills()) == 1


def test_a_revoked_consent_asks_to_reconnect(books: Books) -> None:
    tokens = FixedTokens("nonsense")
    client = Client({"api": books.sandbox.url}, ports(tokens), Network.SANDBOX)
    with pytest.raises(Reconnect):
        Xero(client, XeroSettings(), NORDWIND).probe()


def test_a_missing_right_is_asked_for(sandbox: XeroSandbox) -> None:
    scope = "offline_access accounting.contacts accounting.settings.read"
    narrow = AppInXero(sandbox, NORDWIND).connect(scope=scope)
    with pytest.raises(AskForPermission):
        Books(narrow).post(record())


def test_an_organisation_that_was_disconnected_asks_to_reconnect(nordwind: AppInXero) -> None:
    books = Books(nordwind)
    connection = books.xero.companies()[0].reference
    nordwind.call("DELETE", f"/connections/{connection}").raise_for_status()
    with pytest.raises(Reconnect):
        books.xero.probe()


def test_only_the_consented_organisations_may_be_chosen(nordwind: AppInXero) -> None:
    (only,) = Books(nordwind, company="").xero.companies()
    assert (only.id, only.name) == (NORDWIND, "Nordwind GmbH")
    assert only.reference


def test_one_consent_may_offer_several_organisations(nordwind: AppInXero) -> None:
    books = Books(nordwind.connect(choose="All organisations"), company="")
    assert {company.id for company in books.xero.companies()} == {NORDWIND, HARBOUR}


def test_the_probe_names_who_answered(books: Books) -> None:
    assert books.xero.probe().company == Company(NORDWIND, "Nordwind GmbH")


def test_without_an_organisation_there_is_nothing_to_probe(nordwind: AppInXero) -> None:
    with pytest.raises(MendSettings):
        Books(nordwind, company="").xero.probe()


def test_the_minute_limit_says_how_long_to_wait(books: Books) -> None:
    books.sandbox.limits = Limits(minute=0)
    with pytest.raises(RateLimited) as refusal:
        books.xero.probe()
    assert refusal.value.wait is not None


def test_a_read_while_xero_is_away_is_tried_later(books: Books) -> None:
    books.sandbox.faults.add(Fault("GET */Organisation", Trouble.STATUS_BEFORE, status=503))
    with pytest.raises(TryLater, match="does not work at the moment"):
        books.xero.probe()


@pytest.mark.parametrize(
    ("changes", "failure", "subject"),
    [
        ({"account": Account("a", "Old", "5990")}, FailureClass.MAPPING_STALE, "account:5990"),
        ({"account": Account("a", "Bank", "1920")}, FailureClass.MAPPING_MISSING, "account:1920"),
        (
            {"tax": Tax("0.2", "inclusive", money("1"), "OUTPUT")},
            FailureClass.REFERENCE_NOT_ALLOWED,
            "tax:OUTPUT",
        ),
    ],
)
def test_what_the_books_do_not_allow_is_refused_by_name(
    nordwind: AppInXero, changes: dict[str, Any], failure: FailureClass, subject: str
) -> None:
    """By Xero: what the chart said when it was read may have changed since."""
    books = Books(nordwind, blind=True)
    (outcome,) = books.post(record(lines=(line("99.50", **changes),)))
    assert isinstance(outcome, Refused)
    assert (outcome.failure, outcome.subject) == (failure, subject)


def test_a_locked_period_and_a_foreign_currency_are_refused_by_name(nordwind: AppInXero) -> None:
    books = Books(nordwind, blind=True)
    books.sandbox.change_organisation(NORDWIND, PeriodLockDate="2026-03-31")
    (locked,) = books.post(record())
    (foreign,) = books.post(record("10.00", "PLN", entry="e-2", date=date(2026, 4, 1)), key="k-2")

    assert isinstance(locked, Refused)
    assert (locked.failure, locked.subject) == (FailureClass.PERIOD_CLOSED, "date:2026-02-27")
    assert isinstance(foreign, Refused)
    assert (foreign.failure, foreign.subject) == (FailureClass.REFERENCE_NOT_ALLOWED, "currency:PLN")


def test_a_link_opens_the_bill_in_the_sandbox_as_in_xero(books: Books) -> None:
    (draft,) = books.drafts([record()])
    (outcome,) = books.send(draft)
    assert isinstance(outcome, Created)

    address = books.xero.document_url(draft.documents[0], outcome.found.document_id)

    page = requests.get(address, timeout=10)
    assert page.status_code == 200
    assert draft.documents[0].reference in page.text


def test_in_production_a_link_leads_to_xero(books: Books) -> None:
    client = Client(Xero.hosts[next(iter(Xero.hosts))], ports())
    bill = books.plan(record())[1]
    address = Xero(client, XeroSettings(), NORDWIND).document_url(bill, "id-1")
    assert address == "https://go.xero.com/AccountsPayable/View.aspx?InvoiceID=id-1"


def test_several_currencies_and_many_lines_arrive_to_the_cent(books: Books) -> None:
    lines = tuple(line(f"{n}.{n:02}", account=Account("a", "Travel", "5800")) for n in range(1, 60))
    total = sum((one.amount.amount for one in lines), Decimal(0))
    (outcome,) = books.post(record(str(total), lines=lines), replace(record("1200", "SEK"), entry="e-2"))[:1]

    assert isinstance(outcome, Created)
    assert outcome.remarks == ()
    assert {bill["CurrencyCode"] for bill in books.bills()} == {"EUR", "SEK"}


def test_no_token_is_written_down(nordwind: AppInXero) -> None:
    books = Books(nordwind)
    books.post(record())
    assert nordwind.tokens["access_token"] not in str(books.recorder.exchanges)
    assert books.recorder.exchanges


def test_vendors_and_bills_are_the_kinds_it_posts(books: Books) -> None:
    assert [document.kind for document in books.plan(record())] == [Kind.VENDOR, Kind.BILL]
