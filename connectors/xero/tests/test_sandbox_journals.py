from decimal import Decimal
from typing import Any

import pytest

from connectors.xero.sandbox import HARBOUR, NORDWIND
from connectors.xero.tests.app_in_xero import AppInXero


def sent(app: AppInXero, document: dict[str, Any], method: str = "PUT") -> dict[str, Any]:
    [judged] = app.send("ManualJournals", document, method=method)
    return judged


def lines(*amounts: float, **changes: Any) -> list[dict[str, Any]]:
    return [{"LineAmount": amount, "AccountCode": "5800", **changes} for amount in amounts]


def test_a_journal_is_a_draft_without_tax_unless_said(nordwind: AppInXero) -> None:
    made = sent(nordwind, nordwind.journal(Url="http://localhost:8000/p/1"))
    [read] = nordwind.read(f"/ManualJournals/{made['ManualJournalID']}")["ManualJournals"]
    assert (read["Status"], read["LineAmountTypes"]) == ("DRAFT", "NoTax")
    assert (read["Narration"], read["Url"]) == ("Taxi [EXP-1]", "http://localhost:8000/p/1")
    assert [(x["AccountCode"], x["LineAmount"], x["TaxType"]) for x in read["JournalLines"]] == [
        ("5800", Decimal("12.34"), "NONE"),
        ("2890", Decimal("-12.34"), "NONE"),
    ]
    assert read["Date"] == "/Date(1793491200000+0000)/"


def test_a_judged_journal_has_no_status_string_unless_switched(nordwind: AppInXero) -> None:
    assert "StatusAttributeString" not in sent(nordwind, nordwind.journal())
    nordwind.sandbox.switch(tell_journal_status=True)
    assert sent(nordwind, nordwind.journal())["StatusAttributeString"] == "OK"


def test_an_unknown_account_is_removed_from_a_draft_with_a_warning_only(nordwind: AppInXero) -> None:
    bad, good = lines(10, AccountCode="476")[0], lines(-10)[0]
    made = sent(nordwind, nordwind.journal(bad, good))
    assert made["Warnings"] == [
        {"Message": "Account code '476' has been removed as it does not match a recognised account."}
    ]
    assert made["ManualJournalID"] != "00000000-0000-0000-0000-000000000000"
    assert "ValidationErrors" not in made
    [kept] = nordwind.sandbox.written("journals", NORDWIND)
    assert [line["LineAmount"] for line in kept["JournalLines"]] == [-10]


def test_an_unknown_account_refuses_a_posted_journal(nordwind: AppInXero) -> None:
    posted = nordwind.journal(*lines(10, AccountCode="476"), *lines(-10), Status="POSTED")
    assert nordwind.complaints(posted, plural="ManualJournals") == [
        "Account code '476' is not a valid code for this document."
    ]


def test_what_was_left_lopsided_cannot_be_posted(nordwind: AppInXero) -> None:
    made = sent(nordwind, nordwind.journal(*lines(10, AccountCode="476"), *lines(-10)))
    said = nordwind.complaints(
        {"ManualJournalID": made["ManualJournalID"], "Status": "POSTED"}, "POST", plural="ManualJournals"
    )
    assert "The total debits (0.00) must equal total credits (-10.00)" in said


@pytest.mark.parametrize("status", ["DRAFT", "POSTED"])
@pytest.mark.parametrize(
    "code",
    ["1920", "1930", "1510", "2440", "2099", "2091", "2892", "2990", "3960", "3961", "3962"],
)
def test_bank_and_system_accounts_are_refused(nordwind: AppInXero, code: str, status: str) -> None:
    document = nordwind.journal(*lines(10), *lines(-10, AccountCode=code), Status=status)
    assert nordwind.complaints(document, plural="ManualJournals") == [
        f"Account code '{code}' is not a valid code for this document."
    ]


@pytest.mark.parametrize("code", ["2640", "3740"])
def test_the_accounts_of_tax_and_rounding_are_taken(nordwind: AppInXero, code: str) -> None:
    document = nordwind.journal(*lines(10), *lines(-10, AccountCode=code))
    assert nordwind.complaints(document, plural="ManualJournals") == []


def test_an_archived_account_is_refused_also_in_a_draft(nordwind: AppInXero) -> None:
    document = nordwind.journal(*lines(10, AccountCode="5990"), *lines(-10))
    [said] = nordwind.complaints(document, plural="ManualJournals")
    assert said.startswith("Account code '5990' has been archived")


@pytest.mark.parametrize(
    ("kind", "amounts", "fits"),
    [
        ("NoTax", [119, -119], True),
        ("Inclusive", [119, -119], True),
        ("Exclusive", [100, -119], True),
        ("Exclusive", [119, -119], False),
        ("NoTax", [0.01, -0.02], False),
    ],
)
def test_debits_equal_credits_with_the_tax_that_comes_on_top(
    nordwind: AppInXero, kind: str, amounts: list[float], fits: bool
) -> None:
    taxed, plain = lines(amounts[0], TaxType="INPUT"), lines(amounts[1], AccountCode="2890")
    document = nordwind.journal(*taxed, *plain, LineAmountTypes=kind)
    said = nordwind.complaints(document, plural="ManualJournals")
    assert bool(said) is not fits
    assert fits or said[0].startswith("The total debits (")


def test_tax_and_tracking_of_a_line_are_echoed(nordwind: AppInXero) -> None:
    tracked = {"Tracking": [{"Name": "Team", "Option": "Sales"}, {"Name": "Team", "Option": "Print"}]}
    made = sent(
        nordwind,
        nordwind.journal(*lines(119, **tracked), *lines(-119, AccountCode="2890"), LineAmountTypes="Inclusive"),
    )
    first, second = made["JournalLines"]
    assert (first["TaxType"], first["TaxAmount"], second["TaxAmount"]) == ("INPUT", 19, 0)
    assert [one["Option"] for one in first["Tracking"]] == ["Sales"]


MOVES = {
    "DRAFT": {"DRAFT", "POSTED", "DELETED"},
    "POSTED": {"POSTED", "VOIDED"},
    "DELETED": set(),
    "VOIDED": set(),
}


@pytest.mark.parametrize("was", MOVES)
def test_a_journal_moves_only_as_xero_allows(nordwind: AppInXero, was: str) -> None:
    for wanted in ("DRAFT", "POSTED", "DELETED", "VOIDED", "ARCHIVED"):
        begin = "POSTED" if was in {"POSTED", "VOIDED"} else "DRAFT"
        made = sent(nordwind, nordwind.journal(Status=begin))["ManualJournalID"]
        if was != begin:
            nordwind.sandbox.people.void(made)
        change = {"ManualJournalID": made, "Status": wanted}
        allowed = nordwind.complaints(change, "POST", plural="ManualJournals") == []
        assert allowed == (wanted in MOVES[was]), (was, wanted)


def test_a_status_alone_keeps_the_lines(nordwind: AppInXero) -> None:
    made = sent(nordwind, nordwind.journal())["ManualJournalID"]
    posted = nordwind.call("POST", f"/ManualJournals/{made}", {"Status": "POSTED"}).json()["ManualJournals"][0]
    assert (posted["Status"], len(posted["JournalLines"])) == ("POSTED", 2)


def test_a_locked_period_takes_no_journal_and_changes_none(nordwind: AppInXero) -> None:
    made = sent(nordwind, nordwind.journal())["ManualJournalID"]
    nordwind.sandbox.change_organisation(NORDWIND, PeriodLockDate="2026-11-30")
    for document, method in ((nordwind.journal(), "PUT"), ({"ManualJournalID": made, "Status": "POSTED"}, "POST")):
        [said] = nordwind.complaints(document, method, plural="ManualJournals")
        assert "currently set at 30 November 2026" in said


def test_it_is_found_by_its_exact_narration(nordwind: AppInXero) -> None:
    nordwind.send("ManualJournals", nordwind.journal(), nordwind.journal(Narration="Taxi [EXP-2]"))
    found = nordwind.read("/ManualJournals", where='Narration=="Taxi [EXP-1]"', page="1")["ManualJournals"]
    assert [one["Narration"] for one in found] == ["Taxi [EXP-1]"]
    assert len(found[0]["JournalLines"]) == 2
    assert "JournalLines" not in nordwind.read("/ManualJournals")["ManualJournals"][0]


def test_without_the_right_to_reports_it_is_forbidden_and_the_tokens_live_on(nordwind: AppInXero) -> None:
    nordwind.sandbox.switch(reports_permission=False)
    for method in ("GET", "PUT", "POST"):
        answer = nordwind.call(method, "/ManualJournals", None if method == "GET" else nordwind.journal())
        assert (answer.status_code, answer.json()["Title"]) == (403, "Forbidden")
        assert answer.json()["Detail"] != "AuthenticationUnsuccessful"
    assert nordwind.call("GET", "/Invoices").status_code == 200
    assert nordwind.sandbox.written("journals", NORDWIND) == []


def test_another_organisation_does_not_see_it(nordwind: AppInXero, harbour: AppInXero) -> None:
    made = sent(nordwind, nordwind.journal())["ManualJournalID"]
    assert harbour.call("GET", f"/ManualJournals/{made}").status_code == 404
    assert harbour.sandbox.written("journals", HARBOUR) == []
