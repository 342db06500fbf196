"""The OpenAPI file: made from the views, with the refusals that every call may meet written to each."""

from typing import Any

from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_control
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.views import SpectacularYAMLAPIView

from api.errors import CODES
from api.idempotency import HEADER, LONGEST

DESCRIPTION = """\
Make tenants, hand out the links by which they connect their accounts, and follow their export jobs.

**Keys** are made by staff, sent as `Authorization: Bearer …`, see one environment, one tenant or all of them, and do
what their scopes allow. **Writes** by POST take an `Idempotency-Key`: sent again within days they are answered as
they were and done once. **Lists** come in pages; `next_cursor` leads to the next. **Refusals** have one shape; their
codes are listed below, others are not sent.

{codes}
"""
REFUSAL = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "reference"],
            "properties": {
                "code": {"type": "string", "enum": sorted(CODES)},
                "message": {"type": "string"},
                "reference": {"type": "string", "description": "Stands in the log of this deployment."},
                "fields": {"type": "object", "additionalProperties": True},
            },
        }
    },
}
ALWAYS = ["400", "401", "403", "405", "429", "503"]
SOME = ["409"]  # a view that may answer so says it
WITH_BODY = ["413", "415", "422"]
KEPT = {"name": HEADER, "in": "header", "required": False, "schema": {"type": "string", "maxLength": LONGEST}}


def description() -> str:
    rows = "\n".join(f"| `{code}` | {status} | {meaning} |" for code, (status, meaning) in CODES.items())
    return DESCRIPTION.format(codes=f"| code | status | meaning |\n|---|---|---|\n{rows}")


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "api.authentication.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


def told_to_developers_only() -> list[type]:
    """Whose docstrings are not for callers."""
    from drf_spectacular.plumbing import get_lib_doc_excludes

    from api.v1.ledger import OfAJob
    from api.views import ApiView

    return [*get_lib_doc_excludes(), ApiView, OfAJob]  # type: ignore[no-untyped-call]


def with_refusals(result: dict[str, Any], **more: Any) -> dict[str, Any]:
    """drf-spectacular's hook, after it has made the file."""
    result["info"]["description"] = description()
    result["components"]["schemas"]["Refusal"] = REFUSAL
    for address, operations in result["paths"].items():
        for method, operation in operations.items():
            refusals = list(ALWAYS)
            refusals += ["404"] if "{" in address else []
            refusals += [status for status in SOME if status in operation["responses"]]
            refusals += WITH_BODY if method in {"post", "patch"} else []
            operation["responses"] |= {status: _refusal(status) for status in refusals}
            operation["responses"] = dict(sorted(operation["responses"].items()))
            if method == "post":
                operation.setdefault("parameters", []).append(KEPT)
    return result


def _refusal(status: str) -> dict[str, Any]:
    codes = ", ".join(f"`{code}`" for code, (number, _) in CODES.items() if str(number) == status)
    return {
        "description": codes,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}},
    }


@method_decorator(cache_control(max_age=300), name="dispatch")
class OpenApiFile(SpectacularYAMLAPIView):
    """Open to everybody: it tells nothing that this page does not."""

    authentication_classes: list[Any] = []
    permission_classes: list[Any] = []
    urlconf = "api.described"
