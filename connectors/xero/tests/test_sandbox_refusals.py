"""Every refusal of the fact sheet: the sandbox gives it, with Xero's words, and gives no other beside it."""

import pytest

from connectors.xero.sandbox import refusals
from connectors.xero.tests import test_sandbox_oauth
from connectors.xero.tests.app_in_xero import AppInXero
from connectors.xero.tests.refusal_calls import CALLS
from connectors.xero.tests.refusal_cases import CASES

#: Which test shows it; these are refused by the kit's authorisation server.
OAUTH = {
    "oauth.scope": test_sandbox_oauth.test_an_unknown_or_missing_scope_is_an_invalid_scope,
    "oauth.redirect_ip": test_sandbox_oauth.test_a_redirect_to_127_0_0_1_is_refused_even_when_registered,
    "oauth.code_used": test_sandbox_oauth.test_a_code_works_once,
    "oauth.code_expired": test_sandbox_oauth.test_a_code_is_dead_after_five_minutes,
    "oauth.refresh_old": test_sandbox_oauth.test_after_the_grace_the_old_refresh_token_is_an_invalid_grant,
    "oauth.refresh_unused": test_sandbox_oauth.test_a_refresh_token_dies_when_unused_for_sixty_days,
    "oauth.client": test_sandbox_oauth.test_the_token_endpoint_wants_basic_authentication,
    "oauth.grant_type": test_sandbox_oauth.test_another_grant_type_is_unsupported,
}


def test_none_is_without_a_test() -> None:
    """A new id in refusals.py fails here until a case shows that it is enforced."""
    known = {*refusals.DOCUMENT, *refusals.CALL, *refusals.OAUTH}
    assert known - {*CASES, *CALLS, *OAUTH} == set()
    assert {*CASES, *CALLS, *OAUTH} - known == set()


def test_what_is_not_enforced_is_named_with_its_reason() -> None:
    assert refusals.NOT_ENFORCED.keys() == {"invoice.number_taken"}


@pytest.mark.parametrize("refusal", CASES)
def test_a_document_is_refused(nordwind: AppInXero, refusal: str) -> None:
    CASES[refusal].do(nordwind)
    assert {*nordwind.sandbox.said} - {"batch.invalid"} == {refusal}
    said = nordwind.last.json()
    assert CASES[refusal].words in " / ".join(_messages(said))
    assert nordwind.last.status_code == (400 if refusal.startswith("attachment.") else 200)


@pytest.mark.parametrize("refusal", CALLS)
def test_a_call_is_refused(nordwind: AppInXero, refusal: str) -> None:
    CALLS[refusal].do(nordwind)
    expected = refusals.CALL[refusal]
    assert nordwind.sandbox.said[refusal] == 1
    assert nordwind.last.status_code == expected.status
    told = nordwind.last.headers.get("X-Rate-Limit-Problem", nordwind.last.text)
    assert CALLS[refusal].words in told
    plain = refusal.startswith(("outage.", "call.not_found", "call.precondition"))
    assert nordwind.last.headers.get("Content-Type", "").startswith(
        "text/plain" if plain else ("application/json", "")
    )


def test_a_warning_stores_the_document_all_the_same(nordwind: AppInXero) -> None:
    CASES["journal.account_removed"].do(nordwind)
    [journal] = nordwind.sandbox.written("journals", nordwind.org)
    assert [line["AccountCode"] for line in journal["JournalLines"]] == ["2890"]


def test_what_was_refused_is_told_over_http(nordwind: AppInXero) -> None:
    CASES["line.account_unknown"].do(nordwind)
    told = nordwind.http.get(f"{nordwind.sandbox.url}/_sandbox/refusals", timeout=10).json()
    assert told == {"line.account_unknown": 1}


def _messages(value: object) -> list[str]:
    """Every Message below ValidationErrors and Warnings, wherever they are."""
    if isinstance(value, list):
        return [found for one in value for found in _messages(one)]
    if not isinstance(value, dict):
        return []
    own = [value["Message"]] if "Message" in value and "ErrorNumber" not in value else []
    return own + [found for one in value.values() for found in _messages(one)]
