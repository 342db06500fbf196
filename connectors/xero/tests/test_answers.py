"""What an answer says of each document: every shape that the fact sheet knows."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from connectors.kit.documents import Created, Outcome, Refused, Unknown
from connectors.kit.errors import (
    AskForPermission,
    ConnectorError,
    ContractBroken,
    RateLimited,
    Reconnect,
    TryLater,
)
from connectors.kit.failures import FailureClass as F
from connectors.kit.http import Answer
from connectors.kit.records import Record
from connectors.xero import calls, refusals
from connectors.xero.tests.support import (
    BILL,
    NOW,
    accepted,
    answer,
    bills,
    card,
    invoice,
    money,
    moved,
    plan,
    record,
    refused,
    xero,
)

FEE = moved("fee", "4.00", "6570")


def read_one(value: Any, status: int = 200, **headers: str) -> Outcome:
    (outcome,) = xero().read(bills(1), answer(value, status, **headers))
    return outcome


def element(**changes: Any) -> dict[str, Any]:
    return {"Invoices": [accepted(bills(1).documents[0], **changes)]}


def test_a_bill_that_was_taken_is_created_with_its_id_and_total() -> None:
    outcome = read_one(element())

    assert isinstance(outcome, Created)
    assert (outcome.found.document_id, outcome.found.total) == (BILL, money("99.50"))
    assert outcome.remarks == ()


def test_elements_are_matched_by_number_not_by_place() -> None:
    draft = bills(3)
    one, two, three = draft.documents
    mixed = [accepted(three, InvoiceID=BILL[:-1] + "3"), refused(two, "No."), accepted(one)]

    first, second, third = xero().read(draft, answer({"Invoices": mixed}))

    assert isinstance(first, Created)
    assert first.found.document_id == BILL
    assert isinstance(second, Refused)
    assert isinstance(third, Created)
    assert third.found.document_id == BILL[:-1] + "3"


def test_an_element_that_is_missing_or_doubled_tells_nothing() -> None:
    draft = bills(2)
    first, second = xero().read(draft, answer({"Invoices": [accepted(draft.documents[0])] * 2}))

    assert isinstance(first, Unknown)
    assert isinstance(second, Unknown)


def test_an_element_without_a_number_is_about_the_only_document_and_one_with_another_is_not() -> None:
    document = bills(1).documents[0]
    assert isinstance(read_one({"Invoices": [refused(document, "No.", InvoiceNumber=None)]}), Refused)
    assert isinstance(read_one(element(InvoiceNumber="another")), Unknown)


@pytest.mark.parametrize(
    "changes",
    [
        {"StatusAttributeString": "ERROR"},
        {"HasErrors": True},
        {"HasValidationErrors": True},
        {"ValidationErrors": [{"Message": "No."}]},
        {"LineItems": [{"ValidationErrors": [{"Description": "No."}]}]},
        {"Contact": {"ValidationErrors": [{"Message": "No."}]}},
    ],
)
def test_any_sign_of_an_error_is_a_refusal(changes: dict[str, Any]) -> None:
    outcome = read_one(element(**changes))
    assert isinstance(outcome, Refused)
    assert outcome.failure is F.VALIDATION_FIELD


@pytest.mark.parametrize("given", [None, "", "00000000-0000-0000-0000-000000000000", "no guid", 12, {}])
def test_a_bill_without_an_id_is_looked_up(given: object) -> None:
    assert isinstance(read_one(element(InvoiceID=given)), Unknown)


def test_every_message_is_kept_wherever_it_stands_and_once() -> None:
    outcome = read_one(
        element(
            HasErrors=True,
            ValidationErrors=[{"Message": "One."}, {"Message": "Two."}],
            LineItems=[{"ValidationErrors": [{"Message": "Two."}, {"Description": "Three."}]}],
            Contact={"ValidationErrors": [{"Message": "Four."}]},
        )
    )
    assert isinstance(outcome, Refused)
    assert set(outcome.words.split("; ")) == {"One.", "Two.", "Three.", "Four."}


REFUSALS = [
    (
        "Account code '999' is not a valid code for this document.",
        F.MAPPING_MISSING,
        "account:999",
        "Xero has no account 999, or does not allow it on a bill.",
    ),
    (
        "Account code '999' has been archived, or has been deleted. Each line item must reference a valid account.",
        F.MAPPING_STALE,
        "account:999",
        "Account 999 is archived or deleted in Xero.",
    ),
    ("Account code must be specified.", F.MAPPING_MISSING, "account", "A line has no account."),
    (
        "The TaxType code 'OUTPUT' cannot be used with account code '5800'.",
        F.REFERENCE_NOT_ALLOWED,
        "tax:OUTPUT",
        "Tax rate OUTPUT cannot be used with account 5800",
    ),
    (
        "The TaxType code 'TAX9' does not exist or cannot be used for this type of transaction.",
        F.MAPPING_MISSING,
        "tax:TAX9",
        "Xero has no tax rate TAX9",
    ),
    (
        "The document date cannot be before the period lock date, currently set at 31 March 2026",
        F.PERIOD_CLOSED,
        "date:2026-02-27",
        "2026-02-27 lies before Xero's period lock date",
    ),
    (
        "The document date cannot be before the end of year lock date, currently set at 31 March 2026",
        F.PERIOD_CLOSED,
        "date:2026-02-27",
        "end of year lock date",
    ),
    (
        "Organisation is not subscribed to currency SEK",
        F.REFERENCE_NOT_ALLOWED,
        "currency:SEK",
        "SEK is not switched on",
    ),
    (
        "The contact with the specified contact details has been archived. The contact must be un-archived"
        " before creating new invoices or credit notes.",
        F.MAPPING_STALE,
        "employee",
        "The contact is archived",
    ),
    (
        "You have reached the limit of invoices you can approve",
        F.ERP_SUBSCRIPTION_LAPSED,
        "",
        "Xero's plan",
    ),
    ("You do not have permission to do this", F.AUTH_PERMISSION, "", "may not do this"),
    ("Colour must be blue.", F.VALIDATION_FIELD, "document", "Colour must be blue."),
]


@pytest.mark.parametrize(("said", "failure", "subject", "sentence"), REFUSALS)
def test_a_refusal_says_what_to_do(said: str, failure: F, subject: str, sentence: str) -> None:
    document = bills(1).documents[0]
    outcome = read_one({"Invoices": [refused(document, said)]})

    assert isinstance(outcome, Refused)
    assert (outcome.failure, outcome.subject, outcome.words) == (failure, subject, said)
    assert sentence in outcome.sentence


@pytest.mark.parametrize(
    ("entry", "subject"), [(record(), "employee"), (invoice(), "vendor"), (card(), "vendor"), (FEE, "vendor")]
)
def test_an_archived_contact_is_a_vendor_or_an_employee(entry: Record, subject: str) -> None:
    said = "The contact with the specified contact details has been archived."
    for document in plan(entry):
        told = refusals.refused(document, said)
        assert (told.failure, told.subject) == (F.MAPPING_STALE, subject)


def test_a_refusal_without_a_reason_is_a_refusal_all_the_same() -> None:
    outcome = read_one({"Invoices": [refused(bills(1).documents[0])]})
    assert isinstance(outcome, Refused)
    assert "no reason was given" in outcome.sentence


def test_a_warning_is_a_remark() -> None:
    outcome = read_one(element(StatusAttributeString="WARNING", Warnings=[{"Message": "Odd rate."}]))
    assert isinstance(outcome, Created)
    assert outcome.remarks == ("Odd rate.",)


def test_a_warning_of_a_loss_is_a_refusal_that_names_the_draft() -> None:
    lost = "Account code '476' has been removed as it does not match a recognised account."
    outcome = read_one(element(StatusAttributeString="WARNING", Warnings=[{"Message": lost}]))

    assert isinstance(outcome, Refused)
    assert (outcome.failure, outcome.subject) == (F.MAPPING_MISSING, "account:476")
    assert BILL in outcome.words


@pytest.mark.parametrize("changes", [{"Total": Decimal("99.51")}, {"CurrencyCode": "USD"}])
def test_another_total_is_a_remark(changes: dict[str, Any]) -> None:
    outcome = read_one(element(**changes))
    assert isinstance(outcome, Created)
    assert outcome.remarks[0].startswith("total differs: ")


@pytest.mark.parametrize("total", [Decimal("99.5"), Decimal("99.5000")])
def test_the_same_total_written_otherwise_is_the_same(total: Decimal) -> None:
    outcome = read_one(element(Total=total))
    assert isinstance(outcome, Created)
    assert outcome.remarks == ()


@pytest.mark.parametrize(
    "said",
    [
        "The contact name Rail AB is already assigned to another contact."
        " The contact name must be unique across all active contacts.",
        "The contact number 12 is already assigned to another contact.",
        "Invoice # must be unique.",
    ],
)
def test_what_is_there_already_is_looked_up(said: str) -> None:
    document = bills(1).documents[0]
    assert isinstance(read_one({"Invoices": [refused(document, said)]}), Unknown)


@pytest.mark.parametrize(
    "body",
    [
        "<!doctype html><h1>Something went wrong</h1>",
        '{"Invoices":[{"InvoiceNumber":',
        "",
        "null",
        "[]",
        '"OK"',
        '{"Status":"OK"}',
        '{"Invoices":null}',
        '{"Invoices":{"InvoiceNumber":"1"}}',
        '{"Invoices":[1]}',
        "[" * 5000,
    ],
)
def test_an_unreadable_success_is_looked_up_and_the_evidence_kept(body: str) -> None:
    outcome = read_one(body)
    assert isinstance(outcome, Unknown)
    assert outcome.words


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408, 409, 302])
def test_a_write_that_may_have_been_done_is_looked_up(status: int) -> None:
    outcomes = xero().read(bills(2), answer("The Xero API is temporarily unavailable", status))
    assert all(isinstance(outcome, Unknown) for outcome in outcomes)
    assert str(status) in outcomes[0].words  # type: ignore[union-attr]


def test_a_refused_call_refuses_each_document_with_all_its_words() -> None:
    body = {"ErrorNumber": 17, "Type": "PostDataInvalidException", "Message": "JSON for post data was invalid"}
    outcomes = xero().read(bills(2), answer(body, 400))
    assert [type(outcome) for outcome in outcomes] == [Refused, Refused]
    assert all("post data was invalid" in outcome.words for outcome in outcomes)  # type: ignore[union-attr]


def test_a_refused_call_that_names_its_elements_refuses_only_those() -> None:
    draft = bills(2)
    good, bad = draft.documents
    body = {
        "ErrorNumber": 10,
        "Type": "ValidationException",
        "Message": "A validation exception occurred",
        "Elements": [refused(bad, "No.", InvoiceID=BILL), accepted(good)],
    }
    first, second = xero().read(draft, answer(body, 400))

    assert isinstance(first, Unknown)
    assert isinstance(second, Refused)


@pytest.mark.parametrize(
    "body",
    [
        {"ErrorNumber": 10, "Message": "Idempotency Key: k-1 is used with a different request."},
        {
            "Message": "A validation exception occurred",
            "Elements": [
                {"ValidationErrors": [{"Message": "Idempotency Key: k-1 is used with a different request."}]}
            ],
        },
    ],
)
def test_a_key_that_was_used_for_other_bytes_is_looked_up(body: dict[str, Any]) -> None:
    outcomes = xero().read(bills(2), answer(body, 400))
    assert [type(outcome) for outcome in outcomes] == [Unknown, Unknown]


EXPIRED = {"Type": None, "Title": "Unauthorized", "Status": 401, "Detail": "TokenExpired: token expired"}
BAD_TOKEN = {"title": "Unauthorized", "status": 401, "detail": "AuthenticationUnsuccessful"}
NO_SCOPE = {"Title": "Unauthorized", "Status": 401, "Detail": "AuthorizationUnsuccessful"}
DISCONNECTED = {"Title": "Forbidden", "Status": 403, "Detail": "AuthenticationUnsuccessful"}
NO_ROLE = {"Title": "Forbidden", "Status": 403, "Detail": "The user lacks the role"}
CALLS = [
    (401, EXPIRED, Reconnect),
    (401, BAD_TOKEN, Reconnect),
    (401, NO_SCOPE, AskForPermission),
    (403, DISCONNECTED, Reconnect),
    (403, NO_ROLE, AskForPermission),
    (404, "The resource you're looking for cannot be found", ContractBroken),
    (412, "The If-Modified-Since header is not valid", ContractBroken),
    (413, {"Title": "RequestEntityTooLarge", "Status": 413, "Detail": "PayloadTooLarge"}, ContractBroken),
    (429, "", RateLimited),
    (501, "", ContractBroken),
]


@pytest.mark.parametrize(("status", "body", "error"), CALLS)
def test_a_call_that_did_nothing_says_what_happens_next(status: int, body: Any, error: type[ConnectorError]) -> None:
    with pytest.raises(error):
        xero().read(bills(1), answer(body, status))


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"x_rate_limit_problem": "minute", "retry_after": "17"}, timedelta(seconds=17)),
        ({"x_rate_limit_problem": "Day", "retry_after": "40000"}, timedelta(seconds=40000)),
        ({"x_rate_limit_problem": "day"}, timedelta(hours=1)),
        ({"x_rate_limit_problem": "concurrent"}, timedelta(seconds=2)),
        ({}, timedelta(seconds=2)),
    ],
)
def test_every_limit_says_how_long_to_wait(headers: dict[str, str], wait: timedelta) -> None:
    with pytest.raises(RateLimited) as refusal:
        xero().read(bills(1), answer("", 429, **headers))
    assert refusal.value.wait == wait


@pytest.mark.parametrize("said", ["offline for maintenance", "temporarily unavailable"])
def test_a_read_while_xero_is_away_is_tried_again_in_five_minutes(said: str) -> None:
    away = Answer(503, {}, f"The Xero API is currently {said}".encode())
    error = calls.ERRORS.error_of(away, NOW)
    assert isinstance(error, TryLater)
    assert error.wait == timedelta(minutes=5)
    assert said in error.words
