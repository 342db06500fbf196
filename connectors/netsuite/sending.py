"""The requests that make records: exact bytes, one record a call, each under an external id of its own.

POST never changes what is there: a second one with the same external id is refused. PUT would overwrite what a
bookkeeper has corrected, and without `replace` add its lines again.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connectors.kit.documents import Document, Draft, Key
from connectors.kit.http import Request
from connectors.netsuite import shapes

ROOT = "/services/rest/record/v1"
#: Without them NetSuite leaves out what it does not know, and says so in a header only.
STRICT = {"X-NetSuite-PropertyNameValidation": "Error", "X-NetSuite-PropertyValueValidation": "Error"}


def drafts(documents: Sequence[Document], known: Mapping[Key, str]) -> Iterator[Draft]:
    """Vendors first: bills need them."""
    for document in sorted(documents, key=lambda one: shapes.of(one) is not shapes.VENDOR):
        path = f"{ROOT}/{shapes.of(document).record}"
        yield Draft(Request.json("POST", path, _body(document, known), headers=STRICT), (document,))


def _body(document: Document, known: Mapping[Key, str]) -> Mapping[str, Any]:
    body: Mapping[str, Any] = document.content["body"]
    return {**body, "entity": {"id": known[document.needs]}} if document.needs else body
