"""Named seeds: which entries come how often. A seed is a number, a name, or a name with a number ("everyday/7")."""

import secrets
from dataclasses import dataclass
from itertools import repeat

#: Every entry type of Export API 32.1.0, an invoice before its payment.
KINDS = (
    *("card_purchase", "card_invoice", "out_of_pocket", "mileage", "per_diem", "external_reimbursement"),
    *("direct_reimbursement", "invoice", "invoice_payment", "chargeback", "refund", "cashback"),
    *("atm_withdrawal", "wallet_topup", "wallet_unload", "personal_spend", "fee"),
)
Seed = int | str


@dataclass(frozen=True)
class Mixture:
    """Shares are fractions of the entries; `kinds` and `lines` weigh entry types and numbers of lines."""

    kinds: dict[str, float]
    spoiled: float = 0.10  # cannot be planned
    home: float = 0.8  # on the wallet in the company's own currency
    hard: float = 0.1  # have a note, a date or a name that is hard to carry
    files: tuple[float, ...] = (25, 50, 20, 5)  # weights of no file, one, two, three
    big_files: float = 0.06  # of files: some megabytes
    odd_files: float = 0.02  # of files: too big for anybody, or of a type that nobody takes
    lines: tuple[tuple[int, float], ...] = ((1, 70), (2, 16), (3, 8), (5, 4), (12, 1.5), (60, 0.4), (500, 0.1))


_FEW = ((1, 70), (2, 18), (3, 8), (5, 4))
_EVERYDAY = dict.fromkeys(KINDS, 2.0) | {"card_purchase": 30, "out_of_pocket": 12, "invoice": 10, "mileage": 6}
_ALIKE = dict.fromkeys(KINDS, 1.0)
SEEDS = {
    "everyday": Mixture(_EVERYDAY | {"invoice_payment": 6, "refund": 4, "fee": 4}),
    "month-end": Mixture(
        _ALIKE | {"invoice": 10, "invoice_payment": 8, "external_reimbursement": 4, "direct_reimbursement": 4},
        lines=((1, 40), (3, 30), (12, 20), (60, 8), (500, 2)),
    ),
    "currencies": Mixture(_ALIKE, home=0.25),
    "hostile": Mixture(_ALIKE, spoiled=0.4, home=0.5, hard=0.8, odd_files=0.2),
    "receipts": Mixture(
        {"card_purchase": 4, "out_of_pocket": 3, "invoice": 2, "refund": 1},
        spoiled=0,
        files=(5, 35, 35, 25),
        odd_files=0.08,
        lines=_FEW,
    ),
    #: Nothing that makes trouble, on one wallet.
    "plain": Mixture(
        {"out_of_pocket": 1, "invoice": 1},
        spoiled=0,
        home=1,
        hard=0,
        files=(1, 2, 1),
        big_files=0,
        odd_files=0,
        lines=_FEW,
    ),
}


def read(seed: Seed | None) -> tuple[str, Mixture]:
    """What the dice are thrown with, and the mixture; no seed: something new each time. ValueError: no such name."""
    if seed is None or isinstance(seed, int):
        number = secrets.randbits(32) if seed is None else seed
        return str(number), SEEDS["everyday"]
    name = seed.partition("/")[0]
    if name not in SEEDS:
        raise ValueError(f"There is no seed {seed!r}, but {', '.join(SEEDS)}")
    return seed, SEEDS[name]


def one_of_each(kinds: tuple[str, ...], count: int) -> list[str]:
    """`count` types, in turn."""
    if unknown := set(kinds) - set(KINDS):
        raise ValueError(f"There is no entry type {', '.join(sorted(unknown))}")
    return [kind for turn in repeat(kinds, -(-count // len(kinds))) for kind in turn][:count]
