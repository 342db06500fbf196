"""The shapes of Xero's answers: envelope, dates, and one body for each way to be refused."""

import uuid
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from werkzeug import Response

from connectors.kit.sandbox import Refused, answer

from .refusals import CALL, Problem, words

Json = dict[str, Any]
CENT = Decimal("0.01")


class Judged(Response):
    """An answer that knows, for tests, which refusals are in it."""

    refusals: tuple[str, ...] = ()


def judged(response: Response, refusals: Iterable[str]) -> Judged:
    marked = Judged(response.get_data(), response.status_code, response.headers)
    marked.refusals = tuple(refusals)
    return marked


def text(status: int, told: str) -> Response:
    return Response(told, status, content_type="text/plain; charset=utf-8")


def ms_date(moment: date | datetime) -> str:
    """`/Date(1552262400000+0000)/`: milliseconds in UTC, the offset is decoration."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(), UTC)
    return f"/Date({int(moment.timestamp() * 1000)}+0000)/"


def envelope(now: datetime, **content: Any) -> Response:
    head = {"Id": str(uuid.uuid4()), "Status": "OK", "ProviderName": "Causeway sandbox"}
    return answer({**head, "DateTimeUTC": f"/Date({int(now.timestamp() * 1000)})/", **content})


def messages(problems: Iterable[Problem]) -> list[Json]:
    return [{"Message": problem} for problem in problems]


def _refused(refusal: str, response: Response) -> Refused:
    return Refused(judged(response, [refusal]))


def plain(refusal: str) -> Refused:
    """Text, not JSON (live captures in pyxero)."""
    return _refused(refusal, text(CALL[refusal].status, words(refusal)))


def not_found() -> Refused:
    return plain("call.not_found")


def _error(refusal: str, number: int, kind: str, **values: Any) -> Refused:
    body = {"ErrorNumber": number, "Type": kind, "Message": words(refusal, **values)}
    return _refused(refusal, answer(body, CALL[refusal].status))


def unreadable(told: str) -> Refused:
    return _error("body.not_json", 17, "PostDataInvalidException", words=told)


def not_called_json() -> Refused:
    return _error("body.not_called_json", 17, "PostDataInvalidException")


def bad_query(refusal: str = "query.syntax", **values: str) -> Refused:
    return _error(refusal, 16, "QueryParseException", **values)


def high_volume() -> Refused:
    return _error("query.high_volume", 51, "HighVolumeException")


def bad_key(refusal: str, deep: bool = False, **values: str) -> Refused:
    """`deep`: the words stand in an element, as they are said to do at times."""
    if deep:
        return invalid([{"ValidationErrors": [{"Message": words(refusal, **values)}]}], [refusal])
    return _error(refusal, 10, "ValidationException", **values)


def invalid(failed: list[Json], refusals: Iterable[str]) -> Refused:
    """A batch without `summarizeErrors=false`: one bad element refuses the call."""
    body: Json = {"ErrorNumber": 10, "Type": "ValidationException"}
    body |= {"Message": words("batch.invalid"), "Elements": failed}
    return Refused(judged(answer(body, 400), ["batch.invalid", *refusals]))


def _problem(refusal: str, title: str, detail: str = "", **values: Any) -> Refused:
    status = CALL[refusal].status
    body: Json = {"Type": None, "Title": title, "Status": status, "Detail": detail or words(refusal, **values)}
    return _refused(refusal, answer(body | {"Instance": str(uuid.uuid4()), "Extensions": {}}, status))


def invalid_token() -> Refused:
    """The one 401 with lower-case keys."""
    body: Json = {"title": "Unauthorized", "status": 401, "detail": words("token.invalid")}
    challenge = {"WWW-Authenticate": "Bearer error=invalid_token"}
    return _refused("token.invalid", answer(body | {"instance": str(uuid.uuid4())}, 401, challenge))


def expired_token(at: datetime) -> Refused:
    return _problem("token.expired", "Unauthorized", at=f"{at:%m/%d/%Y %H:%M:%S}")


def missing_scope() -> Refused:
    return _problem("token.scope", "Unauthorized")


def forbidden_tenant() -> Refused:
    return _problem("tenant.forbidden", "Forbidden")


def forbidden_role() -> Refused:
    return _problem("role.reports", "Forbidden")


def too_large() -> Refused:
    return _problem("call.too_large", "RequestEntityTooLarge")


def not_implemented() -> Refused:
    return _problem("call.not_implemented", "NotImplemented")


def server_error(refusal: str = "call.failed") -> Refused:
    advice = " Check the API Status page http://status.developer.xero.com for current service status."
    return _problem(refusal, "An error occurred", words(refusal) + advice)


def limited(refusal: str, headers: dict[str, str] | None = None) -> Response:
    """A 429 has no body to rely on; the refusal of a sixth request at once carries no Retry-After."""
    response = Response("", 429, {"X-Rate-Limit-Problem": words(refusal), **(headers or {})})
    return judged(response, [refusal])
