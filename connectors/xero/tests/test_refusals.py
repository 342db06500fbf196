"""What Xero says against money, journals and payments, and what we say then (bills: test_answers.py)."""

import pytest

from connectors.kit.documents import Document
from connectors.kit.failures import FailureClass as F
from connectors.xero import refusals
from connectors.xero.tests.chart import account
from connectors.xero.tests.support import BILL, card, document_of, invoice, moved, record

SPEND = document_of(card())
JOURNAL = document_of(moved("personal_spend", code="1610", contra="2890"))
PAYMENT = document_of(invoice(kind="invoice_payment", contra=account("1930")))
CREDIT = document_of(record("-99.50"))

SAID: list[tuple[Document, str, F, str, str]] = [
    (
        SPEND,
        "Account code '2440' is not a valid code for this document.",
        *(F.MAPPING_MISSING, "account:2440", "does not allow it on money spent"),
    ),
    (
        SPEND,
        "The bank account 'Card EUR' has been archived.",
        *(F.MAPPING_STALE, "account:Card EUR", "archived in Xero"),
    ),
    (
        SPEND,
        "The account 'Cash' is not a bank account.",
        *(F.REFERENCE_NOT_ALLOWED, "account:Cash", "no bank account in Xero"),
    ),
    (
        SPEND,
        "The currency SEK is not that of the bank account (EUR). Setting currency is only supported on overpayments.",
        *(F.REFERENCE_NOT_ALLOWED, "currency:EUR", "another currency"),
    ),
    (
        SPEND,
        "Line amounts of a bank transaction must be positive.",
        *(F.VALIDATION_FIELD, "amount", "Split the entry into a cost and a refund"),
    ),
    (
        JOURNAL,
        "The total debits (100.00) must equal total credits (-10.00)",
        *(F.CODE_CRASH, "", "our fault"),
    ),
    (
        JOURNAL,
        "Account code '476' has been removed as it does not match a recognised account.;"
        " Account code '477' has been removed as it does not match a recognised account.;"
        f" (draft {BILL})",
        *(F.MAPPING_MISSING, "account:476", f"made a manual journal without it (draft {BILL})"),
    ),
    (
        PAYMENT,
        "Payments can only be made against authorised documents",
        *(F.REFERENCE_NOT_ALLOWED, "invoice", "Approve the bill in Xero, then export the payment again"),
    ),
    (
        PAYMENT,
        "Payment amount exceeds the amount outstanding on this document",
        *(F.VALIDATION_FIELD, "amount", "If it was paid there by hand, leave this entry out"),
    ),
    (
        PAYMENT,
        "The document with the supplied id was not found for this endpoint.",
        *(F.MAPPING_MISSING, "invoice", "Export the invoice again, then its payment"),
    ),
    (
        PAYMENT,
        "A EUR invoice cannot be paid from the SEK account 'Card SEK'.",
        *(F.REFERENCE_NOT_ALLOWED, "currency:EUR", "another currency than a payment"),
    ),
    (
        CREDIT,
        "Tracking option 'Print' of 'Team' has been dropped.; (draft 7cb59f93-6f8a-4a4e-8f8d-0d5c5d3c1a11)",
        *(F.MAPPING_STALE, "tag:Team/Print", "made a credit note without Team Print"),
    ),
    (
        CREDIT,
        "The tracking option 'Print' is not valid or has been archived.",
        *(F.MAPPING_STALE, "tag:Print", "no option Print"),
    ),
    (CREDIT, "Colour {must} be blue.", F.VALIDATION_FIELD, "document", "a credit note of 2026-02-27: Colour {must}"),
]


@pytest.mark.parametrize(("document", "said", "failure", "subject", "sentence"), SAID)
def test_it_says_what_to_do(document: Document, said: str, failure: F, subject: str, sentence: str) -> None:
    found = refusals.refused(document, said)
    assert (found.failure, found.subject) == (failure, subject)
    assert sentence in found.sentence
