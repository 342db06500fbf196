"""Idempotency-Key: answers, errors too, are kept for 6 minutes from the first call and replayed."""

import base64
import hashlib
from typing import TYPE_CHECKING

from werkzeug import Request, Response

from connectors.kit.sandbox import Collection

from .answers import bad_key

if TYPE_CHECKING:
    from .app import XeroSandbox

WRITES = {"PUT", "POST", "PATCH"}


class Memory:
    """Keys are scoped to the app. A second call while the first still runs waits for it and is then replayed,
    because the sandbox does one request at a time (what Xero does is undocumented, ASSUMED(low))."""

    def __init__(self, sandbox: "XeroSandbox", seconds: float = 360) -> None:
        self.sandbox, self.seconds = sandbox, seconds

    def recall(self, app: str, request: Request) -> Response | None:
        key = request.headers.get("Idempotency-Key")
        if request.method not in WRITES or key is None:
            return None
        if not 0 < len(key) <= 128:
            raise bad_key("idempotency.key_length")
        kept = self._kept.get(f"{app} {key}")
        if kept is None or kept["first"] + self.seconds <= self.sandbox.clock.time():
            return None
        if kept["print"] != _print(request):
            deep = self.sandbox.switches.key_refusal_in_elements
            raise bad_key("idempotency.other_request", deep=deep, key=key)
        headers = dict(kept["headers"])
        return Response(base64.b64decode(kept["body"]), kept["status"], headers)

    def remember(self, app: str, request: Request, response: Response) -> None:
        key = request.headers.get("Idempotency-Key")
        if request.method not in WRITES or not key:
            return
        self._forget()
        self._kept.put(
            f"{app} {key}",
            {
                "id": f"{app} {key}",
                "first": self.sandbox.clock.time(),
                "print": _print(request),
                "status": response.status_code,
                "headers": list(response.headers.items()),
                "body": base64.b64encode(response.get_data()).decode(),
            },
        )

    def _forget(self) -> None:
        """A few of the oldest each time, so that the memory does not grow for ever."""
        now = self.sandbox.clock.time()
        for kept in self._kept.find(limit=10):
            if kept["first"] + self.seconds <= now:
                self._kept.delete(kept["id"])

    @property
    def _kept(self) -> Collection:
        return self.sandbox.store["idempotency"]


def _print(request: Request) -> str:
    asked = [request.method, request.full_path, request.headers.get("xero-tenant-id", "")]
    return hashlib.sha256("\n".join(asked).encode() + b"\n" + request.get_data()).hexdigest()
