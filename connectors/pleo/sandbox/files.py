"""Receipts behind signed addresses that live 24 hours."""

import hashlib
import hmac
from typing import TYPE_CHECKING

from werkzeug import Request, Response

from connectors.kit.sandbox import Document, Routes
from connectors.pleo.sandbox.guard import refuse

if TYPE_CHECKING:
    from connectors.pleo.sandbox.app import PleoSandbox

routes = Routes()
LIFETIME = 24 * 3600


@routes("GET", "/files/<file_id>")
def fetch(sandbox: "PleoSandbox", request: Request, file_id: str) -> Response:
    expires = request.args.get("expires", 0, type=int)
    signature = request.args.get("signature", "")
    good = hmac.compare_digest(signature.encode(), _signature(sandbox, file_id, expires).encode())
    if not good or expires <= sandbox.clock.time():
        raise refuse(sandbox, 403, "FORBIDDEN", "The address has expired or is wrong.")
    return Response(content(file_id), content_type="application/pdf")


def signed(sandbox: "PleoSandbox", file: Document) -> Document:
    expires = int(sandbox.clock.time()) + LIFETIME
    query = f"expires={expires}&signature={_signature(sandbox, file['id'], expires)}"
    return {
        "url": f"{sandbox.url}/files/{file['id']}?{query}",
        "type": "application/pdf",
        "size": len(content(file["id"])),
    }


def content(file_id: str) -> bytes:
    """A one-page PDF that says which receipt it is."""
    text = f"BT /F1 18 Tf 40 100 Td (Receipt {file_id[:8]}) Tj ET".encode()
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R"
        b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
    ]
    body, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(parts) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    return body + head + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))


def _signature(sandbox: "PleoSandbox", file_id: str, expires: int) -> str:
    return hmac.new(sandbox.file_key, f"{file_id}.{expires}".encode(), hashlib.sha256).hexdigest()
