"""The description of a line, from the customer's template."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from connectors.kit.records import Invoice, Party, Period, Record, Tag
from connectors.xero.settings import XeroSettings
from connectors.xero.tests.chart import account
from connectors.xero.tests.support import card, document_of, invoice, line, money, moved, record

ADA, DAY = Party("u-1", "Ada Holm", "E-12"), date(2026, 2, 20)
TO_EMPLOYEE = {"sub_kind": "reimbursement_to_employee"}
FULL = record(
    "99.50",
    lines=(line("99.50", tags=(Tag("Team", "Sales"), Tag("Cost centre", "C-1"))),),
    attendees=("Bo Ek", "Cy Fox"),
    period=Period(date(2026, 2, 1), date(2026, 2, 28)),
    original=money("1125.00", "SEK"),
    team="Sales",
)


def described(entry: Record, **settings: Any) -> str:
    return str(document_of(entry, **settings).content["LineItems"][0]["Description"])


def test_by_default_it_holds_all_that_has_no_field_of_its_own() -> None:
    assert described(FULL) == (
        "RAIL AB - Ada Holm - Train to client - with Bo Ek, Cy Fox - 2026-02-01 to 2026-02-28 - 1125.00 SEK"
        " - Cost centre C-1"
    )


@pytest.mark.parametrize(
    ("template", "without", "said"),
    [
        ("{supplier} - {employee} - {note}", {"supplier": None}, "Ada Holm - Train to client"),
        ("{supplier} - {employee} - {note}", {"note": " "}, "RAIL AB - Ada Holm"),
        ("{supplier} ({note}) | {book_id}", {"note": ""}, "RAIL AB | BOOK-1"),
        ("{invoice} {book_id}", {}, "BOOK-1"),
        ("{invoice}; {settles}", {"invoice": Invoice("F-9", DAY), "settles": ("B-8",)}, "F-9; for B-8"),
        ("{note}, {team}; {book_id}", {"note": "", "team": ""}, "BOOK-1"),
        ("Trip: {note} / {kind}", {"note": ""}, "Out of pocket"),
        ("Trip: {note} / {kind}", {}, "Trip: Train to client / Out of pocket"),
        ("{account} {tags}", {}, "Travel"),
        ("Cards", {}, "Cards"),
        ("{note}", {"note": ""}, "Travel"),
        ("", {}, "Travel"),
        ("{{{note}}}", {}, "{Train to client}"),
    ],
)
def test_what_is_missing_vanishes_with_its_separator(template: str, without: dict[str, Any], said: str) -> None:
    assert described(record(**without), description=template) == said


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (record(), "RAIL AB - Ada Holm - Train to client"),
        (record(note=" "), "RAIL AB - Ada Holm - Out of pocket"),
        (invoice(note=""), "Rail AB - Invoice F 2026/9"),
        (
            card(kind="card_invoice", invoice=Invoice("F-9", DAY)),
            "RAIL AB - Ada Holm - Train to client (invoice F-9)",
        ),
        (card(kind="card_invoice", invoice=Invoice("F-9", DAY), note=""), "RAIL AB - Ada Holm - Invoice F-9"),
        (card(note="", kind="refund", original=money("-5.00", "USD")), "RAIL AB - Ada Holm - Refund - 5.00 USD"),
        (moved("fee", code="6570"), "Fee"),
        (moved("fee", code="6570", sub_kind="interest"), "Interest"),
        (moved("wallet_topup", period=FULL.period), "Wallet top-up - 2026-02-01 to 2026-02-28"),
        (moved("atm_withdrawal", code="1950", employee=ADA), "Ada Holm - Cash withdrawal"),
        (
            moved("direct_reimbursement", code="2890", employee=ADA, settles=("BOOK-8", "BOOK-9"), **TO_EMPLOYEE),
            "Ada Holm - Reimbursement to employee - for BOOK-8, BOOK-9",
        ),
    ],
)
def test_no_line_says_only_who(entry: Record, said: str) -> None:
    """An accountant reads it in a list of the account's lines, away from its document."""
    assert described(entry) == said


@pytest.mark.parametrize(
    ("template", "complaint"),
    [
        ("{shop}", "There is no field {shop}"),
        ("{note.__class__}", "There is no field"),
        ("{note!r}", "There is no field"),
        ("{note:>9999999}", "There is no field"),
        ("{}", "There is no field"),
        ("{note", "The braces do not match"),
        ("note}", "The braces do not match"),
        ("x" * 501, "at most 500"),
    ],
)
def test_a_template_that_cannot_be_filled_in_is_not_saved(template: str, complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        XeroSettings(description=template)


def test_braces_in_what_people_write_are_only_text() -> None:
    assert described(record(note="{supplier} {0}"), description="{note}") == "{supplier} {0}"


def test_the_price_at_the_shop_is_told_only_in_another_currency() -> None:
    assert "99.50" not in described(record(original=money("99.50")))
    refund = replace(FULL, kind="refund", contra=account("1930"))
    assert described(replace(refund, original=money("-1125.00", "SEK"))) == described(refund) == described(FULL)


def test_a_narration_says_what_it_is_about_and_ends_with_the_reference() -> None:
    ada = Party("u-1", 'Ada \'the "wheel"\\ Holm', "E-12")
    journal = document_of(moved("personal_spend", code="1610", contra="2890", employee=ada, note="Gift\n\x00card"))

    assert journal.content["Narration"] == journal.reference
    assert journal.reference.startswith("Ada the wheel/ Holm - Gift card [BOOK-1-")


@pytest.mark.parametrize("note", ["n" * 5000, "日" * 5000, "🚆" * 5000, '"' * 9])
def test_a_narration_is_never_too_long_for_xero_or_for_an_address(note: str) -> None:
    journal = document_of(moved("personal_spend", code="1610", contra="2890", note=note, book_id="B" * 90))
    assert len(journal.reference) <= 250
    assert len(journal.reference.encode()) <= 600


@pytest.mark.parametrize(
    "broken",
    [{"tracking": [{"group": "Team"}]}, {"employee_account": "x" * 51}, {"fee": "gift"}, {"company_contact": " "}],
)
def test_settings_that_make_no_sense_are_not_saved(broken: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        XeroSettings(**broken)


def test_every_setting_has_a_title_and_says_what_it_is_for() -> None:
    for name, field in XeroSettings.model_fields.items():
        assert field.title, name
        assert field.description, name
