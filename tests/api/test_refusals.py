"""Refusals have one shape, whatever was wrong, and never a page or a traceback."""

from typing import Any

import pytest
from django.test import Client, override_settings

from api.errors import CODES
from api.v1.customers import Tenants
from tests.api.conftest import Make, Program

pytestmark = pytest.mark.django_db


def refusal(answer: Any) -> tuple[int, str]:
    assert answer["Content-Type"] == "application/json"
    error = answer.json()["error"]
    assert set(error) - {"fields"} == {"code", "message", "reference"}
    assert CODES[error["code"]][0] == answer.status_code
    return answer.status_code, error["code"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff", b"[" * 30_000, b'{"name": NaN}', b"null"])
def test_what_is_no_object_of_json_cannot_be_read(program: Make, body: bytes) -> None:
    answer = program().call("POST", "tenants", body)
    assert refusal(answer) in {(400, "bad_request"), (422, "invalid")}


def test_a_large_body_is_not_read(program: Make) -> None:
    assert refusal(program().make("tenants", {"name": "x" * 70_000})) == (413, "too_large")


@pytest.mark.parametrize(
    "kind", ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"]
)
def test_other_kinds_of_body_are_refused(program: Make, kind: str) -> None:
    answer = program().generic("POST", "/api/v1/tenants", b"name=Acme", content_type=kind)
    assert refusal(answer) == (415, "unsupported_media_type")


@pytest.mark.parametrize("path", ["nothing", "tenants/1", "tenants/", "../v2/tenants", "export-jobs/x/records"])
def test_an_unknown_address_is_answered_in_the_same_shape(program: Make, path: str) -> None:
    assert refusal(program().call("GET", path)) == (404, "not_found")


def test_an_unknown_version_is_not_found(program: Make) -> None:
    assert refusal(Client().get("/api/v2/tenants")) == (404, "not_found")


def test_a_method_that_an_address_does_not_know(program: Make) -> None:
    assert refusal(program().call("DELETE", "tenants")) == (405, "method_not_allowed")


def test_a_nul_in_the_address_is_refused_in_the_same_shape(program: Make) -> None:
    with override_settings(DEBUG=False):
        assert refusal(program().call("GET", "incidents?state=%00")) == (400, "bad_request")


@pytest.mark.parametrize(
    "query",
    [
        *("limit=0", "limit=201", "limit=x", "limit=-1", "limit=\u0661", "limit=99999999999999999999"),
        *("state=gone", "tenant=1", "tenant=%F0%9F%98%80", "tenant=", "state=", "limit="),
    ],
)
def test_a_filter_that_means_nothing_is_told(program: Make, query: str) -> None:
    assert refusal(program().call("GET", f"connections?{query}")) == (400, "bad_request")


def test_whatever_a_caller_would_rather_have_it_gets_json(program: Make) -> None:
    assert program().call("GET", "tenants", Accept="text/html").headers["Content-Type"] == "application/json"


def test_a_crash_is_told_by_its_reference_only(program: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(self: Any) -> Any:
        raise RuntimeError("an inside secret")

    monkeypatch.setattr(Tenants, "rows", crash)
    ours = program()
    ours.raise_request_exception = False
    answer = ours.call("GET", "tenants")

    assert refusal(answer) == (500, "internal")
    assert "inside" not in answer.content.decode()


def test_no_answer_may_be_kept_by_others(program: Make) -> None:
    assert program().call("GET", "tenants")["Cache-Control"] == "no-store"


def test_a_session_is_no_key(program: Make, admin_client: Program) -> None:
    assert refusal(admin_client.get("/api/v1/tenants")) == (401, "not_authenticated")
