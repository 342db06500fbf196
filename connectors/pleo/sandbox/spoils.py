"""What is wrong with an entry that cannot be planned. The reason is the sandbox's secret: no payload tells it."""

from collections.abc import Callable

from connectors.kit.sandbox import Document
from connectors.pleo.sandbox import lines
from connectors.pleo.sandbox.books import Account
from connectors.pleo.sandbox.drafts import Draft

Spoil = Callable[[Draft, Document], None]


def spoil(draft: Draft, payload: Document) -> str:
    """Spoils it in a way that its type cannot bear; the name of the way."""
    reason = draft.dice.choice([reason for reason, kinds in _BEARS_NOT.items() if draft.kind in kinds] or [_ALWAYS])
    _SPOILS[reason](draft, payload)
    return reason


def _account_missing(draft: Draft, payload: Document) -> None:
    _some(draft, payload)["account"] = None


def _account_unknown(draft: Draft, payload: Document) -> None:
    _some(draft, payload)["account"] = draft.account(Account("Moon base", "9999"))


def _account_archived(draft: Draft, payload: Document) -> None:
    _some(draft, payload)["account"] = draft.account(draft.books.archived[0])


def _tax_code_unknown(draft: Draft, payload: Document) -> None:
    _taxed(draft, payload)["code"] = "X99"


def _tax_code_archived(draft: Draft, payload: Document) -> None:
    _taxed(draft, payload)["code"] = draft.books.archived[1]


def _tag_unknown(draft: Draft, payload: Document) -> None:
    """A group that the accounting system has, and in it a code that it has not."""
    group = next(iter(draft.books.tags))
    _some(draft, payload)["tags"] = [lines.tag(draft, group, "Circus")]


def _currency_undefined(draft: Draft, payload: Document) -> None:
    for line in payload["accountingEntryLines"]:
        for part in (line["lineAmount"], line["netAmount"], (line["tax"] or {}).get("amount", {})):
            _undefine(part)
    _undefine(payload["amount"])


def _user_missing(draft: Draft, payload: Document) -> None:
    """Nobody to owe the money to."""
    payload["user"] = None


def _vendor_missing(draft: Draft, payload: Document) -> None:
    payload |= {"vendor": None, "supplier": None}


def _some(draft: Draft, payload: Document) -> Document:
    line: Document = draft.dice.choice(payload["accountingEntryLines"])
    return line


def _taxed(draft: Draft, payload: Document) -> Document:
    """The tax of a line that has one."""
    found = [line["tax"] for line in payload["accountingEntryLines"] if line["tax"] is not None]
    if not found:
        line = _some(draft, payload)
        line["tax"] = lines.no_tax(draft, line["lineAmount"])
        found = [line["tax"]]
    tax: Document = draft.dice.choice(found)
    return tax


def _undefine(amount: Document) -> None:
    if "inWalletCurrency" in amount:
        amount["inWalletCurrency"] = amount["inWalletCurrency"] | {"currency": "UNDEFINED"}


_BOUGHT = {"card_purchase", "card_invoice", "out_of_pocket", "invoice", "chargeback", "refund"}
_OWED = {"out_of_pocket", "mileage", "per_diem"}
_BOOKED = _BOUGHT | _OWED | {"atm_withdrawal", "fee", "cashback"}
_ALWAYS = "currency_undefined"  # also where lines are not looked at: a payment goes by its invoice
#: The types that a fault makes impossible for certain.
_BEARS_NOT = {
    "account_missing": _BOOKED,
    "account_unknown": _BOOKED,
    "account_archived": _BOOKED,
    "tax_code_unknown": _BOUGHT,
    "tax_code_archived": _BOUGHT,
    "tag_unknown": _BOUGHT,
    "currency_undefined": _BOOKED,
    "user_missing": _OWED,
    "vendor_missing": {"invoice"},
}
_SPOILS: dict[str, Spoil] = {
    "account_missing": _account_missing,
    "account_unknown": _account_unknown,
    "account_archived": _account_archived,
    "tax_code_unknown": _tax_code_unknown,
    "tax_code_archived": _tax_code_archived,
    "tag_unknown": _tag_unknown,
    "currency_undefined": _currency_undefined,
    "user_missing": _user_missing,
    "vendor_missing": _vendor_missing,
}
REASONS = tuple(_SPOILS)
UNSEEN = "invoice_unseen"  # not spoiled, but a payment of an invoice that was never exported
