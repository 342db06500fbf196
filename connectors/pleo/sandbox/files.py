"""Receipts behind signed addresses that live 24 hours, maybe on a host of their own."""

import hashlib
import hmac
from typing import TYPE_CHECKING

from werkzeug import Request, Response

from connectors.kit.sandbox import Document, Routes
from connectors.pleo.sandbox import file_bodies, file_troubles
from connectors.pleo.sandbox.refusals import refuse

if TYPE_CHECKING:
    from connectors.pleo.sandbox.app import PleoSandbox

routes = Routes()
LIFETIME = 24 * 3600


@routes("GET", "/files/<file_id>")
def fetch(sandbox: "PleoSandbox", request: Request, file_id: str) -> Response:
    expires = request.args.get("expires", 0, type=int)
    signature = request.args.get("signature", "")
    if not hmac.compare_digest(signature.encode(), _signature(sandbox, file_id, expires).encode()):
        raise refuse(sandbox, "file-signature-wrong")
    if expires <= sandbox.clock.time():
        raise refuse(sandbox, "file-expired")
    file = sandbox.store["files"].get(file_id) or file_bodies.small_pdf(file_id)
    trouble = sandbox.file_trouble
    if trouble is not None and trouble.strikes():
        return file_troubles.answer(trouble, file, sandbox.halted.wait)
    response = Response(file_bodies.pieces(file), content_type=file["type"])
    response.content_length = file["size"]
    return response


def keep(sandbox: "PleoSandbox", entry: Document) -> None:
    for file in entry["files"]:
        if "size" in file:
            sandbox.store["files"].put(file["id"], file)


def signed(sandbox: "PleoSandbox", file: Document) -> Document:
    """Signed anew each time that the entry is read."""
    expires = int(sandbox.clock.time()) + LIFETIME
    query = f"expires={expires}&signature={_signature(sandbox, file['id'], expires)}"
    told = file if "size" in file else file_bodies.small_pdf(file["id"])
    host = f"http://{sandbox.file_host}:{sandbox.port}"
    return {"url": f"{host}/files/{file['id']}?{query}", "type": told["type"], "size": told["size"]}


def _signature(sandbox: "PleoSandbox", file_id: str, expires: int) -> str:
    return hmac.new(sandbox.file_key, f"{file_id}.{expires}".encode(), hashlib.sha256).hexdigest()
