"""The sandbox's answers against Xero's published contract, when a copy of it is at hand."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_schema_validator import OAS30Validator, oas30_format_checker

from connectors.xero.tests.app_in_xero import AppInXero

ROOT = Path(__file__).parents[3]
CONTRACT = Path(os.environ.get("CAUSEWAY_CONTRACTS", ROOT.parent / "shared/contracts")) / "xero_accounting.yaml"

pytestmark = pytest.mark.skipif(
    not CONTRACT.is_file(), reason=f"NOT CHECKED: Xero's contract is not at {CONTRACT}; set CAUSEWAY_CONTRACTS"
)


@cache
def components() -> dict[str, Any]:
    with CONTRACT.open() as file:
        found: dict[str, Any] = yaml.load(file, Loader=yaml.CSafeLoader)["components"]
    return found


def check(schema: str, body: Any) -> None:
    """Types, enums, lengths and formats by the contract; and no field that it does not know."""
    whole = {"$ref": f"#/components/schemas/{schema}", "components": components()}
    errors = OAS30Validator(whole, format_checker=oas30_format_checker).iter_errors(body)
    assert [f"{error.json_path}: {error.message}" for error in errors] == []
    assert list(unknown(schema, body, schema)) == []


#: Real fields that the contract leaves out; the vendor's own examples show them.
_EXTRA = {"Id", "Status", "ProviderName", "DateTimeUTC", "DateString", "DueDateString", "ValidationErrors"}


def unknown(schema: str, body: Any, place: str) -> Any:
    known = components()["schemas"][schema].get("properties", {})
    for name, value in body.items():
        if name not in known and name not in _EXTRA:
            yield f"{place}.{name}"
        inner = known.get(name, {})
        reference = inner.get("$ref") or inner.get("items", {}).get("$ref", "")
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict) and reference:
                yield from unknown(reference.rsplit("/", 1)[1], item, f"{place}.{name}")


@pytest.fixture
def busy(nordwind: AppInXero) -> AppInXero:
    tracked = {"Tracking": [{"Name": "Team", "Option": "Sales"}]}
    nordwind.put(
        nordwind.bill(tracked, Url="http://localhost:8000/p/1", DueDate="2026-11-15", Status="AUTHORISED"),
        nordwind.bill(CurrencyCode="SEK", LineAmountTypes="Inclusive"),
        nordwind.bill(LineItems=None),
    )
    return nordwind


def answer(app: AppInXero, method: str, path: str, body: object = None) -> Any:
    return json.loads(app.call(method, path, body).text)


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ("Organisations", "/Organisation"),
        ("Actions", "/Organisation/Actions"),
        ("Accounts", "/Accounts"),
        ("TaxRates", "/TaxRates"),
        ("Currencies", "/Currencies"),
        ("TrackingCategories", "/TrackingCategories?includeArchived=true"),
        ("Contacts", "/Contacts"),
        ("Contacts", "/Contacts?page=1&includeArchived=true"),
        ("Contacts", "/Contacts/SUP-1"),
        ("Invoices", "/Invoices"),
        ("Invoices", "/Invoices?page=1&unitdp=4"),
    ],
)
def test_what_is_read_keeps_the_contract(busy: AppInXero, schema: str, path: str) -> None:
    found = answer(busy, "GET", path)
    assert found[schema]
    check(schema, found)


def test_a_judged_batch_keeps_the_contract(busy: AppInXero) -> None:
    bad = busy.bill({"AccountCode": "999"}, Url="nowhere", Status="AUTHORISED")
    odd = busy.bill(CurrencyCode="SEK", CurrencyRate=99)
    found = answer(busy, "PUT", "/Invoices?summarizeErrors=false", {"Invoices": [busy.bill(), bad, odd]})
    assert [bill["StatusAttributeString"] for bill in found["Invoices"]] == ["OK", "ERROR", "WARNING"]
    check("Invoices", found)


def test_judged_contacts_keep_the_contract(busy: AppInXero) -> None:
    contacts = [{"Name": "New"}, {"Name": "RAIL AB", "ContactNumber": "X"}]
    check("Contacts", answer(busy, "PUT", "/Contacts?summarizeErrors=false", {"Contacts": contacts}))


@pytest.mark.parametrize("path", ["/Invoices", "/Contacts"])
def test_a_refused_call_keeps_the_contract(busy: AppInXero, path: str) -> None:
    body = busy.bill({"AccountCode": "999"}) if path == "/Invoices" else {"Name": "RAIL AB"}
    found = answer(busy, "PUT", path, body)
    assert found["ErrorNumber"] == 10
    error = {"$ref": "#/components/schemas/Error", "components": components()}
    assert list(OAS30Validator(error).iter_errors(found)) == []


def test_the_check_itself_sees_a_wrong_answer(busy: AppInXero) -> None:
    found = answer(busy, "GET", "/Invoices?page=1")
    for change in ({"Type": "ACCPAYX"}, {"InvoiceID": "1"}, {"Total": "12"}, {"Nonsense": 1}):
        wrong = found | {"Invoices": [found["Invoices"][0] | change]}
        with pytest.raises(AssertionError):
            check("Invoices", wrong)
