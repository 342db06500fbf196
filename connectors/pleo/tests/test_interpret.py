from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kit import exact_json
from connectors.kit.errors import RefuseRecord
from connectors.kit.failures import FailureClass
from connectors.kit.money import Money
from connectors.kit.records import Account, Invoice, Party, Period, Record, Tag
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
    assert (record.team, record.period) == ("Sales", Period(date(2026, 2, 1), date(2026, 2, 28)))
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
    assert interpret(stored(item())).extra == {
        "bookkeeping": {"method": "journal"},
        "invoiceInformation": {"paymentDate": None, "status": "paid"},
    }


def test_the_promised_fields_alone_make_a_record() -> None:
    record = interpret(stored(required_only()))
    assert (record.supplier, record.vendor, record.employee, record.contra, record.invoice) == (None,) * 5
    assert (record.period, record.team, record.attendees, record.settles, record.extra) == (None, "", (), (), {})
    assert record.lines[0].account is None


def test_null_is_as_good_as_missing() -> None:
    payload = required_only()
    nothing = {name: None for name in item() if name not in payload}
    payload["additionalInformation"] |= {"attendees": None, "reconciledEntries": None, "invoiceInformation": None}
    payload["accountingEntryLines"][0] |= {"account": None, "tax": None, "tags": None}
    payload["_links"] = {"web": None}
    assert interpret(stored(payload | nothing)) == replace(interpret(stored(required_only())), link="")


@pytest.mark.parametrize(
    ("shop", "value", "original"),
    [
        ("SEK", 112500, Money(Decimal("1125.00"), "SEK")),
        ("JPY", 1500, Money(Decimal("1500"), "JPY")),
        ("EUR", 9950, None),
        ("UNDEFINED", 0, None),
        ("SEK", None, None),
    ],
)
def test_what_was_paid_in_the_shop_is_told_where_its_currency_is_another_one(
    shop: str, value: Any, original: Money | None
) -> None:
    amount = {
        "inSupplierCurrency": {"currency": shop, "value": value},
        "inWalletCurrency": both(9950)["inWalletCurrency"],
    }
    record = interpret(stored(item(amount=amount)))
    assert (record.amount, record.original) == (Money(Decimal("99.50"), "EUR"), original)


def about(**changes: Any) -> Record:
    return interpret(stored(item(additionalInformation={"reconciliationId": "BOOK-1", **changes})))


def test_attendees_are_named_and_holes_left_out() -> None:
    assert about(attendees=["Ada Holm", None, " ", "Jonas Weiß"]).attendees == ("Ada Holm", "Jonas Weiß")


def test_a_reimbursement_says_which_expenses_it_settles() -> None:
    assert about(reconciledEntries=["BOOK-7", None, "BOOK-8"]).settles == ("BOOK-7", "BOOK-8")


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ({"from": "2026-02-01", "to": "2026-02-01"}, Period(date(2026, 2, 1), date(2026, 2, 1))),
        ({"from": "2026-02-01T00:00:00Z", "to": None}, None),
        ({"from": "2026-02-28T00:00:00Z", "to": "2026-02-01T00:00:00Z"}, None),
        ({}, None),
    ],
)
def test_half_a_service_period_is_none(period: dict[str, Any], expected: Period | None) -> None:
    assert interpret(stored(item(servicePeriod=period))).period == expected


def test_books_may_know_a_supplier_by_code_account_or_tax_number() -> None:
    supplier = {"name": None, "code": None, "account": "K-70012", "taxIdentifier": "SE556000"}
    vendor = {"id": "v-1", "name": "Rail AB", "defaultCurrency": "SEK", "taxRegistrationNumber": "SE556001"}
    record = interpret(stored(item(supplier=supplier, vendor=vendor)))
    assert record.supplier == Party("", "", account="K-70012", tax_number="SE556000")
    assert record.vendor == Party("v-1", "Rail AB", tax_number="SE556001")
    assert interpret(stored(item(supplier=dict.fromkeys(supplier)))).supplier is None


@pytest.mark.parametrize(
    "written",
    ["2026-02-27", "2026-02-27T23:59:59Z", "2026-02-27T13:40:00.123456789Z", "2026-02-27T00:30:00+02:00"],
)
def test_the_day_is_the_one_that_pleo_writes(written: str) -> None:
    assert interpret(stored(item(date=written))).date == date(2026, 2, 27)


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
        (item(date="2026-02-30"), "date"),
        (item(date=20260227), "date"),
        (item(date="20260227"), "date"),
        (item(date="2026-02-27 or so"), "date"),
        (item(amount=both(9950, "UNDEFINED")), "currency"),
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


def test_a_currency_that_pleo_does_not_know_is_said_in_words() -> None:
    with pytest.raises(RefuseRecord, match="Pleo has set no currency for this entry") as caught:
        interpret(stored(item(amount=both(9950, "UNDEFINED"))))
    assert "amount.inWalletCurrency.currency" in caught.value.words


# Whatever comes

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.sampled_from(["UNDEFINED", "JPY", "2026-02-27", "2026-02-27T00:00:00Z", "1e9", -1, ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a payload that something else may stand in."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, part in inner for place in places(part, (*path, key)))]


@given(st.data())
def test_an_item_is_understood_or_refused_and_nothing_else(data: st.DataObject) -> None:
    payload: Any = {"it": item()}
    for _ in range(data.draw(st.integers(1, 3))):
        *path, last = data.draw(st.sampled_from(places(payload)[2:]))
        inner = payload
        for part in path:
            inner = inner[part]
        inner[last] = data.draw(JSON)
    with suppress(RefuseRecord):
        assert interpret(payload["it"]).lines
