import pytest

from connectors.sap_b1.tests.client import Program


@pytest.fixture
def invoices(nordwind: Program) -> Program:
    for number in range(25):
        nordwind.posted(NumAtCard=f"INV-{number:02}", U_CausewayId=f"id-{number:02}")
    return nordwind


def test_a_page_has_twenty_rows_and_a_relative_link_to_the_next(invoices: Program) -> None:
    first = invoices.read("/PurchaseInvoices")
    assert len(first["value"]) == 20
    assert first["@odata.nextLink"] == "PurchaseInvoices?$skip=20"
    second = invoices.read(f"/{first['@odata.nextLink']}")
    assert [one["NumAtCard"] for one in second["value"]] == [f"INV-{n}" for n in range(20, 25)]
    assert "@odata.nextLink" not in second


def test_the_next_link_keeps_the_filter_and_forgets_the_choice_of_properties(invoices: Program) -> None:
    asked = {"$filter": "DocTotal gt 0", "$select": "DocEntry"}
    assert invoices.read("/PurchaseInvoices", **asked)["@odata.nextLink"] == (
        "PurchaseInvoices?$skip=20&$filter=DocTotal gt 0"
    )


@pytest.mark.parametrize("header", [{"Prefer": "odata.maxpagesize=7"}, {"B1S-PageSize": "7"}])
def test_the_size_of_a_page_is_a_wish_in_a_header(invoices: Program, header: dict[str, str]) -> None:
    assert len(invoices.read("/PurchaseInvoices", headers=header)["value"]) == 7


def test_with_top_no_link_comes_although_there_is_more(invoices: Program) -> None:
    found = invoices.read("/PurchaseInvoices", **{"$top": "3", "$orderby": "DocEntry desc", "$count": "true"})
    assert [one["NumAtCard"] for one in found["value"]] == ["INV-24", "INV-23", "INV-22"]
    assert found["@odata.count"] == 25
    assert "@odata.nextLink" not in found


def test_a_count_is_plain_text(invoices: Program) -> None:
    answer = invoices.call("GET", "/PurchaseInvoices/$count", params={"$filter": "endswith(NumAtCard,'4')"})
    assert (answer.text, answer.headers["Content-Type"].partition(";")[0]) == ("3", "text/plain")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("U_CausewayId eq 'id-03'", ["INV-03"]),
        ("U_CausewayId eq 'ID-03'", []),
        ("NumAtCard ge 'INV-23' and not (NumAtCard eq 'INV-24')", ["INV-23"]),
        ("startswith(NumAtCard,'INV-0') and contains(NumAtCard,'07') or NumAtCard eq 'INV-11'", ["INV-07", "INV-11"]),
        ("DocDate ge '2026-11-01' and NumAtCard lt 'INV-01'", ["INV-00"]),
        ("Cancelled eq 'tYES'", []),
        ("DocTotal ne 119 or NumAtCard eq 'O''Hara'", []),
    ],
)
def test_filters(invoices: Program, words: str, found: list[str]) -> None:
    rows = invoices.read("/PurchaseInvoices", **{"$filter": words})["value"]
    assert [row["NumAtCard"] for row in rows] == found


def test_text_is_compared_without_case_when_the_call_says_so(invoices: Program) -> None:
    asked = {"$filter": "U_CausewayId eq 'ID-03'"}
    assert len(invoices.read("/PurchaseInvoices", {"B1S-CaseInsensitive": "true"}, **asked)["value"]) == 1


@pytest.mark.parametrize(
    "words", ["Frozen eq false", "year(DocDate) eq 2026", "DocTotal add 1 eq 2", "(DocEntry eq 1", "'a' eq"]
)
def test_what_the_service_layer_cannot_parse_is_a_bad_query(nordwind: Program, words: str) -> None:
    assert nordwind.call("GET", "/BusinessPartners", params={"$filter": words}).json()["error"]["code"] == "201"


def test_a_key_is_quoted_where_it_is_text_and_only_there(nordwind: Program) -> None:
    entry = nordwind.posted()
    assert nordwind.read(f"/PurchaseInvoices({entry})")["NumAtCard"] == "INV-4711"
    assert nordwind.read("/BusinessPartners('V10023')")["CardName"] == "Tipografia Sol"
    assert nordwind.call("GET", f"/PurchaseInvoices('{entry}')").status_code == 400
    assert nordwind.call("GET", "/BusinessPartners(V10023)").status_code == 400


def test_days_are_answered_as_moments(nordwind: Program) -> None:
    assert nordwind.read(f"/PurchaseInvoices({nordwind.posted()})")["DocDate"] == "2026-11-01T00:00:00Z"


def test_only_what_is_selected_is_answered(nordwind: Program) -> None:
    nordwind.posted(U_CausewayId="one")
    [row] = nordwind.read("/PurchaseInvoices", **{"$select": "DocEntry,U_CausewayId"})["value"]
    assert row == {"DocEntry": 9001, "U_CausewayId": "one"}


def test_user_fields_do_not_fit_on_one_page(nordwind: Program) -> None:
    rows = nordwind.read("/UserFieldsMD", **{"$filter": "TableName eq 'OPCH'"})
    assert len(rows["value"]) == 20
    assert "@odata.nextLink" in rows
