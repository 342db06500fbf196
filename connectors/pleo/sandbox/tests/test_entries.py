"""Entries of the generator: each type, whole, in money that adds up, with what goes wrong told in secret."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.kit.sandbox import Document
from connectors.pleo.sandbox import PleoSandbox, entries, kinds, mixtures, spoils
from connectors.pleo.sandbox.books import BOOKS, STRAY_GROUP
from connectors.pleo.sandbox.drafts import CONTRA_KINDS
from connectors.pleo.sandbox.names import COMPANIES

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SIDES = ("inWalletCurrency", "inSupplierCurrency")
ITEM = {
    *("_links", "companyId", "accountingEntryId", "type", "subType", "date", "note", "amount", "contraAccount"),
    *("accountingEntryLines", "supplier", "vendor", "bookkeeping", "user", "team", "servicePeriod"),
    "additionalInformation",
}


def company(place: int = 0) -> Document:
    name, currency, books, _ = COMPANIES[place]
    return {"id": f"id of {name}", "name": name, "currency": currency, "books": books}


def made(count: int = 340, seed: mixtures.Seed = "currencies", place: int = 0, **more: Any) -> list[Document]:
    return entries.generate(company(place), count, seed, NOW, **more)


def payloads(*args: Any, **more: Any) -> list[Document]:
    return [entry["payload"] for entry in made(*args, **more)]


def lines(payload: Document) -> list[Document]:
    found: list[Document] = payload["accountingEntryLines"]
    return found


@pytest.mark.parametrize("seed", sorted(set(mixtures.SEEDS) - {"plain", "receipts"}))
def test_each_type_and_sub_type_comes(seed: str) -> None:
    found = payloads(1500, seed)
    assert {payload["type"] for payload in found} == set(mixtures.KINDS)
    assert len(mixtures.KINDS) == 17
    assert len({payload["subType"] for payload in found} - {None}) == 6


def test_some_types_only_come_in_turn() -> None:
    assert Counter(payload["type"] for payload in payloads(40, only=["fee", "refund"])) == {"fee": 20, "refund": 20}


@pytest.mark.parametrize("place", range(len(COMPANIES)))
def test_every_entry_is_whole_and_adds_up(place: int) -> None:
    for payload in payloads(place=place):
        assert payload.keys() == ITEM
        for side in SIDES:
            assert payload["amount"][side]["value"] == sum(
                line["lineAmount"][side]["value"] for line in lines(payload)
            )
            for line in lines(payload):
                kind = line["tax"] and line["tax"]["type"]
                tax = line["tax"]["amount"][side]["value"] if kind == "inclusive" else 0
                assert line["netAmount"][side]["value"] + tax == line["lineAmount"][side]["value"]
                assert isinstance(line["lineAmount"][side]["value"], int)


def test_a_contra_account_is_the_wallets_and_comes_with_the_types_that_have_one() -> None:
    for payload in payloads(spoiled=False):
        wallet = payload["amount"]["inWalletCurrency"]["currency"]
        account = BOOKS["continental"].wallets[wallet]
        if payload["type"] in CONTRA_KINDS:
            assert (payload["contraAccount"]["code"], payload["contraAccount"]["name"]) == (
                account.code,
                account.name,
            )
        else:
            assert payload["contraAccount"] is None
    assert {p["amount"]["inWalletCurrency"]["currency"] for p in payloads(spoiled=False)} == {
        *("EUR", "SEK", "USD", "JPY")
    }


def test_an_account_without_a_code_is_known_by_its_identifier() -> None:
    (payload,) = payloads(1, place=1, only=["card_purchase"], spoiled=False)
    assert payload["contraAccount"]["code"] is None
    assert payload["contraAccount"]["identifier"] == "a1dc3dbc-8e5f-53a0-8baf-e4c0021f1a59"
    assert payload["amount"]["inWalletCurrency"]["currency"] == "GBP"


def test_what_leaves_is_positive_and_what_comes_back_negative_unless_told_otherwise() -> None:
    for payload in payloads(spoiled=False):
        back = {payload["type"], payload["subType"]} & kinds.MONEY_BACK
        for line in lines(payload):
            assert (line["lineAmount"]["inWalletCurrency"]["value"] < 0) == bool(back)
    assert min(payload["amount"]["inWalletCurrency"]["value"] for payload in payloads(signed=False)) > 0


def test_yen_have_no_hundredths() -> None:
    for payload in payloads(only=["card_purchase"], spoiled=False):
        euros = {"EUR": 100, "SEK": 1130, "USD": 109, "JPY": 164}[payload["amount"]["inWalletCurrency"]["currency"]]
        for line in lines(payload):
            assert line["lineAmount"]["inWalletCurrency"]["value"] <= 901 * euros


def test_taxes_are_inclusive_or_reverse_or_none_and_a_receipt_is_off_by_one_at_times() -> None:
    found = [line for payload in payloads(800, "everyday", spoiled=False) for line in lines(payload)]
    assert {line["tax"] and line["tax"]["type"] for line in found} == {None, "inclusive", "reverse"}
    off = [line for line in found if _is_off(line)]
    assert 0 < len(off) < len(found) / 10


def _is_off(line: Document) -> bool:
    if line["tax"] is None or line["tax"]["type"] != "inclusive":
        return False
    gross, rate = line["lineAmount"]["inWalletCurrency"]["value"], line["tax"]["rate"]
    exact = gross - gross / (1 + rate)
    return bool(abs(line["tax"]["amount"]["inWalletCurrency"]["value"] - exact) > 0.51)


def test_a_payment_pays_an_invoice_that_came_before() -> None:
    found = payloads(200, only=["invoice", "invoice_payment"], spoiled=False)
    for invoice, payment in zip(found[::2], found[1::2], strict=True):
        about, paid = (one["additionalInformation"]["invoiceInformation"] for one in (invoice, payment))
        assert (payment["vendor"], paid["invoiceNumber"]) == (invoice["vendor"], about["invoiceNumber"])
        assert invoice["date"] <= payment["date"] == paid["paymentDate"]
        money, owed = payment["amount"]["inWalletCurrency"], invoice["amount"]["inWalletCurrency"]
        assert (money["currency"], abs(money["value"])) == (owed["currency"], owed["value"])
        assert payment["contraAccount"]["code"] == BOOKS["continental"].wallets[money["currency"]].code


def test_a_payment_without_an_invoice_comes_only_when_it_is_asked_for() -> None:
    assert all(not entry["spoiled"] for entry in made(1000, "month-end", spoiled=False))
    lonely = made(10, only=["invoice_payment"], spoiled=False)
    assert {entry["spoiled"] for entry in lonely} == {spoils.UNSEEN}


def test_a_reimbursement_names_expenses_that_came_before() -> None:
    seen: set[str] = set()
    settled: list[str] = []
    for payload in payloads(spoiled=False):
        about = payload["additionalInformation"]
        if about["reconciledEntries"] is not None:
            assert payload["type"] in ("direct_reimbursement", "external_reimbursement")
            assert set(about["reconciledEntries"]) <= seen
            settled += about["reconciledEntries"]
        seen.add(about["reconciliationId"])
    assert settled


def test_about_a_tenth_cannot_be_planned_and_only_the_sandbox_knows_why() -> None:
    found = made(2000, "everyday")
    spoiled = [entry for entry in found if entry["spoiled"]]
    assert 140 < len(spoiled) < 260
    assert {entry["spoiled"] for entry in made(4000, "hostile")} - {None} == set(spoils.REASONS)
    assert not any(
        reason in json.dumps(entry["payload"], default=str) for entry in spoiled for reason in spoils.REASONS
    )


def test_what_is_not_spoiled_has_accounts_taxes_and_tags_of_the_books() -> None:
    books = BOOKS["continental"]
    for payload in payloads(800, "everyday", spoiled=False):
        for line in lines(payload):
            assert line["account"] is not None
            assert line["tax"] is None or line["tax"]["code"] in {*books.rates, books.reverse}
            for tag in line["tags"]:
                assert tag["groupCode"] == STRAY_GROUP or tag["code"] in books.tags[tag["groupCode"]]
        assert all(payload["amount"][side]["currency"] != "UNDEFINED" for side in SIDES)


def test_entries_have_one_line_or_many() -> None:
    counts = Counter(len(lines(payload)) for payload in payloads(1500, "month-end"))
    assert {1, 500} <= counts.keys()
    assert counts[1] > 750


def test_vendors_are_known_new_or_drafts() -> None:
    codes = {payload["vendor"]["code"] for payload in payloads(only=["invoice"], spoiled=False)}
    assert {None, "SUP-1", "V-102"} <= codes


def test_attendees_and_bookkeeping_come_in_all_their_forms() -> None:
    found = payloads(600, "everyday", spoiled=False)
    attendees = [payload["additionalInformation"]["attendees"] for payload in found]
    assert {type(one) for one in attendees} == {list, type(None)}
    methods = {payload["bookkeeping"] and payload["bookkeeping"]["method"] for payload in found}
    assert methods == {None, "none", "journal", "accounts_payable"}


def test_the_same_seed_gives_the_same_entries_all_day() -> None:
    later = NOW + timedelta(hours=14)
    assert made(60, "everyday/3") == entries.generate(company(), 60, "everyday/3", later)
    assert made(60, "everyday/3")[:40] == made(40, "everyday/3")
    assert made(60, "everyday/3") != made(60, "everyday/4")
    assert made(60, 3) != made(60, "everyday/3")


def test_a_seed_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="everyday"):
        made(1, "everyone")
    with pytest.raises(ValueError, match="gift"):
        made(1, only=["gift"])


def test_entries_that_are_here_stay_as_they_are(pleo: PleoSandbox) -> None:
    where = pleo.company_id("Kitsune Trading KK")
    first = pleo.add_entries(where, 5, seed=3)
    known = pleo.store["entries"].find()
    assert pleo.add_entries(where, 5, seed=3) == first
    assert pleo.store["entries"].find() == known
    assert not set(pleo.add_entries(where, 5)) & set(first)


def test_a_test_may_ask_what_is_wrong_with_an_entry(pleo: PleoSandbox) -> None:
    added = pleo.add_entries(pleo.company_id("Nordwind GmbH"), 60, "hostile")
    told = pleo.spoiled(added)
    assert 10 < len(told) < 40
    assert set(told.values()) <= set(spoils.REASONS)
