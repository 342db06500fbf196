"""Every way in which Business One refuses a document has its class, by its number or field, in either language."""

import json
from collections import defaultdict
from datetime import UTC, datetime

import pytest

from connectors.kit.errors import Reconnect, TryLater
from connectors.kit.failures import FailureClass as F
from connectors.kit.http import Answer
from connectors.sap_b1 import refusals
from connectors.sap_b1.calls import Told, log_in_error
from connectors.sap_b1.sandbox.refusals import REFUSALS
from connectors.sap_b1.tests.support import planned, record

CLASSES = {
    "property.unknown": F.CODE_CRASH,
    "property.read_only": F.CODE_CRASH,
    "property.value": F.CODE_CRASH,
    "action.unsupported": F.CODE_CRASH,
    "query.bad": F.CODE_CRASH,
    "property.long": F.VALIDATION_FIELD,
    "reference.unknown": F.MAPPING_MISSING,
    "partner.not_supplier": F.MAPPING_STALE,
    "partner.frozen": F.MAPPING_STALE,
    "account.inactive": F.MAPPING_STALE,
    "account.control": F.MAPPING_STALE,
    "account.currency": F.MAPPING_STALE,
    "tax.inactive": F.MAPPING_STALE,
    "dimension.inactive": F.MAPPING_STALE,
    "dimension.other": F.MAPPING_STALE,
    "project.inactive": F.MAPPING_STALE,
    "branch.missing": F.CONFIG_INVALID,
    "branch.disabled": F.CONFIG_INVALID,
    "series.missing": F.CONFIG_INVALID,
    "period.closed": F.PERIOD_CLOSED,
    "period.locked": F.PERIOD_CLOSED,
    "period.none": F.PERIOD_CLOSED,
    "date.out_of_range": F.PERIOD_CLOSED,
    "rate.missing": F.REFERENCE_NOT_ALLOWED,
    "currency.partner": F.REFERENCE_NOT_ALLOWED,
    "document.number_taken": F.DUPLICATE_ALREADY_POSTED,
    "document.negative": F.VALIDATION_FIELD,
    "document.no_lines": F.VALIDATION_FIELD,
    "journal.unbalanced": F.VALIDATION_FIELD,
    "payment.too_much": F.VALIDATION_FIELD,
    "payment.unbalanced": F.VALIDATION_FIELD,
    "payment.other_partner": F.VALIDATION_FIELD,
}
#: Recognised by English words, for SAP gives them a code that says nothing: other languages get SAP's own sentence.
IN_ENGLISH_ONLY = {"series.missing", "property.long", "period.none"}
DOCUMENT = planned(record())[1]


def words_of(refusal: str) -> str:
    told = defaultdict(lambda: "X", table="OPCH", field="TaxDate")
    return REFUSALS[refusal].words.format_map(told).replace("~", "")


@pytest.mark.parametrize("refusal", CLASSES)
def test_a_refusal_has_its_class(refusal: str) -> None:
    words = words_of(refusal)
    failure, sentence, _ = refusals.classify(DOCUMENT, Told(REFUSALS[refusal].code, words))
    assert failure is CLASSES[refusal]
    assert sentence.endswith(".")
    assert "{" not in sentence


@pytest.mark.parametrize("refusal", sorted(CLASSES.keys() - IN_ENGLISH_ONLY))
def test_its_class_does_not_hang_on_the_language(refusal: str) -> None:
    """Only the number before the words and the field behind them stay."""
    number, _, _ = words_of(refusal).rpartition(" - ")
    field = words_of(refusal).rpartition(" ")[2] if words_of(refusal).endswith("]") else ""
    words = f"{number} - Das geht nicht {field}"
    assert refusals.classify(DOCUMENT, Told(REFUSALS[refusal].code, words))[0] is CLASSES[refusal]


@pytest.mark.parametrize("code", ["-1000", "201", "220", "242", "244", "-1029", "-1116", "-5006"])
def test_what_is_wrong_with_our_request_is_our_fault(code: str) -> None:
    assert refusals.classify(DOCUMENT, Told(code, "Das geht nicht"))[0] is F.CODE_CRASH


LOG_INS = {
    (401, "100000027", "Fehler"): Reconnect,
    (400, "100000027", "Fehler"): Reconnect,
    (400, "-304", "Fehler"): Reconnect,
    (500, "305", "Switch company error: -1102"): TryLater,
    (500, "305", "Switch company error: -5027"): TryLater,
    (502, "", "Proxy Error"): TryLater,
}


@pytest.mark.parametrize("said", LOG_INS)
def test_a_log_in_that_is_refused_costs_a_password_only_where_it_is_wrong(said: tuple[int, str, str]) -> None:
    status, code, words = said
    body = {"error": {"code": code, "message": words}} if code else words
    error = log_in_error(Answer(status, {}, json.dumps(body).encode()), datetime.now(UTC))
    assert type(error) is LOG_INS[said]


def test_words_of_another_language_are_shown_as_they_are() -> None:
    told = Told("-5002", "Der Beleg geht so nicht.")
    assert "Der Beleg geht so nicht. Correct" in refusals.classify(DOCUMENT, told)[1]
