from typing import Any
from urllib.parse import quote

import pytest

from connectors.xero.sandbox import NORDWIND
from connectors.xero.tests.app_in_xero import AppInXero


def send(app: AppInXero, *contacts: dict[str, Any], method: str = "PUT") -> list[dict[str, Any]]:
    answer = app.call(method, "/Contacts?summarizeErrors=false", {"Contacts": list(contacts)})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["Contacts"]
    return found


def said(app: AppInXero, contact: dict[str, Any], method: str = "PUT") -> str:
    before = app.sandbox.contacts(NORDWIND)
    [judged] = send(app, contact, method=method)
    assert judged["StatusAttributeString"] == "ERROR"
    assert judged["HasValidationErrors"] is True
    assert app.sandbox.contacts(NORDWIND) == before
    return " / ".join(error["Message"] for error in judged["ValidationErrors"])


def test_a_contact_is_created_and_found_by_id_and_by_number(nordwind: AppInXero) -> None:
    [made] = send(nordwind, {"Name": "Taxi Nord", "ContactNumber": "SUP-7"})
    assert made["StatusAttributeString"] == "OK"
    for key in (made["ContactID"], "SUP-7"):
        [found] = nordwind.read(f"/Contacts/{key}")["Contacts"]
        assert (found["Name"], found["ContactID"]) == ("Taxi Nord", made["ContactID"])


def test_a_number_that_nobody_has_is_not_found(nordwind: AppInXero) -> None:
    assert nordwind.call("GET", "/Contacts/SUP-404").status_code == 404


@pytest.mark.parametrize("name", ["RAIL AB", "rail ab", "Buro Muller"])
def test_a_name_is_taken_whatever_its_case_and_accents(nordwind: AppInXero, name: str) -> None:
    assert said(nordwind, {"Name": name}).startswith(
        f"The contact name {name} is already assigned to another contact."
        " The contact name must be unique across all active contacts"
    )


def test_outer_spaces_make_no_new_name(nordwind: AppInXero) -> None:
    assert "is already assigned to another contact" in said(nordwind, {"Name": " RAIL AB "})


def test_the_name_of_an_archived_contact_is_free(nordwind: AppInXero) -> None:
    assert send(nordwind, {"Name": "Closed Café"})[0]["StatusAttributeString"] == "OK"


def test_two_of_one_name_in_a_batch_make_one(nordwind: AppInXero) -> None:
    judged = send(nordwind, {"Name": "Twin"}, {"Name": "Twin"})
    assert [contact["StatusAttributeString"] for contact in judged] == ["OK", "ERROR"]


def test_a_number_is_unique(nordwind: AppInXero) -> None:
    assert "contact number SUP-1 is already assigned" in said(nordwind, {"Name": "X", "ContactNumber": "SUP-1"})


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "must be specified"),
        ("n" * 256, "must not exceed 255"),
        ("A<B", "cannot contain the characters"),
        ("A>B", "cannot contain the characters"),
        (" A", "leading, trailing or double spaces"),
        ("A ", "leading, trailing or double spaces"),
        ("A  B", "leading, trailing or double spaces"),
    ],
)
def test_the_rules_for_names(nordwind: AppInXero, name: str, message: str) -> None:
    assert message in said(nordwind, {"Name": name})


def test_a_name_of_255_characters_is_taken(nordwind: AppInXero) -> None:
    assert send(nordwind, {"Name": "n" * 255})[0]["StatusAttributeString"] == "OK"


def test_a_number_has_at_most_fifty_characters(nordwind: AppInXero) -> None:
    assert "must not exceed 50" in said(nordwind, {"Name": "X", "ContactNumber": "9" * 51})
    assert send(nordwind, {"Name": "X", "ContactNumber": "9" * 50})[0]["StatusAttributeString"] == "OK"


def test_an_email_address_must_be_one(nordwind: AppInXero) -> None:
    assert said(nordwind, {"Name": "X", "EmailAddress": "nobody"}) == "Email address must be valid"


def test_an_id_cannot_be_chosen(nordwind: AppInXero) -> None:
    assert "cannot be chosen" in said(nordwind, {"Name": "X", "ContactID": nordwind.contact("RAIL AB")})


def test_without_summarize_errors_false_one_refusal_refuses_the_call(nordwind: AppInXero) -> None:
    before = nordwind.sandbox.contacts(NORDWIND)
    answer = nordwind.call("PUT", "/Contacts", {"Contacts": [{"Name": "Good"}, {"Name": "RAIL AB"}]})
    assert answer.status_code == 400
    body = answer.json()
    assert (body["ErrorNumber"], body["Type"]) == (10, "ValidationException")
    assert body["Message"] == "A validation exception occurred"
    assert [element["Name"] for element in body["Elements"]] == ["RAIL AB"]
    assert nordwind.sandbox.contacts(NORDWIND) == before


def test_post_updates_only_what_it_names(nordwind: AppInXero) -> None:
    known = nordwind.contact("Anna Berg")
    [changed] = send(nordwind, {"ContactID": known, "AccountNumber": "A1"}, method="POST")
    assert (changed["ContactID"], changed["AccountNumber"]) == (known, "A1")
    assert (changed["Name"], changed["EmailAddress"]) == ("Anna Berg", "anna.berg@example.com")


@pytest.mark.parametrize("key", [{"ContactNumber": "EMP-1"}, {"Name": "anna berg"}])
def test_post_finds_by_number_or_name(nordwind: AppInXero, key: dict[str, str]) -> None:
    [changed] = send(nordwind, {**key, "FirstName": "Anna"}, method="POST")
    assert changed["ContactID"] == nordwind.sandbox.contacts(NORDWIND, ContactNumber="EMP-1")[0]["id"]


def test_post_creates_what_it_does_not_find(nordwind: AppInXero) -> None:
    [made] = send(nordwind, {"Name": "New one", "ContactNumber": "EMP-2"}, method="POST")
    assert nordwind.contact("New one") == made["ContactID"]


def test_post_of_a_new_number_with_a_taken_name_is_refused(nordwind: AppInXero) -> None:
    message = said(nordwind, {"Name": "RAIL AB", "ContactNumber": "EMP-9"}, method="POST")
    assert "already assigned to another contact" in message


def test_post_to_an_unknown_id_is_refused(nordwind: AppInXero) -> None:
    contact = {"ContactID": NORDWIND, "Name": "X"}
    assert "could not be found" in said(nordwind, contact, method="POST")


def test_a_contact_can_be_archived_and_is_then_hidden(nordwind: AppInXero) -> None:
    send(nordwind, {"ContactID": nordwind.contact("RAIL AB"), "ContactStatus": "ARCHIVED"}, method="POST")
    names = [contact["Name"] for contact in nordwind.read("/Contacts")["Contacts"]]
    assert "RAIL AB" not in names
    every = nordwind.read("/Contacts", includeArchived="true")["Contacts"]
    assert {"RAIL AB", "Closed Café"} <= {contact["Name"] for contact in every}


def test_an_archived_contact_may_share_the_name_of_an_active_one(nordwind: AppInXero) -> None:
    [archived] = nordwind.sandbox.contacts(NORDWIND, Name="Closed Café")
    send(nordwind, {"Name": "Closed Café"})
    [changed] = send(nordwind, {"ContactID": archived["id"], "AccountNumber": "A1"}, method="POST")
    assert changed["StatusAttributeString"] == "OK"
    revived = {"ContactID": archived["id"], "ContactStatus": "ACTIVE"}
    assert "already assigned" in said(nordwind, revived, method="POST")


def test_putting_to_one_contact_is_answered_with_a_500(nordwind: AppInXero) -> None:
    answer = nordwind.call("PUT", f"/Contacts/{nordwind.contact('RAIL AB')}", {"Name": "X"})
    assert answer.status_code == 500
    assert answer.json()["Title"] == "An error occurred"


@pytest.mark.parametrize("sign", ["==", "="])
def test_names_are_found_without_regard_to_case_and_accents(nordwind: AppInXero, sign: str) -> None:
    found = nordwind.read("/Contacts", where=f'Name{sign}"BURO MULLER"')["Contacts"]
    assert [contact["Name"] for contact in found] == ["Büro Müller"]


def test_a_name_with_a_quotation_mark_cannot_be_asked_for(nordwind: AppInXero) -> None:
    answer = nordwind.call("GET", "/Contacts", params={"where": 'Name=="the "best" one"'})
    assert answer.status_code == 400
    assert (answer.json()["ErrorNumber"], answer.json()["Type"]) == (16, "QueryParseException")


def test_search_looks_into_names_numbers_and_addresses(nordwind: AppInXero) -> None:
    for term in ("emp-1", "ANNA", "berg@example"):
        [found] = nordwind.read("/Contacts", searchTerm=term)["Contacts"]
        assert found["Name"] == "Anna Berg"


def test_only_a_page_shows_whole_contacts(nordwind: AppInXero) -> None:
    whole = nordwind.read("/Contacts", page="1", pageSize="2")
    assert whole["pagination"] == {"page": 1, "pageSize": 2, "pageCount": 2, "itemCount": 3}
    assert "ContactNumber" in whole["Contacts"][0]
    thin = nordwind.read("/Contacts")
    assert "pagination" not in thin
    assert "ContactNumber" not in thin["Contacts"][0]


def test_contacts_are_found_by_a_list_of_ids(nordwind: AppInXero) -> None:
    wanted = f"{nordwind.contact('RAIL AB')},{nordwind.contact('Anna Berg')}"
    assert len(nordwind.read("/Contacts", IDs=wanted)["Contacts"]) == 2


def test_another_organisations_contact_is_not_found(nordwind: AppInXero) -> None:
    theirs = nordwind.sandbox.contacts("Harbour & Finch Ltd")[0]["id"]
    assert nordwind.call("GET", f"/Contacts/{theirs}").status_code == 404


def test_a_number_with_odd_characters_can_be_asked_for_when_encoded(nordwind: AppInXero) -> None:
    send(nordwind, {"Name": "Odd", "ContactNumber": "A B&C"})
    assert nordwind.read(f"/Contacts/{quote('A B&C')}")["Contacts"][0]["Name"] == "Odd"
