"""What a record becomes: pure, so nobody is asked."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.kit import exact_json
from connectors.kit.documents import Key, Kind, Part, marker
from connectors.kit.errors import RefuseRecord
from connectors.kit.failures import FailureClass
from connectors.kit.money import Money, total
from connectors.kit.records import Account, Invoice, Line, Party, Record, Tax
from connectors.xero import cleaning
from connectors.xero.tests.support import bill_of, card, invoice, line, money, plan, record


def test_a_reimbursement_becomes_a_bill_to_the_employee() -> None:
    contact, bill = plan(record())

    assert (contact.kind, contact.key) == (Kind.VENDOR, Key("contact:employee-E-12", Part.VENDOR))
    assert contact.content == {"ContactNumber": "employee-E-12", "Name": "Ada Holm"}
    assert contact.look_first
    assert bill.needs == contact.key
    assert bill.key == Key("e-1", Part.DOCUMENT)
    assert bill.total == money("99.50")
    assert bill.dated == date(2026, 2, 27)
    assert bill.content == {
        "Type": "ACCPAY",
        "Status": "DRAFT",
        "InvoiceNumber": bill.reference,
        "Date": "2026-02-27",
        "DueDate": "2026-03-13",
        "CurrencyCode": "EUR",
        "LineAmountTypes": "Inclusive",
        "LineItems": [
            {
                "Description": "RAIL AB - Ada Holm - Train to client",
                "Quantity": 1,
                "UnitAmount": Decimal("99.50"),
                "AccountCode": "5800",
                "TaxType": "INPUT",
            }
        ],
        "Url": "https://app.example/e/1",
    }


def test_an_invoice_becomes_a_bill_from_the_supplier_under_its_own_number() -> None:
    contact, bill = plan(invoice())

    assert contact.content == {"ContactNumber": "erp-v-100", "Name": "Rail AB"}
    assert bill.reference == f"F-2026-9-{marker(bill.key, 1)}"
    assert bill.content["DueDate"] == "2026-03-22"


@pytest.mark.parametrize("number", [None, "", " ", "日本"])
def test_a_bill_without_a_supplier_number_bears_the_sources_book_id(number: str | None) -> None:
    bill = bill_of(record(invoice=None if number is None else Invoice(number, date(2026, 2, 20))))
    assert bill.reference == f"BOOK-1-{marker(bill.key, 1)}"


def test_a_new_revision_has_a_new_number_and_the_same_contact() -> None:
    (first_contact, first), (second_contact, second) = plan(record()), plan(record(), 2)

    assert first.reference != second.reference
    assert first_contact == second_contact


@pytest.mark.parametrize("kind", ["out_of_pocket", "mileage", "per_diem"])
def test_every_expense_of_an_employee_is_a_bill(kind: str) -> None:
    assert bill_of(record(kind=kind)).kind is Kind.BILL


@pytest.mark.parametrize("kind", ["card_purchase", "refund", "wallet_topup", "something_new"])
def test_what_depends_on_the_chart_is_refused_without_it(kind: str) -> None:
    with pytest.raises(RefuseRecord, match="chart of accounts was not read") as refusal:
        plan(card(kind=kind), reference={})
    assert refusal.value.failure is FailureClass.CONFIG_INVALID


def test_settings_decide_status_due_date_and_the_code_without_tax() -> None:
    untaxed = record(lines=(line("99.50", tax=None),))
    bill = bill_of(untaxed, reference={}, bill_status="authorised", due_days=30, no_tax_code="EXEMPTINPUT")

    assert bill.content["Status"] == "AUTHORISED"
    assert bill.content["DueDate"] == "2026-03-29"
    assert bill.content["LineItems"][0]["TaxType"] == "EXEMPTINPUT"


def test_a_reverse_charge_keeps_its_code_and_the_total() -> None:
    tax = Tax(Decimal("0.25"), "reverse", money("24.88"), "REVERSE")
    bill = bill_of(record(lines=(line("99.50", tax=tax),)))

    assert bill.content["LineItems"][0]["TaxType"] == "REVERSE"
    assert bill.content["LineItems"][0]["UnitAmount"] == Decimal("99.50")


@pytest.mark.parametrize(
    ("identifier", "code", "sent"),
    [
        ("477", "5800", {"AccountCode": "477"}),
        (None, "5800", {"AccountCode": "5800"}),
        (" ", "5800", {"AccountCode": "5800"}),
        (
            "5040915e-8ce7-4177-8d08-fde416232f18",
            "5800",
            {"AccountID": "5040915e-8ce7-4177-8d08-fde416232f18"},
        ),
    ],
)
def test_an_account_is_named_by_its_identifier_then_by_its_code(
    identifier: str | None, code: str, sent: dict[str, str]
) -> None:
    account = Account("acc-1", "Travel", code, identifier)
    planned = bill_of(record(lines=(line("99.50", account=account),)), reference={}).content["LineItems"][0]
    assert sent.items() <= planned.items()


ENTRIES_THAT_CANNOT_BE_PLANNED = [
    (record("0.00"), FailureClass.VALIDATION_FIELD, "amount", "zero"),
    (record(lines=()), FailureClass.VALIDATION_FIELD, "amount", "no lines"),
    (record(lines=(line("99.49"),)), FailureClass.VALIDATION_FIELD, "amount", "come to 99.49 EUR"),
    (record("1.005"), FailureClass.VALIDATION_FIELD, "amount", "more decimals than Xero keeps of EUR (2)"),
    (record("10000000000.00"), FailureClass.VALIDATION_FIELD, "amount", "more than Xero takes"),
    (record("1.00", "UNDEFINED"), FailureClass.VALIDATION_FIELD, "currency:UNDEFINED", "UNDEFINED"),
    (record(lines=(line("99.50", "SEK"),)), FailureClass.VALIDATION_FIELD, "currency:SEK", "in SEK"),
    (record(lines=(line("99.50", account=None),)), FailureClass.MAPPING_MISSING, "account", "Line 1"),
    (
        record(lines=(line("99.50", account=Account("acc-7", "Rockets")),)),
        FailureClass.MAPPING_MISSING,
        "account:acc-7",
        "Rockets",
    ),
    (
        record(lines=(line("99.50", tax=Tax("0.25", "inclusive", money("19.90"))),)),
        FailureClass.MAPPING_MISSING,
        "tax:0.25",
        "has no code",
    ),
    (
        record(lines=(line("99.50", tax=Tax("0.25", "exclusive", money("19.90"), "INPUT")),)),
        FailureClass.VALIDATION_FIELD,
        "tax",
        "without its tax",
    ),
    (record(employee=None), FailureClass.MAPPING_MISSING, "employee", "which employee"),
    (invoice(vendor=None, supplier=None), FailureClass.MAPPING_MISSING, "vendor", "no supplier"),
]


@pytest.mark.parametrize(("entry", "failure", "subject", "words"), ENTRIES_THAT_CANNOT_BE_PLANNED)
def test_an_entry_that_cannot_be_planned_says_why(
    entry: Record, failure: FailureClass, subject: str, words: str
) -> None:
    with pytest.raises(RefuseRecord) as refusal:
        plan(entry)
    assert words in refusal.value.sentence
    assert (refusal.value.failure, refusal.value.subject) == (failure, subject)


@pytest.mark.parametrize(
    ("vendor", "supplier", "number"),
    [
        (Party("v-1", "Rail AB", "V-100", "erp-v-100"), None, "erp-v-100"),
        (Party("v-1", "Rail AB", "V-100"), None, "V-100"),
        (Party("v-1", "Rail AB"), None, "v-1"),
        (None, Party("", "RAIL"), "RAIL"),
    ],
)
def test_a_supplier_is_known_by_its_best_id(vendor: Party, supplier: Party, number: str) -> None:
    contact, _ = plan(invoice(vendor=vendor, supplier=supplier))
    assert contact.reference == number


def test_supplier_12_and_employee_12_are_two_contacts() -> None:
    supplier, _ = plan(invoice(vendor=Party("v", "Rail AB", "12")))
    employee, _ = plan(record(employee=Party("u", "Ada Holm", "12")))
    assert supplier.key != employee.key


def test_long_names_that_begin_alike_are_two_contacts() -> None:
    numbers = {cleaning.contact_number("x" * 60 + end) for end in "ab"}
    assert len(numbers) == 2
    assert all(len(number) <= 50 for number in numbers)


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        ("  Rail   <AB>  ", "Rail AB"),
        ("Büro Müller", "Büro Müller"),
        ("A\tB\x00C\nD", "A B C D"),
        ("x" * 300, "x" * 255),
    ],
)
def test_a_name_is_one_that_xero_takes(said: str, sent: str) -> None:
    assert cleaning.name(said) == sent


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        ("F-9", "F-9"),
        ('INV 2026/007, "b"', "INV-2026-007-b"),
        ("Räkning№5", "RakningNo5"),
        ("日本", ""),
        ("9" * 30, "9" * 24),
        ("a" * 23 + "/b", "a" * 23),
    ],
)
def test_a_supplier_number_keeps_what_a_filter_can_find(said: str, sent: str) -> None:
    assert cleaning.supplier_number(said) == sent


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        ("https://app.example/e/1", "https://app.example/e/1"),
        ("https://app.example/XERO/1", ""),
        ("javascript:alert(1)", ""),
        ("https://", ""),
        ("https://[broken", ""),
        ("https://app.example/a b", ""),
        ("https://app.example/é", ""),
        ("https://app.example/" + "e" * 2000, ""),
        ("", ""),
    ],
)
def test_an_address_is_sent_only_if_xero_takes_it(said: str, sent: str) -> None:
    assert bill_of(record(link=said)).content.get("Url", "") == sent


def test_a_description_is_never_empty_and_never_too_long() -> None:
    bare = record(supplier=None, employee=Party("u-1", ""), note="")
    wordy = record(note="🚆" * 5000)

    assert bill_of(bare).content["LineItems"][0]["Description"] == "Out of pocket"
    assert len(bill_of(wordy).content["LineItems"][0]["Description"].encode("utf-16-le")) <= 8000


def test_the_same_entry_gives_the_same_document() -> None:
    assert exact_json.dumps(bill_of(invoice()).content) == exact_json.dumps(bill_of(invoice()).content)


@settings(deadline=None)
@given(
    minors=st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=20).filter(lambda many: sum(many) > 0),
    currency=st.sampled_from(["EUR", "SEK", "USD", "JPY"]),
)
def test_the_lines_of_the_request_come_to_the_entry_exactly(minors: list[int], currency: str) -> None:
    lines = tuple(_line_of(minor, currency) for minor in minors)
    amount = total((one.amount for one in lines), currency)
    bill = bill_of(record(amount=str(amount.amount), currency=currency, lines=lines))
    sent = exact_json.loads(exact_json.dumps(bill.content))

    assert sum((Decimal(one["UnitAmount"]) for one in sent["LineItems"]), Decimal(0)) == amount.amount
    assert bill.total == amount


def _line_of(minor: int, currency: str) -> Line:
    return replace(line("1.00", currency), amount=Money.from_minor(minor, currency))


def test_an_invoice_without_a_due_date_is_due_after_its_issue() -> None:
    bill = bill_of(invoice(invoice=Invoice("F-9", date(2026, 2, 20))), due_days=10)
    assert bill.content["DueDate"] == "2026-03-02"
