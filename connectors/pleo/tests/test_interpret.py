from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connectors.kit import exact_json
from connectors.kit.errors import RefuseRecord
from connectors.kit.failures import FailureClass
from connectors.kit.money import Money
from connectors.kit.records import Account, Invoice, Party, Tag
from connectors.pleo.interpret import interpret
from connectors.pleo.tests.samples import ENTRY, both, item, line, required_only


def stored(payload: dict[str, Any]) -> Any:
    """As it comes back from storage: exact numbers."""
    return exact_json.loads(exact_json.dumps(payload))


def test_an_export_item_becomes_a_record() -> None:
    record = interpret(stored(item()))
    assert (record.entry, record.kind, record.sub_kind, record.date) == (
        ENTRY,
        "card_purchase",
        None,
        date(2026, 2, 27),
    )
    assert record.amount == Money(Decimal("99.50"), "EUR")
    assert (record.book_id, record.note, record.link) == ("BOOK-000123", "Train to client", "https://app.example/e/1")
    assert record.supplier == Party("", "RAIL AB")
    assert record.vendor == Party("v-1", "Rail AB", "V-100", "erp-v-100")
    assert record.employee == Party("u-1", "Ada Holm", "E-12")
    assert record.contra == Account("acc-2", "Card EUR account", "1930", None)
    assert record.invoice == Invoice("F-9", date(2026, 2, 20), None)


def test_a_line_keeps_its_account_tax_and_tags() -> None:
    (found,) = interpret(stored(item())).lines
    assert found.amount == Money(Decimal("99.50"), "EUR")
    assert found.account == Account("acc-1", "Travel", "5800", "erp-acc-77")
    assert found.tags == (Tag("DEPT", "SALES"),)
    assert found.tax is not None
    assert (found.tax.rate, found.tax.kind, found.tax.code) == (Decimal("0.25"), "inclusive", "I25")
    assert found.tax.amount == Money(Decimal("19.90"), "EUR")


def test_what_the_kit_has_no_field_for_is_kept_beside_it() -> None:
    extra = interpret(stored(item())).extra
    assert extra["bookkeeping"] == {"method": "journal"}
    assert extra["team"]["code"] == "S1"
    assert extra["inSupplierCurrency"] == {"currency": "SEK", "value": 112500}
    assert extra["invoiceInformation"]["status"] == "paid"
    assert "attendees" not in extra


def test_the_promised_fields_alone_make_a_record() -> None:
    record = interpret(stored(required_only()))
    assert (record.supplier, record.vendor, record.employee, record.contra, record.invoice) == (None,) * 5
    assert record.lines[0].account is None


@pytest.mark.parametrize(
    ("value", "currency", "amount"),
    [(-9950, "EUR", "-99.50"), (1500, "JPY", "1500"), (1500, "ISK", "1500"), (9950, "KWD", "9.950"), (0, "SEK", "0")],
)
def test_amounts_are_of_the_wallet_in_its_minor_unit(value: int, currency: str, amount: str) -> None:
    payload = item(amount=both(value, currency), accountingEntryLines=[line(value, currency)])
    record = interpret(stored(payload))
    assert record.amount == record.lines[0].amount == Money(Decimal(amount), currency)


def test_values_that_pleo_adds_later_pass() -> None:
    record = interpret(stored(item(type="moon_travel", subType="return", planet={"name": "Moon"})))
    assert (record.kind, record.sub_kind) == ("moon_travel", "return")


def without(*path: Any) -> dict[str, Any]:
    payload = item()
    inner: Any = payload
    for part in path[:-1]:
        inner = inner[part]
    del inner[path[-1]]
    return payload


@pytest.mark.parametrize(
    ("payload", "subject"),
    [
        (without("accountingEntryId"), "accountingEntryId"),
        (without("type"), "type"),
        (without("date"), "date"),
        (without("amount"), "amount"),
        (without("amount", "inWalletCurrency"), "amount.inWalletCurrency"),
        (without("accountingEntryLines"), "accountingEntryLines"),
        (without("accountingEntryLines", 0, "lineAmount"), "accountingEntryLines.0.lineAmount"),
        (without("additionalInformation", "reconciliationId"), "additionalInformation.reconciliationId"),
        (item(accountingEntryLines=[]), "accountingEntryLines"),
        (item(date="yesterday"), "date"),
        (item(amount=both(9950, "UNDEFINED")), "amount.inWalletCurrency.currency"),
        (item(amount=both(None)), "amount.inWalletCurrency.value"),
        (item(amount=both(True)), "amount.inWalletCurrency.value"),
        (item(amount=both(Decimal("99.5"))), "amount.inWalletCurrency.value"),
        (item(amount=both(Decimal("1e999999"))), "amount.inWalletCurrency.value"),
        (item(accountingEntryLines="none"), "accountingEntryLines"),
        (item(vendor={"id": "v-1"}), "vendor.name"),
    ],
)
def test_an_item_that_is_not_whole_is_refused_with_the_field(payload: dict[str, Any], subject: str) -> None:
    with pytest.raises(RefuseRecord) as caught:
        interpret(stored(payload))
    assert caught.value.subject == subject
    assert caught.value.failure is FailureClass.VALIDATION_FIELD
    assert subject in caught.value.sentence
    assert "export it again" in caught.value.sentence


def test_a_refusal_does_not_repeat_the_values() -> None:
    with pytest.raises(RefuseRecord) as caught:
        interpret(stored(item(date="SE35 5000 0000 0549 1000 0003")))
    assert "5000" not in str(caught.value.__cause__) + caught.value.sentence
