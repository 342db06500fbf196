"""A file that goes out as a body: bytes on the wire, its size and type in the exchange."""

import pytest
from werkzeug.test import EnvironBuilder

from connectors.kit.documents import Attachment
from connectors.kit.egress import Network
from connectors.kit.errors import RefuseFile
from connectors.kit.http import Client, Request
from connectors.kit.testing import ListRecorder, ports
from connectors.kit.tests.peer import Peer, answer
from connectors.kit.uploads import check

PDF = b"%PDF-1.4\n\xff\xfe\0" + b"secret of the customer " * 1000


@pytest.mark.parametrize("kind", ["application/pdf", "image/jpeg", "text/plain", "application/octet-stream"])
def test_a_file_is_recorded_by_its_size_and_type(peer: Peer, kind: str) -> None:
    recorder = ListRecorder()
    peer.will(answer(200))
    request = Request("PUT", "/Attachments/receipt-1.pdf", body=PDF, headers={"content-type": kind})
    Client({"api": peer.url}, ports(recorder=recorder), Network.SANDBOX).send(request)

    assert peer.requests[0].endswith(b"\r\n\r\n" + PDF)
    assert recorder.exchanges[0].request_body == f"23,012 bytes of {kind}"


@pytest.mark.parametrize(
    "kind", ["application/json", "application/problem+json; charset=utf-8", "text/xml", "Application/JSON", ""]
)
def test_a_text_is_recorded_as_it_is_without_its_secrets(kind: str) -> None:
    request = Request("POST", "/", body=b'{"n":1.50,"password":"abc"}', headers={"Content-Type": kind})
    assert request.shown() == '{"n":1.50,"password":"…"}'


def test_files_are_parts_of_a_form_that_every_reader_takes_apart() -> None:
    files = [
        ("files", ('a "b"\r\n.pdf', PDF, "application/pdf")),
        ("files", ("Ö.png", b"\r\n--", "image/png")),
    ]
    sent = Request.form("POST", "/files", files, headers={"Prefer": "minimal"})
    with EnvironBuilder(method="POST", headers=[*sent.headers.items()], data=sent.body).get_request() as read:
        found = [(one.filename, one.mimetype, one.read()) for one in read.files.getlist("files")]

    assert found == [('a "b"%0D%0A.pdf', "application/pdf", PDF), ("Ö.png", "image/png", b"\r\n--")]
    assert '"' not in sent.headers["Content-Type"], "vendors refuse a boundary in quotes"
    assert sent == Request.form("POST", "/files", files, headers={"Prefer": "minimal"}), (
        "it may have to be sent again"
    )
    assert sent.shown().startswith("23,"), "an exchange shows no file"


@pytest.mark.parametrize(("extension", "body", "subject"), [("exe", b"MZ", "type"), ("PDF", PDF, "size")])
def test_a_receipt_that_would_only_be_refused_is_not_sent(extension: str, body: bytes, subject: str) -> None:
    receipt = Attachment("e-1", 1, extension, "application/pdf", body)
    with pytest.raises(RefuseFile) as refusal:
        check(receipt, "Acme Books", {"pdf"}, 9)

    assert refusal.value.subject == subject
    assert "Acme Books" in refusal.value.sentence
