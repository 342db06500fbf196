"""A seeded generator of accounting entries as the data layer shows them (Export API 32.1.0, `ExportItemV3`).

The same company, number, seed, kinds and day give the same entries. What an entry of each type looks like is in
kinds.py; how often each comes is in mixtures.py.
"""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from connectors.kit.sandbox import Document
from connectors.pleo.sandbox import amounts, kinds, mixtures, receipts, spoils
from connectors.pleo.sandbox.drafts import Batch, Draft, moment
from connectors.pleo.sandbox.names import NOTES, TEAMS


def generate(
    company: Document,
    count: int,
    seed: mixtures.Seed | None,
    now: datetime,
    *,
    only: Sequence[str] = (),
    spoiled: bool = True,
    signed: bool = True,
) -> list[Document]:
    """`{"id", "companyId", "payload", "files", "spoiled"}`; the files come into the payload when it is read.

    `only`: these entry types, in turn. `spoiled`: with those that cannot be planned; why is in the entry's own
    `spoiled`, never in its payload. `signed`: money that comes back is negative. A payment without an invoice before
    it comes only if `only` asks for it.
    """
    thrown, mixture = mixtures.read(seed)
    name = "/".join([thrown, *only])
    dice, other = (random.Random(f"{company['id']}/{name}/{use}") for use in ("entries", "types"))
    weights = list(mixture.kinds.values())
    chosen = (
        mixtures.one_of_each(tuple(only), count) if only else other.choices(list(mixture.kinds), weights, k=count)
    )
    batch = Batch(company, mixture, dice, now, signed, lonely_payments=bool(only))
    return [_entry(batch, kind, f"{name}/{place}", spoiled) for place, kind in enumerate(chosen)]


def _entry(batch: Batch, kind: str, number: str, spoiled: bool) -> Document:
    lonely = kind == "invoice_payment" and not batch.unpaid
    if lonely and not batch.lonely_payments:
        kind = "invoice"
    draft = Draft(batch, kind, number)
    shape = kinds.SHAPES[kind]
    payload = _bare(draft)
    shape(draft, payload)
    payload["amount"] = amounts.total([line["lineAmount"] for line in payload["accountingEntryLines"]])
    if batch.dice.random() < batch.mixture.hard:
        payload["note"] = batch.dice.choice(NOTES)
    reason = spoils.spoil(draft, payload) if spoiled and batch.dice.random() < batch.mixture.spoiled else None
    if lonely and kind == "invoice_payment":
        reason = reason or spoils.UNSEEN
    batch.remember(draft, payload, good=reason is None)
    files = receipts.draw(batch.dice, batch.mixture, draft.id) if kind in kinds.WITH_RECEIPTS else []
    return {"id": draft.id, "companyId": batch.company["id"], "payload": payload, "files": files, "spoiled": reason}


def _bare(draft: Draft) -> Document:
    """What every entry has, and what it lacks if its type does not say otherwise."""
    links = {"exportItem": f"https://app.pleo.example/expenses/{draft.id}"}
    nothing: dict[str, Any] = dict.fromkeys(("subType", "note", "supplier", "vendor", "bookkeeping", "user"))
    return nothing | {
        "_links": {"web": links, "mobile": links, "api": links},
        "companyId": draft.batch.company["id"],
        "accountingEntryId": draft.id,
        "type": draft.kind,
        "date": moment(draft.day),
        "accountingEntryLines": [],
        "contraAccount": draft.contra(),
        "team": draft.coded("team", *draft.dice.choice(TEAMS)) if draft.dice.random() < 0.8 else None,
        "servicePeriod": _period(draft) if draft.dice.random() < 0.1 else None,
        "additionalInformation": {
            "reconciliationId": f"BOOK-{draft.dice.randrange(10**6):06}",
            "attendees": None,
            "reconciledEntries": None,
            "invoiceInformation": None,
        },
    }


def _period(draft: Draft) -> Document:
    """The month before, or a year from now on."""
    first = draft.day.replace(day=1, hour=0, minute=0, second=0)
    if draft.dice.random() < 0.5:
        return {"from": moment((first - timedelta(days=1)).replace(day=1)), "to": moment(first - timedelta(days=1))}
    return {"from": moment(first), "to": moment(first + timedelta(days=364))}
