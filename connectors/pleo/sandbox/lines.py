"""An entry's lines: account, tax and tags of each."""

from decimal import Decimal

from connectors.kit.sandbox import Document
from connectors.pleo.sandbox import amounts
from connectors.pleo.sandbox.books import STRAY_GROUP, STRAY_TAGS, Account, Purpose
from connectors.pleo.sandbox.drafts import Draft, stable_id

NO_TAX, REVERSE, OFF_BY_ONE = 0.06, 0.06, 0.04  # shares of lines
STRAY = 0.03
_ZERO = Decimal(0)


def spent(draft: Draft, sign: int = 1) -> list[Document]:
    """On things that are bought, one or many."""
    numbers, weights = zip(*draft.batch.mixture.lines, strict=True)
    count = draft.dice.choices(numbers, weights)[0]
    most = 90_000 if count < 20 else 2_000  # cents of euros
    return [_bought(draft, place, most, sign) for place in range(count)]


def moved(draft: Draft, account: Account, sign: int = 1, most: int = 90_000) -> list[Document]:
    """Money that goes from one account to another: one line, no tax."""
    draft.currency = draft.wallet
    line = _line(draft, 0, amounts.amount(_euros(draft, most), draft.currency, draft.wallet, sign))
    return [line | {"account": draft.account(account), "tax": None}]


def _bought(draft: Draft, place: int, most: int, sign: int) -> Document:
    purpose = draft.dice.choice(draft.books.purposes)
    gross = amounts.amount(_euros(draft, most), draft.currency, draft.wallet, sign)
    line = _line(draft, place, gross)
    line["account"] = draft.account(Account(purpose.account, purpose.code))
    chance = draft.dice.random()
    if chance < NO_TAX:
        return line
    if chance < NO_TAX + REVERSE and draft.books.reverse is not None:
        rate = max(draft.books.rates.values())
        line["tax"] = _tax(draft, draft.books.reverse, "reverse", rate, amounts.tax_upon(gross, rate))
        return line
    return line | _inclusive(draft, purpose, gross)


def _inclusive(draft: Draft, purpose: Purpose, gross: Document) -> Document:
    """As the receipt says: now and then it differs from the rate by the smallest unit."""
    rate = draft.books.rates[purpose.tax]
    within = amounts.tax_within(gross, rate)
    if rate and draft.dice.random() < OFF_BY_ONE and min(abs(within[side]["value"]) for side in amounts.SIDES) > 1:
        within = amounts.shifted(within, draft.dice.choice((-1, 1)))
    tax = _tax(draft, purpose.tax, "inclusive", rate, within)
    return {"tax": tax, "netAmount": amounts.minus(gross, within)}


def _line(draft: Draft, place: int, gross: Document) -> Document:
    return {
        "accountingEntryLineId": stable_id(draft.id, f"line{place}"),
        "lineAmount": gross,
        "netAmount": gross,
        "account": None,
        "tax": None,
        "tags": _tags(draft),
    }


def _tax(draft: Draft, code: str, kind: str, rate: Decimal, amount: Document) -> Document:
    reverse = kind == "reverse"
    return {
        "id": draft.key("tax", code),
        "code": code,
        "type": kind,
        "rate": rate,
        "amount": amount,
        "ingoingTaxAccount": "2641" if reverse else None,
        "outgoingTaxAccount": "2614" if reverse else None,
    }


def no_tax(draft: Draft, gross: Document) -> Document:
    return _tax(draft, "NONE", "inclusive", _ZERO, amounts.minus(gross, gross))


def _tags(draft: Draft) -> list[Document]:
    found = [
        (group, draft.dice.choice(codes)) for group, codes in draft.books.tags.items() if draft.dice.random() < 0.4
    ]
    if draft.dice.random() < STRAY:
        found.append((STRAY_GROUP, draft.dice.choice(STRAY_TAGS)))
    return [tag(draft, group, code) for group, code in found]


def tag(draft: Draft, group: str, code: str) -> Document:
    return {"id": draft.key("tag", group, code), "groupCode": group, "code": code}


def _euros(draft: Draft, most: int) -> Decimal:
    return Decimal(draft.dice.randint(350, most)) / 100
