"""A write sent twice with one `Idempotency-Key` is made once, and answered the same both times.

The row that says so is written in the transaction of the write, so a second call that comes meanwhile waits for the
first to end. What was refused is forgotten with its transaction, and may be mended and sent again.
"""

import json
from collections.abc import Callable
from hashlib import sha256

from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Refused
from api.models import ApiKey, Write
from connections import vault

HEADER = "Idempotency-Key"
LONGEST = 255


def once(request: Request, key: ApiKey, write: Callable[[], Response]) -> Response:
    """Inside the block in which `write` writes. Raises Refused for a key that was used for another request."""
    said = request.headers.get(HEADER, "")
    if not said:
        return write()
    if len(said) > LONGEST or not (said.isascii() and said.isprintable()):
        raise Refused("bad_request", f"{HEADER} must be at most {LONGEST} printable ASCII characters.")
    row, is_new = Write.objects.get_or_create(
        key=key, idempotency_key=said, defaults={"fingerprint": _fingerprint(request)}
    )
    if not is_new:
        return _as_it_was(row, request)
    answer = write()
    row.status = answer.status_code
    row.sealed_answer = vault.seal(json.dumps(answer.data, default=str).encode(), row.place)
    row.save(update_fields=["status", "sealed_answer"])
    return answer


def _as_it_was(row: Write, request: Request) -> Response:
    if row.fingerprint != _fingerprint(request):
        raise Refused("idempotency_key_reused")
    answer = json.loads(vault.unseal(row.sealed_answer, row.place))
    return Response(answer, status=row.status, headers={"Idempotent-Replayed": "true"})


def _fingerprint(request: Request) -> str:
    said = json.dumps([request.method, request.path, request.data], sort_keys=True, default=str)
    return sha256(said.encode()).hexdigest()
