"""Xero's published contract as a judge of requests and answers, where it is at hand (it is not ours to ship).

`CAUSEWAY_CONTRACTS` names the folder of `xero_accounting.yaml`; without it the checkout's neighbour is looked at.

    faults = contract.request_faults("PUT", "/Invoices", [("unitdp", "4")], body)    # [] when all is well
    faults = contract.answer_faults("PUT", "/Invoices", 200, body)
    XeroSandbox.observers.append(contract.Watch())                                   # all that is said, both ways

The validator does not mind unknown fields (fact sheet, section 10), so those are looked for here, and in requests
the read-only ones too. Attachments are files: the contract describes them wrongly as base64, and is not asked.
"""

import json
import os
import re
import warnings
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_schema_validator import OAS30Validator, oas30_format_checker
from werkzeug import Request, Response

ROOT = Path(__file__).parents[3]
FILE = Path(os.environ.get("CAUSEWAY_CONTRACTS") or ROOT.parent / "shared/contracts") / "xero_accounting.yaml"
PRESENT = FILE.is_file()
needed = pytest.mark.skipif(
    not PRESENT, reason=f"NOT CHECKED: Xero's contract is not at {FILE}; set CAUSEWAY_CONTRACTS"
)

BASE = "/api.xro/2.0"
#: Real fields of answers that the contract leaves out; its own examples show them.
_MORE = {"Id", "Status", "ProviderName", "DateTimeUTC", "DateString", "DueDateString", "ValidationErrors"}
_TEXT_OF = {"integer": re.compile(r"-?\d+"), "boolean": re.compile("true|false")}
#: By this header a client says that it is not our connector; `Watch` lets it ask what it likes.
STRANGER = ("User-Agent", "not our connector")


@cache
def _contract() -> dict[str, Any]:
    with warnings.catch_warnings():
        return dict(yaml.load(FILE.read_text(), Loader=yaml.CSafeLoader))


@cache
def _validator(name: str) -> OAS30Validator:
    whole = {"$ref": f"#/components/schemas/{name}", "components": _contract()["components"]}
    return OAS30Validator(whole, format_checker=oas30_format_checker)


@cache
def _operations(method: str) -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    found = [(path, ways[method.lower()]) for path, ways in _contract()["paths"].items() if method.lower() in ways]
    return [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path) + "/?"), operation) for path, operation in found]


def _operation(method: str, path: str) -> dict[str, Any] | None:
    path = path.removeprefix(BASE)
    return next((found for pattern, found in _operations(method) if pattern.fullmatch(path)), None)


def _schema_name(content: dict[str, Any] | None) -> str:
    """Of the JSON that is described; nothing when it is a file."""
    schema = (content or {}).get("application/json", {}).get("schema", {})
    return str(schema.get("$ref", "")).rpartition("/")[2]


def request_faults(method: str, path: str, query: Iterable[tuple[str, str]] = (), body: bytes = b"") -> list[str]:
    """What the contract says against a request: its address, its parameters and its JSON body.

    `path` is with or without the API's root; `query` the decoded pairs.
    """
    operation = _operation(method, path)
    if operation is None:
        return [f"{method} {path} is not in the contract"]
    faults = [fault for name, value in query for fault in _parameter_faults(operation, name, value)]
    name = _schema_name((operation.get("requestBody") or {}).get("content"))
    if body and name:
        faults += body_faults(name, _loads(body), asked=True)
    return faults


def answer_faults(method: str, path: str, status: int, body: bytes) -> list[str]:
    """What the contract says against a JSON answer; it describes 200 and 400 only."""
    operation = _operation(method, path)
    if operation is None or status not in {200, 400}:
        return []
    if status == 400:
        return [error.message for error in _validator("Error").iter_errors(_loads(body))]
    name = _schema_name(operation["responses"]["200"].get("content"))
    return body_faults(name, _loads(body)) if name else []


def body_faults(name: str, value: Any, asked: bool = False) -> list[str]:
    """Against a schema of the contract, such as Invoices. `asked`: it is a request's."""
    found = [f"{error.json_path}: {error.message}" for error in _validator(name).iter_errors(value)]
    return found + list(_unknown(name, value, name, asked))


def _loads(body: bytes) -> Any:
    return json.loads(body)  # floats, as the validator's `double` wants them


def _parameter_faults(operation: dict[str, Any], name: str, value: str) -> list[str]:
    known = {one["name"]: one for one in map(_resolved, operation.get("parameters", [])) if one["in"] == "query"}
    if name not in known:
        return [f"the parameter {name} is not in the contract"]
    text = _TEXT_OF.get(known[name]["schema"].get("type"))
    return [] if text is None or text.fullmatch(value) else [f"the parameter {name}={value} is of another type"]


def _resolved(parameter: dict[str, Any]) -> dict[str, Any]:
    name = parameter.get("$ref", "").rpartition("/")[2]
    return _contract()["components"]["parameters"][name] if name else parameter


def _unknown(name: str, value: Any, place: str, asked: bool) -> Iterator[str]:
    fields = _contract()["components"]["schemas"][name].get("properties", {})
    for field, part in value.items() if isinstance(value, dict) else ():
        known = fields.get(field)
        if known is None and (asked or field not in _MORE):
            yield f"{place}.{field} is not in the contract"
        known = known or {}
        if asked and known.get("readOnly"):
            yield f"{place}.{field} is read only"
        inner = (known.get("$ref") or known.get("items", {}).get("$ref", "")).rpartition("/")[2]
        for item in part if isinstance(part, list) else [part]:
            if inner and isinstance(item, dict):
                yield from _unknown(inner, item, f"{place}.{field}", asked)


class Watch:
    """An observer of sandboxes: `faults` is what the contract says against what went over the wire.

    Requests of our connector are judged always; answers when their request keeps the contract.
    """

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.seen: set[str] = set()  # "PUT Invoices 200"

    def __call__(self, request: Request, response: Response) -> None:
        name, mark = STRANGER
        query = [*request.args.items(multi=True)]
        try:
            asked = request_faults(request.method, request.path, query, _json_of(request))
        except (ValueError, RecursionError):
            asked = ["the body is not JSON"]
        if request.headers.get(name) != mark:
            self._note(request, asked)
        if not asked and response.mimetype == "application/json":
            self._note(
                request, answer_faults(request.method, request.path, response.status_code, response.get_data())
            )
        self.seen.add(f"{request.method} {request.path.split('/')[3]} {response.status_code}")

    def _note(self, request: Request, faults: Iterable[str]) -> None:
        self.faults += [f"{request.method} {request.path}: {fault}" for fault in faults]


def _json_of(request: Request) -> bytes:
    return request.get_data() if request.mimetype == "application/json" and request.method != "GET" else b""
