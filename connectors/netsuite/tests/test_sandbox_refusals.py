"""Every refusal of the fact sheet: the sandbox gives it, alone, and it leaves nothing behind."""

import pytest

from connectors.netsuite.sandbox.identity import TOKEN_REFUSALS
from connectors.netsuite.sandbox.refusals import REFUSALS
from connectors.netsuite.tests.client import Program
from connectors.netsuite.tests.refusal_cases import CASES, TOKEN_CASES, bill


def test_none_is_without_a_case() -> None:
    """A new id fails here until a case shows that it is enforced."""
    assert REFUSALS.keys() == CASES.keys()
    assert TOKEN_REFUSALS.keys() == TOKEN_CASES.keys()


@pytest.mark.parametrize("refusal", sorted(CASES.keys() - {"internal"}))
def test_it_refuses(program: Program, refusal: str) -> None:
    CASES[refusal](program)
    expected = REFUSALS[refusal]
    assert dict(program.sandbox.said) == {refusal: 1}
    assert program.last.status_code == expected.status
    (told,) = program.last.json()["o:errorDetails"]
    assert told["o:errorCode"] == expected.code
    assert not set("{~") & set(told["detail"])
    assert program.last.headers["Content-Type"].startswith("application/vnd.oracle.resource+json; type=error")


@pytest.mark.parametrize("refusal", TOKEN_CASES)
def test_it_gives_no_token(program: Program, refusal: str) -> None:
    TOKEN_CASES[refusal](program)
    error, _ = TOKEN_REFUSALS[refusal]
    assert dict(program.sandbox.said) == {refusal: 1}
    assert program.last.json()["error"] == error
    assert program.last.status_code == (401 if error == "invalid_client" else 400)


@pytest.mark.parametrize("refusal", ["field.value", "field.unknown", "period.closed", "total.mismatch"])
def test_what_was_refused_is_not_there(program: Program, refusal: str) -> None:
    CASES[refusal](program)
    assert program.sandbox.written() == []
    assert program.sandbox.writes == 0


def test_a_permission_is_refused_by_400_and_a_429_is_called_bad_request(program: Program) -> None:
    CASES["role.permission"](program)
    assert (program.last.status_code, program.last.json()["title"]) == (400, "Bad Request")
    program.sandbox.switch(lacks=[])
    CASES["limit.concurrency"](program)
    assert (program.last.status_code, program.last.json()["title"]) == (429, "Bad Request")
    assert "Retry-After" not in program.last.headers


def test_a_line_is_named_by_its_path(program: Program) -> None:
    bill({}, {"account": {"id": "9999"}})(program)
    (told,) = program.last.json()["o:errorDetails"]
    assert told["o:errorPath"] == "expense.items[1].account"


def test_a_token_that_is_over_says_so_in_a_header(program: Program) -> None:
    CASES["login.invalid"](program)
    assert 'error="invalid_token"' in program.last.headers["WWW-Authenticate"]


def test_an_overload_that_looks_like_a_wrong_login_does_not(program: Program) -> None:
    CASES["login.overload"](program)
    assert "WWW-Authenticate" not in program.last.headers


def test_a_fault_of_its_own_has_an_error_id(program: Program, caplog: pytest.LogCaptureFixture) -> None:
    CASES["internal"](program)
    (told,) = program.last.json()["o:errorDetails"]
    assert (program.last.status_code, told["o:errorCode"]) == (500, "UNEXPECTED_ERROR")
    assert "Error ID" in told["detail"]


def test_what_was_refused_is_told_over_http(program: Program) -> None:
    CASES["period.closed"](program)
    told = program.http.get(f"{program.sandbox.url}/_sandbox/refusals", timeout=10).json()
    assert told == {"period.closed": 1}
