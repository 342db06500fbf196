"""What records become: bills and credits, journals, expense reports, with their lines, tax and segments."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connectors.kit.documents import Kind
from connectors.kit.errors import RefuseRecord, SkipRecord
from connectors.kit.failures import FailureClass as F
from connectors.kit.records import Account, Record, Tag
from connectors.netsuite.tests.support import (
    body_of,
    card,
    document_of,
    draft_of,
    invoice,
    line,
    money,
    plan,
    reference,
    ticket,
)


def lines_of(body: dict[str, Any]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (body.get("expense") or body["line"])["items"]
    return items


def refusal(one: Record, **more: Any) -> RefuseRecord:
    with pytest.raises(RefuseRecord) as refused:
        plan(one, **more)
    return refused.value


def test_an_invoice_is_a_vendor_and_its_bill() -> None:
    vendor, bill = plan(invoice())

    assert (vendor.kind, bill.kind) == (Kind.VENDOR, Kind.BILL)
    assert bill.needs == vendor.key
    assert vendor.look_first
    body = bill.content["body"]
    assert (body["subsidiary"], body["currency"], body["tranId"]) == ({"id": "2"}, {"id": "1"}, "F 2026/9")
    assert (body["tranDate"], body["dueDate"]) == ("2026-02-27", "2026-03-22")
    assert lines_of(body)[0]["amount"] == Decimal("83.61")  # the net: NetSuite adds the tax of the code
    assert lines_of(body)[0]["taxCode"] == {"id": "7"}


def test_nothing_is_sent_that_netsuite_computes() -> None:
    for one in (invoice(), card(), ticket()):
        sent = draft_of(document_of(one)).request.body.decode()
        assert not [
            name for name in ("total", "userTotal", "balance", "grossAmt", "exchangeRate") if f'"{name}"' in sent
        ]


def test_money_back_is_a_vendor_credit_with_positive_lines() -> None:
    credit = document_of(invoice(line("-119.00", "-19.00")))

    assert (credit.kind, credit.reference[:8]) == (Kind.CREDIT, "cw-cred-")
    assert lines_of(credit.content["body"])[0]["amount"] == Decimal("100.00")
    assert "dueDate" not in credit.content["body"]
    assert credit.total == money("119.00")


@pytest.mark.parametrize("tax", ["19.00", "18.99", "3.33", "0.07"])
def test_a_line_is_split_so_that_netsuites_tax_is_the_receipts(tax: str) -> None:
    items = lines_of(body_of(invoice(line("119.00", tax))))

    added = sum(
        (item["amount"] * 19 / 100).quantize(Decimal("0.01"), "ROUND_HALF_UP") for item in items if "taxCode" in item
    )
    assert added == Decimal(tax)
    assert sum(item["amount"] for item in items) + added == Decimal("119.00")


def test_tax_that_a_code_cannot_come_to_is_refused() -> None:
    told = refusal(invoice(line("119.00", "19.00", "NONE")))

    assert (told.failure, told.subject) == (F.REFERENCE_NOT_ALLOWED, "tax:NONE")


@pytest.mark.parametrize(("code", "failure"), [("NOWHERE", F.MAPPING_MISSING), ("TAX009", F.MAPPING_STALE)])
def test_a_tax_code_must_be_there_and_in_use(code: str, failure: F) -> None:
    told = refusal(invoice(line("119.00", "19.00", code)))

    assert (told.failure, told.subject) == (failure, f"tax:{code}")


def test_tax_may_be_on_a_line_of_its_own() -> None:
    items = lines_of(body_of(invoice(line("119.00", "19.00")), tax_posting="own_line"))

    assert [(item["account"]["id"], item["amount"]) for item in items] == [
        ("114", Decimal("100.00")),
        ("109", Decimal("19.00")),
    ]
    assert not [item for item in items if "taxCode" in item]


def test_a_journal_says_its_subsidiary_and_balances() -> None:
    body = body_of(card(line("119.00", "19.00")))

    assert body["subsidiary"] == {"id": "2"}
    sides = [(item["account"]["id"], item.get("debit"), item.get("credit")) for item in lines_of(body)]
    assert sides == [
        ("114", Decimal("100.00"), None),
        ("109", Decimal("19.00"), None),
        ("102", None, Decimal("119.00")),
    ]


def test_a_journal_with_tax_needs_the_account_for_it() -> None:
    told = refusal(card(line("119.00", "19.00")), tax_account="")

    assert (told.failure, told.subject) == (F.CONFIG_INVALID, "setting:tax_account")


def test_a_refund_turns_the_sides_of_a_journal_whatever_its_sign() -> None:
    for amount in ("20.00", "-20.00"):
        items = lines_of(body_of(card(line(amount), kind="refund")))
        assert (items[0]["credit"], items[1]["debit"]) == (Decimal("20.00"), Decimal("20.00"))


def test_an_expense_report_is_of_its_employee_with_categories() -> None:
    body = body_of(ticket())

    assert (body["entity"], body["complete"]) == ({"id": "32"}, True)
    assert lines_of(body)[0]["category"] == {"id": "5"}
    assert lines_of(body)[0]["foreignamount"] == Decimal("83.61")


@pytest.mark.parametrize(
    ("code", "failure"), [("E-77", F.MAPPING_MISSING), ("E-99", F.MAPPING_STALE), ("E-50", F.REFERENCE_NOT_ALLOWED)]
)
def test_an_employee_must_be_there_active_and_of_the_subsidiary(code: str, failure: F) -> None:
    employee = ticket().employee
    assert employee is not None
    told = refusal(ticket(employee=replace(employee, code=code, name="Somebody")))

    assert (told.failure, told.subject) == (failure, "employee")


def test_an_account_without_a_category_is_named() -> None:
    told = refusal(ticket(line("10.00", account=Account("", "Office", code="6110"))))

    assert told.subject == "account:6110"
    assert "Expense Categories" in told.sentence


def test_a_negative_expense_report_is_refused() -> None:
    assert "no negative expense report" in refusal(ticket(line("-10.00"))).sentence


@pytest.mark.parametrize(
    ("code", "failure", "says"),
    [
        ("4711", F.MAPPING_MISSING, "has no account 4711"),
        ("5990", F.MAPPING_STALE, "is inactive"),
        ("493", F.REFERENCE_NOT_ALLOWED, "not open to the subsidiary Nordwind GmbH"),
        ("2440", F.REFERENCE_NOT_ALLOWED, "kept by NetSuite's bills"),
    ],
)
def test_an_account_must_fit(code: str, failure: F, says: str) -> None:
    told = refusal(card(line("10.00", account=Account("", "Some", code=code))))

    assert (told.failure, told.subject) == (failure, f"account:{code}")
    assert says in told.sentence


def test_tags_become_departments_and_classes_and_others_are_told() -> None:
    tags = (Tag("Team", "sales"), Tag("Project", "Quay"))
    body = body_of(card(line("10.00", tags=tags)), department_tags="Team")

    assert lines_of(body)[0]["department"] == {"id": "5"}
    assert "Project Quay" in lines_of(body)[0]["memo"]


@pytest.mark.parametrize(("code", "failure"), [("Nobody", F.MAPPING_MISSING), ("Print", F.MAPPING_STALE)])
def test_a_department_must_be_there_and_in_use(code: str, failure: F) -> None:
    told = refusal(card(line("10.00", tags=(Tag("Department", code),))))

    assert (told.failure, told.subject) == (failure, f"tag:Department/{code}")


def test_a_line_takes_one_department() -> None:
    tags = (Tag("Department", "Sales"), Tag("Department", "Support"))

    assert "two tags" in refusal(card(line("10.00", tags=tags))).sentence


def test_a_form_that_makes_segments_mandatory_is_served_by_defaults() -> None:
    body = body_of(card(line("10.00")), default_department="Support", segments_on_header=True)

    assert body["department"] == {"id": "7"}
    assert {item["department"]["id"] for item in lines_of(body)} == {"7"}


def test_a_custom_segment_takes_the_tags_of_its_group() -> None:
    segments = reference()["segments"] | {"cseg_region": [{"id": "3", "name": "North", "inactive": False}]}
    known = reference(segments=segments)
    tagged = card(line("10.00", tags=(Tag("Region", "North"),)))

    assert lines_of(body_of(tagged, known=known, segments=[{"group": "Region", "segment": "cseg_region"}]))[0][
        "cseg_region"
    ] == {"id": "3"}


@pytest.mark.parametrize("one", [invoice(), card(), ticket()])
def test_a_closed_period_refuses(one: Record) -> None:
    told = refusal(replace(one, date=date(2024, 5, 31)))

    assert (told.failure, told.subject) == (F.PERIOD_CLOSED, "date:2024-05-31")


def test_by_the_settings_a_closed_period_moves_the_day_and_the_memo_says_so() -> None:
    document = document_of(invoice(date=date(2024, 5, 31)), closed_periods="next_open")

    assert document.dated == date(2025, 1, 1)
    assert document.content["body"]["tranDate"] == "2025-01-01"
    assert "2024-05-31" in document.content["body"]["memo"]


def test_a_day_of_no_period_is_refused() -> None:
    assert "no period" in refusal(card(date=date(2040, 1, 1))).sentence


@pytest.mark.parametrize(
    ("approval", "bill", "journal"),
    [("as_netsuite_does", None, None), ("pending", {"id": "1"}, False), ("approved", {"id": "2"}, True)],
)
def test_approval_is_a_setting(approval: str, bill: object, journal: object) -> None:
    assert body_of(invoice(), approval=approval).get("approvalStatus") == bill
    assert body_of(card(), approval=approval).get("approved") is journal


def test_a_link_to_the_receipt_stands_in_the_field_of_the_settings() -> None:
    body = body_of(invoice(), receipt_field="custbody_receipt_url")

    assert body["custbody_receipt_url"] == "https://app.example/e/1"


def test_without_the_currencies_feature_the_account_has_one_and_no_such_field() -> None:
    known = reference(currencies=[])

    assert "currency" not in body_of(invoice(), known=known, company_currency="EUR")
    assert refusal(invoice(), known=known).subject == "setting:company_currency"
    assert refusal(invoice(), known=known, company_currency="SEK").subject == "currency:EUR"


def test_an_account_without_subsidiaries_is_told_of_none() -> None:
    assert "subsidiary" not in body_of(card(), known=reference(subsidiary=""))


def test_payments_of_bills_are_left_out_unless_the_settings_say_otherwise() -> None:
    with pytest.raises(SkipRecord):
        plan(invoice(kind="invoice_payment"))


@pytest.mark.parametrize(
    ("one", "says"),
    [
        (invoice(amount=money("0.00")), "total is zero"),
        (invoice(lines=()), "has no lines"),
        (invoice(amount=money("5.00")), "come to"),
        (invoice(line("1.005")), "more decimals"),
        (invoice(*[line("1.00")] * 501), "Split it"),
        (invoice(vendor=None, supplier=None), "names no supplier"),
        (card(contra=None), "no contra account"),
        (card(line("5.00", account=Account("", "Card", code="1930"))), "nothing would be moved"),
    ],
)
def test_what_cannot_be_posted_says_why(one: Record, says: str) -> None:
    assert says in refusal(one).sentence


def test_external_ids_are_of_letters_that_an_address_takes() -> None:
    reference_of = document_of(invoice(book_id="Ä|17 / b@c" + "9" * 90)).reference

    assert len(reference_of) <= 64
    assert reference_of.isascii()
    assert set(reference_of) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
