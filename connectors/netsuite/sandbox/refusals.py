"""Every way in which NetSuite refuses a call, by id: HTTP status, code and detail.

The ids are for tests: `NetSuiteSandbox.said` counts them, nothing of them goes over the wire. Details are those that
were published or recorded; what is marked ~ is ours, as nobody has published NetSuite's own.
"""

from dataclasses import dataclass
from typing import Any, Final

from werkzeug import Response

from connectors.kit.sandbox import Refused, answer

WRAP = "Error while accessing a resource. "
_TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    500: "Internal Server Error",
}
_TYPE = "https://www.rfc-editor.org/rfc/rfc9110.html#section-15"


@dataclass(frozen=True)
class Refusal:
    detail: str
    status: int = 400
    code: str = "USER_ERROR"


def _content(detail: str) -> Refusal:
    return Refusal(detail, code="INVALID_CONTENT")


REFUSALS: Final[dict[str, Refusal]] = {
    # The call
    "login.invalid": Refusal(
        "Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI at Setup >"
        " Users/Roles > User Management > View Login Audit Trail.",
        401,
        "INVALID_LOGIN",
    ),
    "login.overload": Refusal("Invalid login attempt.", 401, "INVALID_LOGIN"),
    "scope.missing": Refusal("~The access token was not given the scope {scope}.", 401, "INVALID_LOGIN"),
    "limit.concurrency": Refusal(
        "Concurrent request limit exceeded. Request blocked.", 429, "CONCURRENCY_LIMIT_EXCEEDED"
    ),
    "role.permission": Refusal(
        WRAP + "Your current role does not have permission to perform this action. ~({permission})"
    ),
    "record.unknown_type": Refusal("~Record type '{record}' does not exist.", 404, "NONEXISTENT_RECORD_TYPE"),
    "record.missing": Refusal("Record does not exist.", 404, "NONEXISTENT_ID"),
    "path.unknown": Refusal("~The requested resource does not exist.", 404, "NOT_FOUND"),
    "method.unknown": Refusal("~The method is not allowed here.", 405, "METHOD_NOT_ALLOWED"),
    "body.json": _content("~Invalid JSON in the request body."),
    "body.type": Refusal("~The Content-Type is not application/json.", 415, "UNSUPPORTED_MEDIA_TYPE"),
    "eid.charset": Refusal("~Invalid external id in the address.", code="INVALID_ID"),
    "header.property_validation": Refusal(
        "~Unknown value of X-NetSuite-PropertyNameValidation.", code="INVALID_HEADER"
    ),
    "replace.unknown": Refusal("~'{name}' is no sublist of this record.", code="INVALID_PARAMETER"),
    "internal": Refusal("An unexpected error occurred. Error ID: jrgbpyylphhishmmlxyt", 500, "UNEXPECTED_ERROR"),
    # SuiteQL
    "suiteql.prefer": Refusal("~The header Prefer: transient is required.", code="INVALID_HEADER"),
    "suiteql.page": Refusal(
        "~The offset must be a multiple of the limit, which is 1 to 1000.", code="INVALID_PARAMETER"
    ),
    "suiteql.syntax": Refusal("Invalid search query. ~{words}", code="INVALID_PARAMETER"),
    "suiteql.table": Refusal(
        "Invalid search query. Detailed unprocessed description follows. Record '{table}' was not found.",
        code="INVALID_PARAMETER",
    ),
    # Fields
    "field.unknown": _content("Unknown field name {name}. The field does not exist on this record instance."),
    "field.value": _content(
        "Error while accessing resource: You have entered an Invalid Field Value {value} for the following"
        " field: {name}"
    ),
    "field.mandatory": Refusal(WRAP + "Please enter value(s) for: {label}"),
    "field.hidden": Refusal(
        WRAP + "You do not have permissions to set a value for element {name} due to one of the following reasons:"
        " 1) The field is read-only; 2) An associated feature is disabled; 3) The field is available either when a"
        " record is created or updated, but not in both cases."
    ),
    # What a record names
    "external_id.taken": Refusal(WRAP + "This {what} already exists."),
    "entity.taken": Refusal(WRAP + "This entity already exists."),
    "reference.subsidiary": Refusal(WRAP + "Invalid {field} reference key {key} for subsidiary {subsidiary}."),
    "reference.entity": Refusal(WRAP + "Invalid {field} reference key {key} for entity {entity}."),
    # Money and time
    "total.mismatch": Refusal(
        WRAP
        + "Your transaction does not balance. Please Adjust Expenses/Items.: userTotal:{user}: totalField:{total}."
    ),
    "journal.unbalanced": Refusal(WRAP + "The amounts in a journal entry must balance."),
    "document.negative": Refusal(WRAP + "~The total of a transaction may not be negative."),
    "period.closed": Refusal(
        WRAP + "The transaction date you specified is not within the date range of your accounting period."
    ),
}


class Said(Response):
    """An answer that knows, for tests, which refusal it is."""

    refusal = ""


def refused(refusal: str, path: str = "", **told: Any) -> Refused:
    """`told` fills the detail's places; `path` is where in the body."""
    one = REFUSALS[refusal]
    detail = {"detail": one.detail.format(**told).replace("~", ""), "o:errorCode": one.code}
    title = "Bad Request" if one.status == 429 else _TITLES.get(one.status, "Bad Request")
    body = {
        "type": f"{_TYPE}.5.1" if one.status < 500 else f"{_TYPE}.6.1",
        "title": title,
        "status": one.status,
        "o:errorDetails": [detail | ({"o:errorPath": path} if path else {})],
    }
    if one.status == 429:
        body["o:errorCode"] = "USER_ERROR"
    shaped = answer(body, one.status)
    said = Said(
        shaped.get_data(), one.status, content_type="application/vnd.oracle.resource+json; type=error; charset=UTF-8"
    )
    if refusal == "login.invalid":
        said.headers["WWW-Authenticate"] = (
            'Bearer realm="SANDBOX", error="invalid_token", error_description="Invalid login attempt."'
        )
    said.refusal = refusal
    return Refused(said)
