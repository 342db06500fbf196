from typing import Any

import pytest

from connectors.xero.sandbox import NORDWIND
from connectors.xero.tests.app_in_xero import AppInXero


def made(app: AppInXero, status: str = "DRAFT", **changes: Any) -> str:
    [bill] = app.put(app.bill(Status=status, DueDate="2026-11-15", **changes))
    found: str = bill["InvoiceID"]
    return found


def post(app: AppInXero, bill_id: str, **changes: Any) -> dict[str, Any]:
    [judged] = app.put({"InvoiceID": bill_id, **changes}, method="POST")
    return judged


def ended(app: AppInXero, status: str) -> str:
    """A bill in this status, reached by the allowed moves."""
    if status in {"DRAFT", "SUBMITTED", "AUTHORISED"}:
        return made(app, status)
    bill = made(app, "AUTHORISED" if status == "VOIDED" else "DRAFT")
    post(app, bill, Status=status)
    return bill


OPEN = {"DRAFT", "SUBMITTED", "AUTHORISED"}
MOVES = {
    "DRAFT": OPEN | {"DELETED"},
    "SUBMITTED": OPEN | {"DELETED"},
    "AUTHORISED": {"AUTHORISED", "VOIDED"},
    "VOIDED": set(),
    "DELETED": set(),
}


@pytest.mark.parametrize("was", MOVES)
def test_a_bill_moves_only_as_xero_allows(nordwind: AppInXero, was: str) -> None:
    for wanted in ("DRAFT", "SUBMITTED", "AUTHORISED", "VOIDED", "DELETED", "PAID"):
        judged = post(nordwind, ended(nordwind, was), Status=wanted)
        allowed = judged["StatusAttributeString"] == "OK"
        assert allowed == (wanted in MOVES[was]), (was, wanted)
        assert allowed or "not of valid status" in judged["ValidationErrors"][0]["Message"]


def test_a_change_of_status_keeps_the_lines(nordwind: AppInXero) -> None:
    bill = made(nordwind)
    [before] = nordwind.sandbox.bills(NORDWIND)
    assert post(nordwind, bill, Status="AUTHORISED")["Status"] == "AUTHORISED"
    [after] = nordwind.sandbox.bills(NORDWIND)
    assert after["LineItems"] == before["LineItems"]


def test_a_line_without_its_id_is_made_anew_and_with_it_is_changed(nordwind: AppInXero) -> None:
    bill = made(nordwind)
    [line] = nordwind.sandbox.bills(NORDWIND)[0]["LineItems"]
    kept = {"LineItemID": line["LineItemID"], "UnitAmount": 20}
    new = {"Description": "Tip", "UnitAmount": 1, "AccountCode": "5800"}
    judged = post(nordwind, bill, LineItems=[kept, new])
    first, second = judged["LineItems"]
    assert (first["LineItemID"], first["Description"], first["LineAmount"]) == (line["LineItemID"], "Taxi", 20)
    assert second["LineItemID"] != line["LineItemID"]
    [only] = post(nordwind, bill, LineItems=[new])["LineItems"]
    assert only["Description"] == "Tip"


def test_a_locked_bill_changes_in_no_way(nordwind: AppInXero) -> None:
    bill = made(nordwind)
    nordwind.sandbox.change_organisation(NORDWIND, PeriodLockDate="2026-11-30")
    [error] = post(nordwind, bill, Date="2026-12-01")["ValidationErrors"]
    assert "cannot be before the period lock date" in error["Message"]
    assert nordwind.sandbox.bills(NORDWIND)[0]["Date"] == "2026-11-01"


def test_a_bill_cannot_move_into_a_locked_period(nordwind: AppInXero) -> None:
    assert post(nordwind, made(nordwind), Date="2024-12-31")["HasErrors"] is True


def test_a_refused_change_answers_with_the_id_of_the_bill(nordwind: AppInXero) -> None:
    bill = ended(nordwind, "DELETED")
    assert post(nordwind, bill, Url="http://localhost/")["InvoiceID"] == bill


def test_an_unknown_id_is_refused(nordwind: AppInXero) -> None:
    assert post(nordwind, NORDWIND)["ValidationErrors"][0]["Message"] == "The invoice could not be found."


def test_posting_a_known_number_overwrites_the_bill(nordwind: AppInXero) -> None:
    first = made(nordwind)
    [judged] = nordwind.put(nordwind.bill({"UnitAmount": 99}), method="POST")
    assert judged["InvoiceID"] == first
    assert len(nordwind.sandbox.bills(NORDWIND)) == 1


def test_posting_a_number_nobody_has_creates_a_bill(nordwind: AppInXero) -> None:
    nordwind.put(nordwind.bill(), method="POST")
    assert len(nordwind.sandbox.bills(NORDWIND)) == 1


def test_a_bill_can_be_changed_at_its_own_address(nordwind: AppInXero) -> None:
    bill = made(nordwind, "AUTHORISED")
    answer = nordwind.call("POST", f"/Invoices/{bill}", {"Status": "VOIDED"})
    assert answer.json()["Invoices"][0]["Status"] == "VOIDED"
    assert answer.json()["Invoices"][0]["AmountDue"] == 0


def test_another_organisation_cannot_see_or_change_it(nordwind: AppInXero, harbour: AppInXero) -> None:
    bill = made(nordwind)
    assert harbour.call("GET", f"/Invoices/{bill}").status_code == 404
    assert harbour.put({"InvoiceID": bill, "Status": "DELETED"}, method="POST")[0]["HasErrors"] is True
    assert nordwind.sandbox.bills(NORDWIND)[0]["Status"] == "DRAFT"


def test_an_account_archived_meanwhile_refuses_the_line(nordwind: AppInXero) -> None:
    nordwind.sandbox.archive_account(NORDWIND, "5800")
    [said] = nordwind.complaints(nordwind.bill())
    assert "has been archived" in said
