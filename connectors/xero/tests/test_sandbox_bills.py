from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from connectors.xero.sandbox import NORDWIND
from connectors.xero.tests.app_in_xero import AppInXero

ZERO = "00000000-0000-0000-0000-000000000000"


def test_a_draft_is_kept_and_read_back(nordwind: AppInXero) -> None:
    [made] = nordwind.put(nordwind.bill(Url="http://localhost:8000/p/1", DueDate="2026-11-15"))
    assert (made["StatusAttributeString"], made["HasErrors"], made["Status"]) == ("OK", False, "DRAFT")
    [read] = nordwind.read(f"/Invoices/{made['InvoiceID']}")["Invoices"]
    assert read["InvoiceNumber"] == "EXP-1"
    assert read["Contact"]["Name"] == "RAIL AB"
    assert (read["DateString"], read["Date"]) == ("2026-11-01T00:00:00", "/Date(1793491200000+0000)/")
    assert read["DueDateString"] == "2026-11-15T00:00:00"
    assert read["Url"] == "http://localhost:8000/p/1"


def test_each_element_is_judged_alone_and_in_order(nordwind: AppInXero) -> None:
    good = [nordwind.bill(InvoiceNumber=f"EXP-{n}") for n in (1, 3)]
    bad = nordwind.bill({"AccountCode": "999"}, InvoiceNumber="EXP-2")
    odd = nordwind.bill(InvoiceNumber="EXP-4", CurrencyCode="SEK", CurrencyRate=99)
    judged = nordwind.put(good[0], bad, good[1], odd)
    assert [b["InvoiceNumber"] for b in judged] == ["EXP-1", "EXP-2", "EXP-3", "EXP-4"]
    assert [b["StatusAttributeString"] for b in judged] == ["OK", "ERROR", "OK", "WARNING"]
    assert [b["HasErrors"] for b in judged] == [False, True, False, False]
    assert judged[1]["InvoiceID"] == ZERO
    assert judged[1]["ValidationErrors"] == [{"Message": "Account code '999' is not a valid code for this document."}]
    assert "differs much from the day rate" in judged[3]["Warnings"][0]["Message"]
    assert len(nordwind.sandbox.bills(NORDWIND)) == 3


@pytest.mark.parametrize("query", ["", "?summarizeErrors=true"])
def test_otherwise_one_bad_bill_refuses_the_call_and_nothing_is_kept(nordwind: AppInXero, query: str) -> None:
    new = nordwind.bill(Contact={"Name": "Not yet known"})
    bad = nordwind.bill({"AccountCode": "999"}, InvoiceNumber="EXP-2")
    answer = nordwind.call("PUT", f"/Invoices{query}", {"Invoices": [new, bad]})
    assert answer.status_code == 400
    body = answer.json()
    assert (body["ErrorNumber"], body["Type"]) == (10, "ValidationException")
    assert [element["InvoiceNumber"] for element in body["Elements"]] == ["EXP-2"]
    assert nordwind.sandbox.bills(NORDWIND) == []
    assert nordwind.sandbox.contacts(NORDWIND, Name="Not yet known") == []
    assert nordwind.sandbox.writes == 0


def test_more_than_fifty_bills_in_one_call_are_taken(nordwind: AppInXero) -> None:
    judged = nordwind.put(*(nordwind.bill(InvoiceNumber=f"EXP-{n}") for n in range(60)))
    assert {bill["StatusAttributeString"] for bill in judged} == {"OK"}
    assert nordwind.sandbox.writes == 60


def test_one_bare_bill_is_taken_too(nordwind: AppInXero) -> None:
    assert nordwind.call("PUT", "/Invoices", nordwind.bill()).status_code == 200


def test_all_that_is_wrong_is_said(nordwind: AppInXero) -> None:
    wrong = nordwind.bill({"Description": "", "AccountCode": "999"}, CurrencyCode="CHF", Url="http://xero.com")
    assert len(nordwind.complaints(wrong)) == 4


def test_the_number_of_a_bill_is_not_unique(nordwind: AppInXero) -> None:
    nordwind.put(nordwind.bill())
    nordwind.put(nordwind.bill())
    assert [bill["InvoiceNumber"] for bill in nordwind.sandbox.bills(NORDWIND)] == ["EXP-1", "EXP-1"]


def test_names_of_fields_are_read_in_any_case_and_numbers_as_text(nordwind: AppInXero) -> None:
    line = {"description": "Taxi", "QUANTITY": "1", "unitamount": "12.34", "AccountCode": "5800"}
    [made] = nordwind.put(nordwind.bill(LineItems=None, Lineitems=[line]))
    assert made["SubTotal"] == Decimal("12.34")


def test_what_only_xero_may_say_is_ignored(nordwind: AppInXero) -> None:
    [made] = nordwind.put(nordwind.bill(Total=1, SubTotal=1, AmountDue=1, HasErrors=True, Reference="R"))
    assert (made["Total"], made["AmountDue"]) == (Decimal("14.68"), Decimal("14.68"))
    assert made["HasErrors"] is False
    assert "Reference" not in made  # of sales invoices only


def test_a_draft_may_have_no_lines_and_no_account(nordwind: AppInXero) -> None:
    assert nordwind.complaints(nordwind.bill(LineItems=None)) == []
    assert nordwind.complaints(nordwind.bill({"AccountCode": None})) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"Type": None}, "The invoice type must be specified."),
        ({"Contact": {}}, "The Contact must contain at least 1 of the following elements"),
        ({"Contact": {"ContactID": NORDWIND}}, "The contact could not be found."),
        ({"Contact": {"Name": "A  B"}}, "double spaces"),
        ({"InvoiceNumber": "9" * 256}, "must not exceed 255"),
        ({"InvoiceNumber": "Müller-1"}, "printable ASCII"),
        ({"InvoiceNumber": "EXP\n1"}, "printable ASCII"),
        ({"InvoiceID": NORDWIND}, "cannot be chosen"),
        ({"Url": "localhost/p/1"}, "Url must be a valid"),
        ({"Url": "javascript:alert(1)"}, "Url must be a valid"),
        ({"Url": "https://example.com/xero/1"}, "must not contain the word xero"),
        ({"CurrencyCode": "CHF"}, "Organisation is not subscribed to currency CHF"),
        ({"CurrencyRate": -1}, "must be greater than zero"),
        ({"Status": "PAID"}, "not of valid status for creation"),
        ({"Status": "VOIDED"}, "not of valid status for creation"),
        ({"Status": "AUTHORISED"}, "The due date must be specified"),
        ({"Status": "SUBMITTED", "LineItems": []}, "One or more line items must be specified"),
        ({"Date": "2024-12-31"}, "cannot be before the period lock date, currently set at 31 December 2024"),
        ({"Date": "2023-12-31"}, "cannot be before the period lock date"),
    ],
)
def test_what_is_refused_in_a_bill(nordwind: AppInXero, changes: dict[str, Any], message: str) -> None:
    [said] = nordwind.complaints(nordwind.bill(**changes))
    assert message in said


def test_the_end_of_year_lock_has_its_own_message(harbour: AppInXero) -> None:
    contact = {"ContactID": harbour.contact("Quay Supplies")}
    [said] = harbour.complaints(harbour.bill({"AccountCode": "493"}, Contact=contact, Date="2024-03-31"))
    assert "cannot be before the end of year lock date, currently set at 31 March 2024" in said
    assert harbour.complaints(harbour.bill({"AccountCode": "493"}, Contact=contact, Date="2024-04-01")) == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"Description": ""}, "Description must be at least 1 character"),
        ({"Description": None}, "Description must be at least 1 character"),
        ({"Description": "d" * 4001}, "Description must not exceed 4000"),
        ({"AccountCode": "999"}, "Account code '999' is not a valid code for this document."),
        ({"AccountCode": "1930"}, "Account code '1930' is not a valid code"),  # a bank account
        ({"AccountCode": "2440"}, "Account code '2440' is not a valid code"),  # accounts payable
        (
            {"AccountCode": "5990"},
            "Account code '5990' has been archived, or has been deleted."
            " Each line item must reference a valid account.",
        ),
        ({"TaxType": "OUTPUT"}, "The TaxType code 'OUTPUT' cannot be used with account code '5800'."),
        ({"TaxType": "NOPE"}, "The TaxType code 'NOPE' cannot be used with account code '5800'."),
        ({"TaxType": "TAX009"}, "The TaxType code 'TAX009' cannot be used"),  # archived
        ({"AccountCode": "3000", "TaxType": "INPUT"}, "cannot be used with account code '3000'"),
        ({"LineAmount": 12.35}, "The line total 12.35 does not match the expected line total 12.34"),
        ({"UnitAmount": 10_000_000_000}, "must not exceed 9999999999.99"),
        ({"DiscountRate": 10}, "Discounts cannot be applied"),
        ({"Tracking": [{"Name": "Team", "Option": "Sales"}] * 3}, "more than 2 tracking categories"),
        ({"UnitAmount": -1}, "cannot be negative"),
    ],
)
def test_what_is_refused_in_a_line(nordwind: AppInXero, line: dict[str, Any], message: str) -> None:
    [said] = nordwind.complaints(nordwind.bill(line))
    assert message in said


def test_a_line_that_is_to_be_approved_needs_an_account(nordwind: AppInXero) -> None:
    bill = nordwind.bill({"AccountCode": None}, Status="AUTHORISED", DueDate="2026-11-15")
    assert nordwind.complaints(bill) == ["Account code must be specified."]


def test_a_description_of_4000_characters_is_taken(nordwind: AppInXero) -> None:
    assert nordwind.complaints(nordwind.bill({"Description": "d" * 4000})) == []


def test_an_account_may_be_named_by_its_id(nordwind: AppInXero) -> None:
    [account] = [a for a in nordwind.read("/Accounts")["Accounts"] if a["Code"] == "5830"]
    [made] = nordwind.put(nordwind.bill({"AccountCode": None, "AccountID": account["AccountID"]}))
    assert (made["LineItems"][0]["AccountCode"], made["LineItems"][0]["TaxType"]) == ("5830", "TAX001")


def test_tracking_is_echoed_and_what_is_archived_or_unknown_vanishes(nordwind: AppInXero) -> None:
    asked = [{"Name": "Team", "Option": "Sales"}, {"Name": "Team", "Option": "Print"}]
    [made] = nordwind.put(nordwind.bill({"Tracking": asked}, {"Tracking": [{"Name": "No", "Option": "No"}]}))
    [kept] = made["LineItems"][0]["Tracking"]
    assert (kept["Name"], kept["Option"]) == ("Team", "Sales")
    assert made["LineItems"][1]["Tracking"] == []


def test_tracking_may_be_named_by_ids(nordwind: AppInXero) -> None:
    _, region = nordwind.read("/TrackingCategories")["TrackingCategories"]
    ids = {"TrackingCategoryID": region["TrackingCategoryID"]}
    ids["TrackingOptionID"] = region["Options"][1]["TrackingOptionID"]
    [made] = nordwind.put(nordwind.bill({"Tracking": [ids]}))
    assert made["LineItems"][0]["Tracking"][0]["Option"] == "South"


def test_a_bare_name_creates_a_contact_in_silence(nordwind: AppInXero) -> None:
    [first, second] = nordwind.put(*[nordwind.bill(Contact={"Name": "Corner Kiosk"})] * 2)
    assert first["Contact"]["ContactID"] == second["Contact"]["ContactID"] == nordwind.contact("Corner Kiosk")


def test_a_known_name_is_not_created_again(nordwind: AppInXero) -> None:
    [made] = nordwind.put(nordwind.bill(Contact={"Name": "rail ab "}))
    assert made["Contact"]["ContactID"] == nordwind.contact("RAIL AB")


def test_another_name_beside_the_id_renames_the_contact(nordwind: AppInXero) -> None:
    known = nordwind.contact("RAIL AB")
    nordwind.put(nordwind.bill(Contact={"ContactID": known, "Name": "Rail Europe"}))
    assert nordwind.contact("Rail Europe") == known


def test_an_archived_contact_is_refused(nordwind: AppInXero) -> None:
    [said] = nordwind.complaints(nordwind.bill(Contact={"ContactID": nordwind.contact("Closed Café")}))
    assert said.startswith("The contact with the specified contact details has been archived.")


@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        b'{"Invoices":[]}',
        b'{"Invoices":{"Type":"ACCPAY"}}',
        b'{"Invoices":[{"Type":"ACCPAYX"}]}',
        b'{"Invoices":[{"Type":"ACCPAY","Contact":{"ContactID":"no-guid"}}]}',
        b'{"Invoices":[{"Type":"ACCPAY","LineItems":[{"UnitAmount":"12,34"}]}]}',
        b'{"Invoices":[{"Type":"ACCPAY","LineItems":[{"UnitAmount":NaN}]}]}',
        b'{"Invoices":[{"Type":"ACCPAY","Date":"01/11/2026"}]}',
        b'{"Invoices":[{"Type":"ACCPAY","CurrencyCode":"EURO"}]}',
        b'{"Invoices":[{"Type":"ACCPAY","LineAmountTypes":"Gross"}]}',
        b'{"Invoices":[{"Type":"ACCPAY","Status":"OPEN"}]}',
        b"[" * 100_000,
    ],
)
def test_what_cannot_be_read_refuses_the_whole_call(nordwind: AppInXero, body: bytes) -> None:
    answer = nordwind.call("PUT", "/Invoices?summarizeErrors=false", body)
    assert answer.status_code == 400
    assert (answer.json()["ErrorNumber"], answer.json()["Type"]) == (17, "PostDataInvalidException")
    assert nordwind.sandbox.bills(NORDWIND) == []


def test_a_body_that_is_not_called_json_is_refused(nordwind: AppInXero) -> None:
    answer = nordwind.call("PUT", "/Invoices", nordwind.bill(), headers={"Content-Type": "text/xml"})
    assert answer.status_code == 400


def test_the_date_is_today_where_the_organisation_is(nordwind: AppInXero) -> None:
    now = nordwind.sandbox.clock.now()
    last_hour = now.replace(hour=23, minute=30, second=0)
    nordwind.sandbox.clock.advance(int((last_hour - now).total_seconds()))
    nordwind.connect()  # the token of before has expired by now, or is not yet valid
    [made] = nordwind.put(nordwind.bill(Date=None))
    assert made["DateString"][:10] == (last_hour.date() + timedelta(days=1)).isoformat()
