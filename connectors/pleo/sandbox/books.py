"""Charts of accounts, wallets, taxes and tags as the sandbox's accounting systems know them, by heart: a sandbox
imports no other. Codes that the accounting system does not know, or knows as archived, are here too.
"""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Account:
    """`identifier` is the accounting system's own id; an account may have no code."""

    name: str
    code: str | None
    identifier: str | None = None


@dataclass(frozen=True)
class Purpose:
    """What money is spent on: a line's account, its usual tax, a note."""

    account: str
    code: str
    tax: str
    note: str


@dataclass(frozen=True)
class Books:
    """A chart of accounts as far as the sandbox books on it."""

    rates: dict[str, Decimal]  # tax code: fraction
    reverse: str | None  # tax code of the reverse charge
    purposes: tuple[Purpose, ...]
    wallets: dict[str, Account]  # currency: the bank account behind the wallet, an entry's contra account
    fixed: dict[str, tuple[Account, ...]]  # entry type: where its line is booked, if not on a purpose
    tags: dict[str, tuple[str, ...]]  # group: codes, as tracking categories and their options
    archived: tuple[Account, str]  # an account and a tax code that are no longer used
    vendors: dict[str, str]  # suppliers that the accounting system knows: their numbers
    employee: tuple[str, str]  # and an employee


#: A tag group that no accounting system of ours knows.
STRAY_GROUP, STRAY_TAGS = "Cost centre", ("CC-100", "CC-200")

_IN_TRANSIT, _BANK = Account("Money in transit", "1690"), Account("Bank EUR", "1920")
_ADVANCES, _OWED = Account("Advances to employees", "1610"), Account("Owed to employees", "2890")
_PER_DIEM = Account("Mileage and per diem", "7330")
CONTINENTAL = Books(
    rates={"INPUT": Decimal("0.19"), "TAX001": Decimal("0.07"), "TAX003": Decimal("0.25"), "NONE": Decimal(0)},
    reverse="TAX002",
    purposes=(
        Purpose("Travel", "5800", "INPUT", "Train to client"),
        Purpose("Hotels", "5830", "TAX001", "Two nights at the trade fair"),
        Purpose("Entertainment", "6070", "INPUT", "Lunch with a customer"),
        Purpose("Office supplies", "6110", "INPUT", "Paper and pens"),
        Purpose("Consumables", "5410", "TAX003", "Coffee for the office"),
        Purpose("Bank fees", "6570", "NONE", "Card fee"),
        Purpose("Software", "5420", "INPUT", "Licences for the team"),
        Purpose("Advertising", "5910", "INPUT", "Spring campaign"),
        Purpose("IT services", "6540", "INPUT", "Hosting"),
        Purpose("Mobile phones", "6212", "TAX003", "Phone subscriptions"),
    ),
    wallets={
        "EUR": Account("Card EUR account", "1930"),
        "SEK": Account("Card SEK account", "1931"),
        "USD": Account("Card USD account", "1932"),
        "JPY": Account("Card JPY account", "1933"),
    },
    fixed={
        "mileage": (_PER_DIEM,),
        "per_diem": (_PER_DIEM,),
        "external_reimbursement": (_OWED,),
        "direct_reimbursement": (_OWED,),
        "invoice_payment": (Account("Accounts payable", "2440"),),
        "cashback": (Account("Cashback", "3990"),),
        "atm_withdrawal": (Account("Cash at hand", "1950"),),
        "wallet_topup": (_IN_TRANSIT, _IN_TRANSIT, _BANK),
        "wallet_unload": (_IN_TRANSIT, _IN_TRANSIT, _BANK),
        "personal_spend": (_ADVANCES, _OWED),
        "fee": (Account("Bank fees", "6570"),),
    },
    tags={"Team": ("Sales", "Engineering", "Support"), "Region": ("North", "South")},
    archived=(Account("Old advertising", "5990"), "TAX009"),
    vendors={"Rail AB": "SUP-1", "Büro Müller": "SUP-2"},
    employee=("Anna Berg", "EMP-1"),
)

_DIRECTORS = Account("Directors' Loan Account", "835")
BRITISH = Books(
    rates={
        "INPUT2": Decimal("0.20"),
        "RRINPUT": Decimal("0.05"),
        "ZERORATEDINPUT": Decimal(0),
        "NONE": Decimal(0),
    },
    reverse=None,
    purposes=(
        Purpose("Travel - National", "493", "INPUT2", "Train to client"),
        Purpose("Travel - International", "494", "ZERORATEDINPUT", "Flight to the trade fair"),
        Purpose("Entertainment", "420", "NONE", "Lunch with a customer"),
        Purpose("Printing & Stationery", "461", "INPUT2", "Paper and pens"),
        Purpose("General Expenses", "429", "RRINPUT", "Heating for the workshop"),
        Purpose("IT Software and Consumables", "463", "INPUT2", "Licences for the team"),
        Purpose("Subscriptions", "485", "INPUT2", "Trade journal"),
        Purpose("Telephone & Internet", "489", "INPUT2", "Phone subscriptions"),
        Purpose("Consulting", "412", "INPUT2", "Design review"),
    ),
    wallets={"GBP": Account("Company cards", None, "a1dc3dbc-8e5f-53a0-8baf-e4c0021f1a59")},
    fixed={
        "mileage": (Account("Motor Vehicle Expenses", "449"),),
        "per_diem": (Account("Travel - International", "494"),),
        "external_reimbursement": (_DIRECTORS,),
        "direct_reimbursement": (_DIRECTORS,),
        "invoice_payment": (Account("Accounts Payable", "800"),),
        "cashback": (Account("Bank Fees", "404"),),
        "atm_withdrawal": (_DIRECTORS,),
        "wallet_topup": (_DIRECTORS, Account("Business Bank Account", "090")),
        "wallet_unload": (_DIRECTORS, Account("Business Bank Account", "090")),
        "personal_spend": (_DIRECTORS,),
        "fee": (Account("Bank Fees", "404"),),
    },
    tags={"Department": ("Studio", "Workshop")},
    archived=(Account("Old travel account", "499"), "SRINPUT"),
    vendors={"Quay Supplies": "SUP-1"},
    employee=("Tom Finch", "EMP-1"),
)
BOOKS = {"continental": CONTINENTAL, "british": BRITISH}
