"""What NetSuite's answers mean: what was made, what is there, what comes next for each row of the sheet's errors."""

from datetime import timedelta
from typing import Any

import pytest

from connectors.kit.documents import Created, Outcome, Refused, Unknown
from connectors.kit.errors import AskForPermission, ConnectorError, RateLimited, Reconnect, TryLater
from connectors.kit.failures import FailureClass as F
from connectors.kit.http import Answer
from connectors.netsuite.tests.support import answer, complaint, document_of, draft_of, invoice, made, netsuite

BILL = document_of(invoice())


def outcome(given: Answer, **settings: Any) -> Outcome:
    (found,) = netsuite(**settings).read(draft_of(BILL), given)
    return found


def error(given: Answer) -> ConnectorError:
    with pytest.raises(ConnectorError) as raised:
        outcome(given)
    return raised.value


def test_the_id_is_the_end_of_the_address() -> None:
    found = outcome(made(number="8731"))

    assert isinstance(found, Created)
    assert found.found.document_id == "8731"


def test_what_netsuite_left_out_is_remarked() -> None:
    found = outcome(made(X_NetSuite_PropertyValidation="Unknown field name quantity."))

    assert isinstance(found, Created)
    assert found.remarks == ("Unknown field name quantity.",)


def test_what_is_to_be_verified_is_not_believed_before_it_is_read_back() -> None:
    assert isinstance(outcome(made(), verify_totals=True), Unknown)


@pytest.mark.parametrize(
    "given",
    [
        answer(204),
        answer(200, "<html>"),
        answer(202, Location="https://x/services/rest/async/v1/job/1"),
        made("journalentry"),
        answer(
            500, {"o:errorDetails": [{"detail": "An unexpected error occurred.", "o:errorCode": "UNEXPECTED_ERROR"}]}
        ),
        answer(502, "<html>Bad gateway</html>"),
        answer(408),
        answer(400, "<html>A proxy</html>"),
    ],
)
def test_what_tells_nothing_is_looked_up(given: Answer) -> None:
    assert isinstance(outcome(given), Unknown)


@pytest.mark.parametrize(
    "detail",
    [
        "Error while accessing a resource. This entity already exists.",
        "This record already exists.",
        "DUP_RCRD: a record with this external id ALREADY EXISTS",
    ],
)
def test_what_already_exists_is_looked_up_and_never_refused(detail: str) -> None:
    assert isinstance(outcome(complaint(detail)), Unknown)


WRAP = "Error while accessing a resource. "
ROWS = [
    (
        WRAP + "The transaction date you specified is not within the date range of your accounting period.",
        *(F.PERIOD_CLOSED, "date:2026-02-27", "2026-02-27"),
    ),
    (WRAP + "Please enter value(s) for: Department", *(F.FORM_MANDATORY_FIELD, "field:Department", "Department")),
    (WRAP + "Please enter value(s) for: Tax Code", *(F.FORM_MANDATORY_FIELD, "field:Tax Code", "Tax Code")),
    (
        WRAP + "Invalid account reference key 114 for subsidiary 2.",
        *(F.REFERENCE_NOT_ALLOWED, "account:5800", "5800 Travel is not open to the subsidiary Nordwind GmbH"),
    ),
    (
        WRAP + "Invalid subsidiary reference key 2 for entity 2425.",
        *(F.REFERENCE_NOT_ALLOWED, "vendor", "does not belong to the subsidiary Nordwind GmbH"),
    ),
    (
        WRAP + "Invalid currency reference key 1 for entity 2425.",
        *(F.REFERENCE_NOT_ALLOWED, "currency:EUR", "not set up for EUR"),
    ),
    (
        "Error while accessing resource: You have entered an Invalid Field Value 7 for the following field: taxCode",
        *(F.MAPPING_STALE, "tax:INPUT", "does not take INPUT"),
    ),
    (
        "Error while accessing resource: You have entered an Invalid Field Value 99 for the following field: item",
        *(F.MAPPING_STALE, "item:99", "item 99"),
    ),
    (
        "You do not have permissions to set a value for element custbody_x due to one of the following reasons: 1)",
        *(F.FORM_MANDATORY_FIELD, "field:custbody_x", "Show it on the form"),
    ),
    ("Unknown field name currency.", *(F.CONFIG_INVALID, "field:currency", "has no field currency")),
    (WRAP + "The amounts in a journal entry must balance.", *(F.CODE_CRASH, "document", "our fault")),
    (
        WRAP + "Your transaction does not balance. Please Adjust Expenses/Items.: userTotal:0: totalField:1000.",
        *(F.CODE_CRASH, "document", "our fault"),
    ),
    (WRAP + "A script of yours says no.", *(F.VALIDATION_FIELD, "document", "A script of yours says no.")),
]


@pytest.mark.parametrize(("detail", "failure", "subject", "says"), ROWS)
def test_a_refusal_is_classed_and_names_what_it_is_about(detail: str, failure: F, subject: str, says: str) -> None:
    found = outcome(complaint(detail))

    assert isinstance(found, Refused)
    assert (found.failure, found.subject) == (failure, subject)
    assert says in found.sentence
    assert detail in found.words


def test_a_record_type_without_its_feature_says_where_it_is_switched_on() -> None:
    found = outcome(complaint("Record type 'expenseReport' does not exist.", "NONEXISTENT_RECORD_TYPE", 404))

    assert isinstance(found, Refused)
    assert (found.failure, "Enable Features" in found.sentence) == (F.CONFIG_INVALID, True)


def test_a_400_for_want_of_a_permission_names_it() -> None:
    told = error(complaint(WRAP + "Your current role does not have permission to perform this action."))

    assert isinstance(told, AskForPermission)
    assert "Transactions > Bills" in told.sentence


def test_too_many_calls_at_once_wait_as_they_are_told() -> None:
    blocked = "Concurrent request limit exceeded. Request blocked."
    told = error(complaint(blocked, "CONCURRENCY_LIMIT_EXCEEDED", 429, Retry_After="7"))

    assert isinstance(told, RateLimited)
    assert told.wait == timedelta(seconds=7)


def test_a_restlets_limit_is_a_limit_though_it_is_a_400() -> None:
    told = error(answer(400, {"error": {"code": "SSS_REQUEST_LIMIT_EXCEEDED", "message": "Request Limit Exceeded!"}}))

    assert isinstance(told, RateLimited)


def test_a_refused_login_may_be_overload_unless_netsuite_says_that_the_token_is_over() -> None:
    refused = ("Invalid login attempt.", "INVALID_LOGIN", 401)

    assert isinstance(error(complaint(*refused)), TryLater)
    over = 'Bearer realm="1", error="invalid_token"'
    assert isinstance(error(complaint(*refused, WWW_Authenticate=over)), Reconnect)
    assert isinstance(error(answer(401, {})), Reconnect)


def test_words_of_netsuites_lose_their_secrets() -> None:
    found = outcome(complaint("Refused: Bearer eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"))

    assert isinstance(found, Refused)
    assert "eyJhbGciOiJFUzI1NiJ9" not in f"{found.words} {found.sentence}"
