"""The connector against the sandbox: companies, reference data, vendors, look-ups, receipts, faults."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from connectors.kit.documents import Attachment, Found, Refused
from connectors.kit.errors import AskForPermission, MendSettings, RateLimited, Reconnect, RefuseFile, TryLater
from connectors.kit.failures import FailureClass as F
from connectors.kit.flows import AuthorisationCode, ClientCredentials
from connectors.kit.records import Party, Record
from connectors.kit.steps import take
from connectors.kit.testing.posting import Poster, State
from connectors.netsuite.conformance import SETTINGS
from connectors.netsuite.connector import NetSuite
from connectors.netsuite.sandbox import HARBOUR, NORDWIND, SOLSIKKE, NetSuiteSandbox
from connectors.netsuite.settings import NetSuiteSettings
from connectors.netsuite.tests.support import (
    HOSTS,
    card,
    connected,
    document_of,
    invoice,
    line,
    money,
    netsuite,
    plan,
    ticket,
)


def post(target: NetSuite, *records: Record) -> Poster:
    poster = Poster(target)
    poster.settle(*records)
    return poster


def refusal(target: NetSuite, record: Record) -> Refused:
    outcome = post(target, record).ledger.of(record).outcome
    assert isinstance(outcome, Refused)
    return outcome


def test_every_subsidiary_that_is_in_use_can_be_chosen(sandbox: NetSuiteSandbox) -> None:
    offered = connected(sandbox).companies()

    assert [one.id for one in offered] == [f"localhost.{one}" for one in (HARBOUR, NORDWIND, SOLSIKKE)]


def test_an_account_without_subsidiaries_is_one_company(sandbox: NetSuiteSandbox) -> None:
    sandbox.switch(without=["subsidiaries"])
    target = connected(sandbox)

    (only,) = target.companies()
    target.company = only.id
    assert target.probe().company == only
    assert target.reference()["subsidiary"] == ""


def test_a_company_of_another_account_is_refused(sandbox: NetSuiteSandbox) -> None:
    target = connected(sandbox)
    target.company = "7654321.2"

    with pytest.raises(MendSettings):
        target.probe()


def test_a_subsidiary_that_the_role_sees_no_more_is_named(sandbox: NetSuiteSandbox) -> None:
    sandbox.change("subsidiary", NORDWIND, isinactive="T")

    with pytest.raises(MendSettings, match="no more"):
        connected(sandbox).probe()


def test_a_probe_believes_a_refused_login_and_a_read_waits_for_it(sandbox: NetSuiteSandbox) -> None:
    target = connected(sandbox)
    for read, error in ((target.probe, Reconnect), (target.reference, TryLater)):
        sandbox.switch(overload_is_401=True, others_calls=2)
        with pytest.raises(error):
            read()


def test_without_the_workbook_the_permission_is_named(sandbox: NetSuiteSandbox) -> None:
    sandbox.switch(lacks=["REPO_ANALYTICS"])

    with pytest.raises(AskForPermission, match="SuiteAnalytics Workbook"):
        connected(sandbox).probe()


def test_reference_data_of_features_that_are_off_is_empty(sandbox: NetSuiteSandbox) -> None:
    sandbox.switch(without=["currencies", "expense_reports"])

    read = connected(sandbox).reference()
    assert (read["currencies"], read["categories"]) == ([], [])
    assert read["accounts"]


@pytest.mark.parametrize(
    ("of", "id", "problem"),
    [
        ("accounts", "5800", ""),
        ("accounts", "5990", "inactive in NetSuite"),
        ("accounts", "2440", "kept by bills and invoices in NetSuite"),
        ("accounts payable", "2440", ""),
        ("accounts payable", "5800", "no accounts payable in NetSuite"),
        ("tax codes", "INPUT", ""),
        ("departments", "8", "inactive in NetSuite"),
        ("classes", "1", ""),
        ("locations", "1", ""),
    ],
)
def test_choices_are_what_the_subsidiary_may_use(sandbox: NetSuiteSandbox, of: str, id: str, problem: str) -> None:  # noqa: A002
    offered = {one.id: one.problem for one in connected(sandbox).choices(of, {})}

    assert offered[id] == problem
    assert "493" not in offered  # Harbour's


def test_years_and_quarters_are_no_periods_to_post_in(sandbox: NetSuiteSandbox) -> None:
    periods = connected(sandbox).reference()["periods"]

    assert len(periods) == 7 * 12


@pytest.mark.parametrize(
    ("vendor", "found"),
    [
        (Party("v-9", "Whoever", external_id="erp-v-100"), "2425"),
        (Party("v-9", "Whoever", code="V-100"), "2425"),
        (Party("v-9", "Büro Müller"), "2426"),
        (Party("v-9", "Müllers Büro", email="post@buero.example"), "2426"),
        (Party("v-9", "Nobody Knows"), None),
    ],
)
def test_vendors_are_looked_for_by_keys_address_and_name(
    sandbox: NetSuiteSandbox, vendor: Party, found: str | None
) -> None:
    document = plan(invoice(vendor=vendor))[0]

    ones = connected(sandbox).find([document])[document.key]
    assert [one.document_id for one in ones] == ([found] if found else [])


def test_a_new_vendor_is_made_once_with_its_own_name(sandbox: NetSuiteSandbox) -> None:
    record = invoice(vendor=Party("v-9", "Tipografia Sol", code="S-9", email="sol@example.com"))
    post(connected(sandbox), record)
    post(connected(sandbox), replace(record, entry="e-2", book_id="B-2"))

    made = [one for one in sandbox.store["vendor"].find() if one["companyName"] == "Tipografia Sol"]
    told = [(one["entityId"], one["email"], one["subsidiary"]) for one in made]
    assert told == [("Tipografia Sol", "sol@example.com", NORDWIND)]


def test_a_vendor_of_another_subsidiary_is_not_made_again(sandbox: NetSuiteSandbox) -> None:
    record = invoice(vendor=Party("v-9", "Quay Supplies"))
    before = sandbox.store["vendor"].count()

    told = refusal(connected(sandbox), record)
    assert (told.failure, told.subject) == (F.REFERENCE_NOT_ALLOWED, "vendor")
    assert "Nordwind GmbH" in told.sentence
    assert sandbox.store["vendor"].count() == before


def test_two_vendors_that_fit_are_left_to_a_person(sandbox: NetSuiteSandbox) -> None:
    twin = sandbox.store["vendor"].get("2426") or {}
    sandbox.store["vendor"].put("2499", {**twin, "id": "2499", "entityId": "Another"})
    sandbox.change("vendor", "2426", entityId="First")
    document = plan(invoice(vendor=Party("v-9", "Büro Müller")))[0]

    assert len(connected(sandbox).find([document])[document.key]) == 2


def test_a_vendor_that_lists_no_such_currency_is_named(sandbox: NetSuiteSandbox) -> None:
    record = replace(
        invoice(vendor=Party("v-9", "Büro Müller")),
        amount=money("50.00", "SEK"),
        lines=(replace(line("50.00"), amount=money("50.00", "SEK")),),
    )

    assert refusal(connected(sandbox), record).subject == "currency:SEK"


def test_a_total_that_is_read_back_is_ours(sandbox: NetSuiteSandbox) -> None:
    target = connected(sandbox, verify_totals=True, tax_account="2640")
    for record in (invoice(), card(entry="e-2"), ticket(entry="e-3")):
        posting = post(target, record).ledger.of(record)
        assert posting.state is State.POSTED
        found = target.find([posting.document])[posting.document.key]
        assert found == (Found(posting.document_id, found[0].number, money("99.50")),)


def test_a_total_that_a_person_changed_is_seen(sandbox: NetSuiteSandbox) -> None:
    target, record = connected(sandbox), invoice()
    posting = post(target, record).ledger.of(record)
    sandbox.change("vendorBill", posting.document_id, total=Decimal("1.00"))

    (found,) = target.find([posting.document])[posting.document.key]
    assert found.total == money("1.00")


def test_what_was_posted_long_ago_is_known_by_its_reference_alone(sandbox: NetSuiteSandbox) -> None:
    target, record = connected(sandbox, tax_account="2640"), ticket()
    posting = post(target, record).ledger.of(record)
    bare = replace(posting.document, content={}, total=None, lines=())

    assert target.standing([(bare, posting.document_id)])[bare.key].document_id == posting.document_id


def test_a_cut_write_is_looked_up_and_never_sent_blindly(sandbox: NetSuiteSandbox) -> None:
    for done in (True, False):
        sandbox.cut("POST */vendorBill", done=done)
        record = invoice(entry=f"e-{done}", book_id=f"B-{done}")
        assert post(connected(sandbox), record).ledger.of(record).state is State.POSTED
    assert len(sandbox.written()) == 2


def test_calls_of_others_make_ours_wait(sandbox: NetSuiteSandbox) -> None:
    target, record = connected(sandbox), invoice()
    poster = Poster(target)
    poster.prepare(record)
    sandbox.switch(others_calls=1)
    poster.post(record)

    assert isinstance(poster.errors[-1], RateLimited)
    poster.settle(record)
    assert len(sandbox.written()) == 1


def test_a_period_that_closed_after_the_job_began_is_refused_by_its_day(sandbox: NetSuiteSandbox) -> None:
    target, record = connected(sandbox), invoice()
    poster = Poster(target)
    poster.plan([record])
    sandbox.close(record.date)
    poster.settle(record)

    outcome = poster.ledger.of(record).outcome
    assert isinstance(outcome, Refused)
    assert (outcome.failure, outcome.subject) == (F.PERIOD_CLOSED, "date:2026-02-27")


def test_a_field_that_the_form_makes_mandatory_is_named(sandbox: NetSuiteSandbox) -> None:
    sandbox.switch(mandatory={"vendorBill": ["department"]})

    assert refusal(connected(sandbox), invoice()).subject == "field:Department"
    post(connected(sandbox, default_department="Sales"), invoice())
    assert len(sandbox.written()) == 1


def test_an_external_id_of_another_record_is_not_adopted(sandbox: NetSuiteSandbox) -> None:
    bill = document_of(invoice())
    journal = replace(document_of(card()), reference=bill.reference.replace("cw-bill", "cw-je"))
    post(connected(sandbox), invoice())

    assert connected(sandbox).find([journal])[journal.key] == ()


def test_a_receipt_fails_in_a_restlets_own_words(sandbox: NetSuiteSandbox) -> None:
    target, record = connected(sandbox, **SETTINGS), invoice()
    posting = post(target, record).ledger.of(record)
    receipt = Attachment(record.entry, 1, "pdf", "application/pdf", b"%PDF-1.4")

    def attach(document_id: str) -> None:
        take(target.attach(posting.document, document_id, receipt), target.client.send)

    with pytest.raises(RefuseFile, match="That record does not exist"):
        attach("999999")
    sandbox.switch(lacks=["LIST_FILECABINET"])
    with pytest.raises(AskForPermission):
        attach(posting.document_id)
    sandbox.switch(lacks=[], others_calls=1)
    with pytest.raises(RateLimited):
        attach(posting.document_id)


@pytest.mark.parametrize(
    ("extension", "size", "subject"), [("exe", 1, "type"), ("pdf", 8 * 1024 * 1024, "size"), ("pdf", 1, "upload")]
)
def test_a_receipt_that_cannot_be_attached_says_why(extension: str, size: int, subject: str) -> None:
    settings = {} if subject == "upload" else SETTINGS
    receipt = Attachment("e-1", 1, extension, "application/pdf", b"x" * size)

    with pytest.raises(RefuseFile) as refused:
        next(netsuite(**settings).attach(document_of(invoice()), "1", receipt))
    assert refused.value.subject == subject


def test_receipts_are_attached_only_where_a_restlet_is_named() -> None:
    assert NetSuiteSettings().receipts == "leave_out"
    for wrong in ({"receipts": "attach"}, {"restlet_script": "customscript_x"}):
        with pytest.raises(ValueError, match="RESTlet"):
            NetSuiteSettings.model_validate(wrong)


def test_a_document_has_a_page_of_its_own_account() -> None:
    address = netsuite().document_url(document_of(invoice()), "8731")

    assert address == f"{HOSTS['app']}/app/accounting/transactions/vendbill.nl?id=8731"


def test_the_account_id_gives_the_hosts() -> None:
    assert NetSuite.account.host_label(NetSuite.account.read(" 1234567_sb1 ")) == "1234567-sb1"
    for typed in ("1234567.evil.example", "12", "1234567/", ""):
        with pytest.raises(ValueError):
            NetSuite.account.read(typed)


def test_a_certificate_is_the_usual_way_and_weekly_consent_is_said_plainly() -> None:
    first, second = NetSuite.flows

    assert isinstance(first, ClientCredentials)
    assert (first.algorithm, first.scope_as, first.assertion_life.total_seconds()) == ("ES256", "array", 300)
    assert isinstance(second, AuthorisationCode)
    assert second.pkce
    assert "every week" in second.note


def test_an_employee_may_be_paid_as_a_vendor(sandbox: NetSuiteSandbox) -> None:
    post(connected(sandbox, out_of_pocket="bill"), ticket())

    (_, bill) = sandbox.written()[0]
    vendor = sandbox.store["vendor"].get(bill["entity"]) or {}
    assert vendor["companyName"] == "Ada Holm"


def test_the_day_is_the_entrys(sandbox: NetSuiteSandbox) -> None:
    post(connected(sandbox), invoice(date=date(2026, 12, 31)))

    assert sandbox.written()[0][1]["tranDate"] == "2026-12-31"
