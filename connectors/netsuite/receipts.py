"""Receipts by a RESTlet of ours, where the customer has installed it: REST itself has no way to upload a file."""

from base64 import b64encode
from datetime import datetime

from connectors.kit import uploads
from connectors.kit.documents import Attachment, Document, Kind
from connectors.kit.errors import ContractBroken, RefuseFile, TryLater
from connectors.kit.http import Answer, Request
from connectors.kit.uploads import MEGABYTE
from connectors.netsuite import shapes
from connectors.netsuite.calls import error_of, is_refusal, words_of
from connectors.netsuite.settings import NetSuiteSettings

PATH = "/app/site/hosting/restlet.nl"
#: A RESTlet takes texts of 10 MB, and Base64 makes four bytes of three.
MOST = 7 * MEGABYTE
LARGEST = dict.fromkeys((Kind.BILL, Kind.CREDIT, Kind.JOURNAL), MOST)
TYPES = frozenset({"pdf", "jpg", "jpeg", "png", "doc", "docx", "xls", "xlsx", "txt"})


def upload(document: Document, document_id: str, receipt: Attachment, settings: NetSuiteSettings) -> Request:
    """Raises RefuseFile if it cannot be attached."""
    if not settings.restlet_script:
        raise RefuseFile("No RESTlet for receipts is named in the settings for NetSuite.", subject="upload")
    extension = uploads.check(receipt, "NetSuite", TYPES, MOST)
    body = {
        "record": shapes.of(document).record,
        "id": document_id,
        "name": f"{document.reference}-{receipt.place}.{extension}",
        "contents": b64encode(receipt.body).decode(),
    }
    return Request.json("POST", PATH, body, host="restlets", query=_of_restlet(settings))


def presence(settings: NetSuiteSettings) -> Request:
    """Asks the RESTlet whether it is there; writes nothing."""
    return Request("GET", PATH, host="restlets", query=_of_restlet(settings))


def _of_restlet(settings: NetSuiteSettings) -> tuple[tuple[str, str], ...]:
    return ("script", settings.restlet_script), ("deploy", settings.restlet_deployment)


def check(answer: Answer, now: datetime) -> None:
    """Raises what an answer to an upload means, unless the receipt is attached."""
    words = words_of(answer)
    error = error_of(answer, now, "Lists > Documents and Files")
    if answer.status == 413:
        raise RefuseFile("The receipt is larger than NetSuite takes.", subject="size", words=words)
    if error and not isinstance(error, ContractBroken):
        raise error
    if is_refusal(answer) or 400 <= answer.status < 500 or _failed(answer):
        raise RefuseFile(f"NetSuite does not take the receipt: {words}", subject="upload", words=words)
    if not _attached(answer):
        raise TryLater("NetSuite did not say that the receipt is attached.", words=words)


def _failed(answer: Answer) -> bool:
    """A script that catches its own error answers 200 with it."""
    body = _body(answer)
    return answer.ok and isinstance(body, dict) and bool(body.get("error"))


def _attached(answer: Answer) -> bool:
    body = _body(answer)
    return isinstance(body, dict) and bool(body.get("file"))


def _body(answer: Answer) -> object:
    try:
        found: object = answer.json()
    except ContractBroken:
        return None
    return found
