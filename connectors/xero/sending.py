"""The requests that make documents: exact bytes, the same for the same documents."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connectors.kit import exact_json
from connectors.kit.documents import Document, Draft, Key, Kind, Part
from connectors.kit.http import Request
from connectors.xero.reference import API
from connectors.xero.settings import XeroSettings

BODY_AT_MOST = 3_000_000  # of 10 MB that Xero takes; its advice is 3.5
_FINAL = {Kind.SPEND, Kind.RECEIVE, Kind.PAYMENT}
_FOUR_DECIMALS = (("unitdp", "4"),)
#: In the order in which they are sent: what others need comes first.
_LISTS: tuple[tuple[str, frozenset[Kind], tuple[tuple[str, str], ...]], ...] = (
    ("Contacts", frozenset({Kind.VENDOR}), ()),
    ("Invoices", frozenset({Kind.BILL}), _FOUR_DECIMALS),
    ("CreditNotes", frozenset({Kind.CREDIT}), _FOUR_DECIMALS),
    ("BankTransactions", frozenset({Kind.SPEND, Kind.RECEIVE}), _FOUR_DECIMALS),
    ("ManualJournals", frozenset({Kind.JOURNAL}), ()),
    ("Payments", frozenset({Kind.PAYMENT}), ()),
)
Pair = tuple[Document, Mapping[str, Any]]


def drafts(
    documents: Sequence[Document], known: Mapping[Key, str], headers: Mapping[str, str], settings: XeroSettings
) -> Iterator[Draft]:
    """PUT creates and never overwrites; `summarizeErrors=false` lets each element fail alone."""
    for plural, kinds, more in _LISTS:
        pairs = [(one, _with_ids(one, known)) for one in documents if one.kind in kinds]
        for batch in _batches(pairs, settings):
            request = Request.json(
                "PUT",
                f"{API}/{plural}",
                {plural: [content for _, content in batch]},
                query=(("summarizeErrors", "false"), *more),
                headers=dict(headers),
            )
            yield Draft(request, tuple(document for document, _ in batch))


def _with_ids(document: Document, known: Mapping[Key, str]) -> Mapping[str, Any]:
    """Only the id: any other field would change the contact, and a name alone would make one."""
    content = document.content
    needs = document.needs or (Key(document.needs_alias, Part.DOCUMENT) if document.needs_alias else None)
    if needs is None:
        return content
    if document.kind is Kind.PAYMENT:
        name = "CreditNote" if "CreditNote" in content else "Invoice"
        return {**content, name: {f"{name}ID": known[needs]}}
    return {**content, "Contact": {"ContactID": known[needs]}}


def _batches(pairs: Sequence[Pair], settings: XeroSettings) -> Iterator[list[Pair]]:
    """Drafts apart from what is final at once: a bill that waits for approval never shares the fate of one that
    is in the ledger."""
    finals = [pair for pair in pairs if _is_final(pair[0])]
    yield from _split([pair for pair in pairs if not _is_final(pair[0])], settings.batch_size)
    yield from _split(finals, 1 if finals and finals[0][0].kind is Kind.PAYMENT else settings.approved_batch_size)


def _is_final(document: Document) -> bool:
    """Money and payments know no draft; contacts have no status."""
    return document.kind in _FINAL or document.content.get("Status") in {"AUTHORISED", "POSTED"}


def _split(pairs: Sequence[Pair], at_most: int) -> Iterator[list[Pair]]:
    batch: list[Pair] = []
    size = 0
    for document, content in pairs:
        length = len(exact_json.dumps(content))
        if batch and (len(batch) == at_most or size + length > BODY_AT_MOST):
            yield batch
            batch, size = [], 0
        batch.append((document, content))
        size += length
    if batch:
        yield batch
