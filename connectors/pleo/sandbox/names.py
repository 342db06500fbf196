"""Who buys what where, in the sandbox's companies. Codes are those of the sandbox's accounting systems."""

from dataclasses import dataclass
from decimal import Decimal


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
    purposes: tuple[Purpose, ...]


#: The first part is what the out-of-pocket entries use, too.
CONTINENTAL = Books(
    {"INPUT": Decimal("0.19"), "TAX001": Decimal("0.07"), "TAX003": Decimal("0.25"), "NONE": Decimal(0)},
    (
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
)
BRITISH = Books(
    {
        "INPUT2": Decimal("0.20"),
        "RRINPUT": Decimal("0.05"),
        "ZERORATEDINPUT": Decimal(0),
        "NONE": Decimal(0),
    },
    (
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
)
BOOKS = {"continental": CONTINENTAL, "british": BRITISH}

#: name, currency, books, books by vendor
COMPANIES = (
    ("Nordwind GmbH", "EUR", "continental", True),
    ("Harbour & Finch Ltd", "GBP", "british", True),
    ("Solsikke Design AB", "SEK", "continental", True),
    ("Kitsune Trading KK", "JPY", "continental", False),
)
#: name, country, currency
SUPPLIERS = (
    ("Kaffebar Nord ApS", "DK", "EUR"),
    ("Rail AB", "SE", "SEK"),
    ("Bürobedarf Lindner GmbH", "DE", "EUR"),
    ("Hotel Drei Möwen", "DE", "EUR"),
    ("Wolkenwerk Hosting SE", "DE", "EUR"),
    ("Skrivbord & Stol AB", "SE", "SEK"),
    ("Sakura Stationery KK", "JP", "JPY"),
    ("Tipografía Sol, S.L.", "ES", "EUR"),
    ("Harcourt & Daughters Ltd", "GB", "EUR"),
    ("Atelier Œuvre Sàrl", "FR", "EUR"),
    ("Fjord Telefon AS", "NO", "EUR"),
    ("Tanaka Taxi KK", "JP", "JPY"),
)
PEOPLE = (
    ("Ada Holm", "E-12"),
    ("Jonas Weiß", "E-15"),
    ("Priya Raman", "E-17"),
    ("Søren Kjær", "E-21"),
    ("Mikiko Abe", "E-24"),
    ("Zoë O'Neill", "E-30"),
)
TEAMS = (("Sales", "S1"), ("Engineering", "S2"), ("Support", "S3"))
#: Decimals of the currencies that do not have two (ISO 4217).
EXPONENTS = {"JPY": 0}
#: What one unit is in euros, about; enough to look right.
EUROS = {
    "EUR": Decimal(1),
    "SEK": Decimal("0.0885"),
    "GBP": Decimal("1.16"),
    "JPY": Decimal("0.0061"),
}
