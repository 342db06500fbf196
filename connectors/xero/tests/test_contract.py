"""Every request body against Xero's published contract, where it is at hand (it is not ours to ship)."""

from collections.abc import Mapping
from typing import Any

import pytest

from connectors.kit.documents import Draft, Key, Part
from connectors.kit.records import Account, Party, Record
from connectors.xero.tests import contract
from connectors.xero.tests.chart import REFERENCE
from connectors.xero.tests.support import CONTACT, invoice, line, record, xero

pytestmark = contract.needed

GUID = "5040915e-8ce7-4177-8d08-fde416232f18"
RECORDS = [
    record(),
    invoice(),
    record("0.01", "JPY", link="", note="", supplier=None),
    record("9999999999.99", employee=Party("u", "Ö" * 300, "x" * 80), note="n" * 9000),
    record("10.00", lines=(line("12.00", tax=None), line("-2.00", account=Account("a", "A", None, GUID)))),
]


def drafts(one: Record, reference: Mapping[str, Any] = REFERENCE, **settings: Any) -> list[Draft]:
    """Every request that the record makes; whatever a document needs, it is there."""
    connector = xero(**settings)
    documents = connector.plan(one, reference)
    known = {document.key: CONTACT for document in documents}
    known |= {Key(document.needs_alias, Part.DOCUMENT): CONTACT for document in documents}
    return list(connector.requests(documents, known))


def faults(draft: Draft) -> list[str]:
    request = draft.request
    return contract.request_faults(request.method, request.path, request.query, request.body)


@pytest.mark.parametrize("status", ["draft", "authorised"])
@pytest.mark.parametrize("one", RECORDS)
def test_every_request_keeps_the_contract(one: Record, status: str) -> None:
    for draft in drafts(one, reference={}, bill_status=status):
        assert faults(draft) == []


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
    request = drafts(record())[1].request
    assert before in request.body
    body = request.body.replace(before, after)
    assert contract.request_faults(request.method, request.path, request.query, body) != []
