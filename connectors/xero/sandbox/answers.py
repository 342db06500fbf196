"""The shapes of Xero's answers: envelope, dates, and one body for each way to be refused."""

import uuid
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from werkzeug import Response

from connectors.kit.sandbox import Refused, answer

Json = dict[str, Any]
CENT = Decimal("0.01")


def text(status: int, words: str) -> Response:
    return Response(words, status, content_type="text/plain; charset=utf-8")


def ms_date(moment: date | datetime) -> str:
    """`/Date(1552262400000+0000)/`: milliseconds in UTC, the offset is decoration."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(), UTC)
    return f"/Date({int(moment.timestamp() * 1000)}+0000)/"


def envelope(now: datetime, **content: Any) -> Response:
    head = {"Id": str(uuid.uuid4()), "Status": "OK", "ProviderName": "Causeway sandbox"}
    return answer({**head, "DateTimeUTC": f"/Date({int(now.timestamp() * 1000)})/", **content})


def not_found() -> Refused:
    """Text, not JSON (live captures in pyxero)."""
    return Refused(text(404, "The resource you're looking for cannot be found"))


def bad_request(number: int, kind: str, message: str) -> Refused:
    return Refused(answer({"ErrorNumber": number, "Type": kind, "Message": message}, 400))


def unreadable(message: str) -> Refused:
    return bad_request(17, "PostDataInvalidException", message)


def bad_query(message: str) -> Refused:
    return bad_request(16, "QueryParseException", message)


def invalid(failed: list[Json]) -> Refused:
    """A batch without `summarizeErrors=false`: one bad element refuses the call."""
    body: Json = {"ErrorNumber": 10, "Type": "ValidationException"}
    body |= {"Message": "A validation exception occurred", "Elements": failed}
    return Refused(answer(body, 400))


def problem(status: int, title: str, detail: str) -> Refused:
    body: Json = {"Type": None, "Title": title, "Status": status, "Detail": detail}
    return Refused(answer(body | {"Instance": str(uuid.uuid4()), "Extensions": {}}, status))


def invalid_token() -> Refused:
    """The one 401 with lower-case keys."""
    body: Json = {"title": "Unauthorized", "status": 401, "detail": "AuthenticationUnsuccessful"}
    challenge = {"WWW-Authenticate": "Bearer error=invalid_token"}
    return Refused(answer(body | {"instance": str(uuid.uuid4())}, 401, challenge))


def expired_token(at: datetime) -> Refused:
    return problem(401, "Unauthorized", f"TokenExpired: token expired at {at:%m/%d/%Y %H:%M:%S}")


def missing_scope() -> Refused:
    return problem(401, "Unauthorized", "AuthorizationUnsuccessful")


def forbidden_tenant() -> Refused:
    return problem(403, "Forbidden", "AuthenticationUnsuccessful")


def too_large() -> Refused:
    return problem(413, "RequestEntityTooLarge", "PayloadTooLarge")


def server_error() -> Refused:
    detail = (
        "An error occurred in Xero. Check the API Status page http://status.developer.xero.com"
        " for current service status."
    )
    return problem(500, "An error occurred", detail)
