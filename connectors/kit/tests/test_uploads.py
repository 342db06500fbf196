"""A file that goes out as a body: bytes on the wire, its size and type in the exchange."""

import pytest

from connectors.kit.egress import Network
from connectors.kit.http import Client, Request
from connectors.kit.testing import ListRecorder, ports
from connectors.kit.tests.peer import Peer, answer

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
