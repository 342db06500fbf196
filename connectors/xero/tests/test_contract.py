"""Every request body against Xero's published contract, where it is at hand (it is not ours to ship)."""

import json
import os
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_schema_validator import OAS30Validator, oas30_format_checker

from connectors.kit.documents import Draft
from connectors.kit.records import Account, Party, Record
from connectors.xero.tests.support import CONTACT, invoice, line, record, xero

ROOT = Path(__file__).parents[3]
FOLDER = Path(os.environ.get("CAUSEWAY_CONTRACTS") or ROOT.parent / "shared" / "contracts")
FILE = FOLDER / "xero_accounting.yaml"

pytestmark = pytest.mark.skipif(not FILE.exists(), reason=f"XERO'S CONTRACT IS NOT CHECKED: no {FILE}")

GUID = "5040915e-8ce7-4177-8d08-fde416232f18"
RECORDS = [
    record(),
    invoice(),
    record("0.01", "JPY", link="", note="", supplier=None),
    record("9999999999.99", employee=Party("u", "Ö" * 300, "x" * 80), note="n" * 9000),
    record("10.00", lines=(line("12.00", tax=None), line("-2.00", account=Account("a", "A", None, GUID)))),
]


@cache
def contract() -> dict[str, Any]:
    with warnings.catch_warnings():
        return dict(yaml.load(FILE.read_text(), Loader=yaml.CSafeLoader))


def faults(plural: str, body: bytes) -> list[str]:
    """What the contract says against it; it names no unknown fields, so those are looked for here."""
    schema = {"$ref": f"#/components/schemas/{plural}", "components": contract()["components"]}
    value = json.loads(body)  # floats, as the validator's `double` wants them
    found = OAS30Validator(schema, format_checker=oas30_format_checker).iter_errors(value)
    return [error.message for error in found] + unknown(plural, value)


def unknown(name: str, value: Any) -> list[str]:
    fields = contract()["components"]["schemas"][name].get("properties", {})
    found = [f"{name}.{field} is not in the contract" for field in value if field not in fields]
    found += [f"{name}.{field} is read only" for field in value if fields.get(field, {}).get("readOnly")]
    for field, part in value.items():
        of = fields.get(field, {})
        if reference := of.get("items", of).get("$ref"):
            parts = part if isinstance(part, list) else [part]
            inner = reference.rpartition("/")[2]
            found += [fault for one in parts if isinstance(one, dict) for fault in unknown(inner, one)]
    return found


def drafts(one: Record, **settings: Any) -> list[Draft]:
    connector = xero(**settings)
    contact, bill = connector.plan(one)
    return list(connector.requests([contact, bill], {contact.key: CONTACT}))


@pytest.mark.parametrize("status", ["draft", "authorised"])
@pytest.mark.parametrize("one", RECORDS)
def test_every_request_keeps_the_contract(one: Record, status: str) -> None:
    for draft in drafts(one, bill_status=status):
        plural = draft.request.path.rpartition("/")[2]
        assert faults(plural, draft.request.body) == []
        asked = contract()["paths"][f"/{plural}"]["put"]["parameters"]
        names = {one.get("name") or one["$ref"].rpartition("/")[2] for one in asked}
        assert {name for name, _ in draft.request.query} <= names


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'"ACCPAY"', b'"ACCPAYX"'),
        (b'"UnitAmount":99.50', b'"UnitAmount":"99.50"'),
        (CONTACT.encode(), b"no-guid"),
        (b'"EUR"', b'"EURO"'),
        (b'"Url"', b'"Urls"'),
        (b'"Quantity"', b'"Total"'),
    ],
)
def test_the_check_sees_what_it_should(before: bytes, after: bytes) -> None:
    body = drafts(record())[1].request.body
    assert before in body
    assert faults("Invoices", body.replace(before, after)) != []
