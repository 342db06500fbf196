"""Every refusal of the fact sheet: the sandbox gives it, alone, and it leaves nothing behind."""

import pytest

from connectors.sap_b1.sandbox.refusals import REFUSALS
from connectors.sap_b1.tests.client import Program
from connectors.sap_b1.tests.refusal_cases import CASES, invoice


def test_none_is_without_a_case() -> None:
    """A new id in refusals.py fails here until a case shows that it is enforced."""
    assert REFUSALS.keys() == CASES.keys()


@pytest.mark.parametrize("refusal", CASES)
def test_it_refuses(nordwind: Program, refusal: str) -> None:
    CASES[refusal](nordwind)
    expected = REFUSALS[refusal]
    assert dict(nordwind.sandbox.said) == {refusal: 1}
    assert nordwind.last.status_code == expected.status
    assert nordwind.last.json()["error"]["code"] == expected.code
    assert "{" not in nordwind.last.json()["error"]["message"]


@pytest.mark.parametrize("refusal", ["account.inactive", "period.closed", "property.long", "reference.unknown"])
def test_a_refused_document_is_not_there(nordwind: Program, refusal: str) -> None:
    CASES[refusal](nordwind)
    assert nordwind.sandbox.written("PurchaseInvoices") == []
    assert nordwind.sandbox.writes == 0


def test_an_older_service_layer_tells_numbers_and_objects(nordwind: Program) -> None:
    nordwind.sandbox.switch(old_errors=True)
    invoice({"AccountCode": "6000"})(nordwind)
    message = {"lang": "en-us", "value": "Account '6000' is inactive or a title account [OPCH.AcctCode]"}
    assert nordwind.last.json() == {"error": {"code": -5002, "message": message}}


def test_what_was_refused_is_told_over_http(nordwind: Program) -> None:
    invoice(CardCode="V0")(nordwind)
    told = nordwind.http.get(f"{nordwind.sandbox.url}/_sandbox/refusals", timeout=10).json()
    assert told == {"reference.unknown": 1}


def test_too_much_is_refused_by_a_page_not_by_json(nordwind: Program) -> None:
    answer = nordwind.call("POST", "/PurchaseInvoices", b" " * (50 * 1024 * 1024 + 1))
    assert answer.status_code == 413
    assert answer.headers["Content-Type"].startswith("text/html")
