"""Who buys what where, in the sandbox's companies. Names of accounts, taxes and tags are in books.py."""

from decimal import Decimal

#: An organisation, and the companies in it: an authorisation may be for all of them.
ORGANISATION = "Nordlicht Holding"
MEMBERS = ("Nordwind GmbH", "Harbour & Finch Ltd", "Solsikke Design AB")
#: name, currency, books, books by vendor
COMPANIES = (
    ("Nordwind GmbH", "EUR", "continental", True),
    ("Harbour & Finch Ltd", "GBP", "british", True),
    ("Solsikke Design AB", "SEK", "continental", True),
    ("Kitsune Trading KK", "JPY", "continental", False),
)
#: name, country, currency
SUPPLIERS = (
    ("Rail AB", "SE", "SEK"),
    ("Büro Müller", "DE", "EUR"),
    ("Kaffebar Nord ApS", "DK", "EUR"),
    ("Bürobedarf Lindner GmbH", "DE", "EUR"),
    ("Hotel Drei Möwen", "DE", "EUR"),
    ("Wolkenwerk Hosting SE", "DE", "EUR"),
    ("Skrivbord & Stol AB", "SE", "SEK"),
    ("Sakura Stationery KK", "JP", "JPY"),
    ("Tipografía Sol, S.L.", "ES", "EUR"),
    ("Harcourt & Daughters Ltd", "GB", "GBP"),
    ("Atelier Œuvre Sàrl", "FR", "EUR"),
    ("Fjord Telefon AS", "NO", "EUR"),
    ("Tanaka Taxi KK", "JP", "JPY"),
    ("Maple & Main Diner", "US", "USD"),
    ("Redwood Cloud, Inc.", "US", "USD"),
    ("Quay Supplies", "GB", "GBP"),
)
PEOPLE = (
    ("Ada Holm", "E-12"),
    ("Jonas Weiß", "E-15"),
    ("Priya Raman", "E-17"),
    ("Søren Kjær", "E-21"),
    ("Mikiko Abe", "E-24"),
    ("Zoë O'Neill", "E-30"),
    ("Łukasz Żółć", None),
)
TEAMS = (("Sales", "S1"), ("Engineering", "S2"), ("Support", "S3"))
NOTES = (
    None,
    "",
    "Für das Team („wie besprochen“)",
    "打ち合わせのお茶代",
    "Обед для клиента",
    "قهوة مع العميل",
    'Taxi 🚕 <airport> & back; 50% "shared"',
    "Två resor\nen dag",
    "As agreed with the customer. " * 40,
)
#: Merchant category codes (ISO 18245).
CATEGORIES = ("4112", "5734", "5812", "5943", "7011", None)
#: Decimals of the currencies that do not have two (ISO 4217).
EXPONENTS = {"JPY": 0}
#: What one unit is in euros, about; enough to look right.
EUROS = {
    "EUR": Decimal(1),
    "SEK": Decimal("0.0885"),
    "GBP": Decimal("1.16"),
    "USD": Decimal("0.92"),
    "JPY": Decimal("0.0061"),
}
