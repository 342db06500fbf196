"""Two companies: one with VAT groups in euro, one with tax codes and branches in dollars."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

NORDWIND, HARBOUR = "SBO_NORDWIND", "SBO_HARBOUR"
#: What a test or a demo logs in with; a sandbox has nothing to protect.
USERS: Final = {"causeway": "sandbox-password", "manager": "another-password"}
#: Of the demo's customer. A distribution rule's code has eight letters at most, so teams are told in texts.
SETTINGS: Final = {"mapped": [{"group": "Region", "axis": "2"}], "description": "{supplier} - {purpose} {tags}"}
#: Nordwind's chart besides the usual: what its cards and its people spend is booked here.
SPENDING: Final = (
    *(("1610", "Advances to employees"), ("1690", "Money in transit"), ("1920", "Bank EUR")),
    *(("1930", "Card EUR account"), ("1931", "Card SEK account"), ("1932", "Card USD account")),
    *(("1933", "Card JPY account"), ("1950", "Cash at hand"), ("2640", "Input tax"), ("2890", "Owed to employees")),
    *(("3990", "Cashback"), ("5410", "Consumables"), ("5420", "Software"), ("5800", "Travel"), ("5830", "Hotels")),
    *(("5910", "Advertising"), ("6070", "Entertainment"), ("6110", "Office supplies"), ("6212", "Mobile phones")),
    *(("6540", "IT services"), ("6570", "Bank fees"), ("7330", "Mileage and per diem")),
)

Row = dict[str, Any]


def companies() -> Iterator[Row]:
    shared = {
        "version": "1000310",
        "rates": {"USD": "0.92", "GBP": "1.15", "JPY": "0.0061", "SEK": "0.088", "KWD": "2.99"},
        "without_series": [],
    }
    yield {
        **shared,
        "id": NORDWIND,
        "name": "Nordwind GmbH",
        "localization": "Germany",
        "currency": "EUR",
        "tax_field": "VatGroup",
        "branches": False,
        "periods": list(_periods()),
    }
    yield {
        **shared,
        "id": HARBOUR,
        "name": "Harbour Foods Inc.",
        "localization": "United States",
        "currency": "$",
        "tax_field": "TaxCode",
        "branches": True,
        "rates": {"EUR": "1.09"},
        "periods": list(_periods()),
    }


def _periods() -> Iterator[Row]:
    """2025 is closed; all others are open from 2026 on."""
    yield {"code": "2025", "from": "2025-01-01", "to": "2025-12-31", "status": "closed", "windows": {}}
    yield {"code": "2026", "from": "2026-01-01", "to": "2035-12-31", "status": "open", "windows": {}}


def rows(company: str) -> Iterator[tuple[str, Row]]:
    """Each with its entity set."""
    euro = company == NORDWIND
    yield from (("ChartOfAccounts", row) for row in _accounts(SPENDING if euro else ()))
    yield from (("Currencies", row) for row in (_euro_currencies() if euro else _dollar_currencies()))
    yield from (("VatGroups", row) for row in _vat_groups() if euro)
    yield from (("SalesTaxCodes", row) for row in _tax_codes() if not euro)
    yield from (("BusinessPlaces", row) for row in _branches() if not euro)
    yield from (("BusinessPartners", row) for row in _partners(euro=euro))
    yield from (("UserFieldsMD", row) for row in _user_fields())
    for place, name in enumerate(("Department", "Region"), 1):
        yield "Dimensions", _dimension(place, name, active=True)
    for place in (3, 4, 5):
        yield "Dimensions", _dimension(place, f"Dimension {place}", active=False)
    for code, place, active in (
        ("SALES", 1, True),
        ("IT", 1, True),
        ("OLD", 1, False),
        ("DE", 2, True),
        ("US", 2, True),
        ("North", 2, True),
        ("South", 2, True),
    ):
        live = "tYES" if active else "tNO"
        yield (
            "DistributionRules",
            {"FactorCode": code, "FactorDescription": code.title(), "InWhichDimension": place, "Active": live},
        )
        yield (
            "ProfitCenters",
            {"CenterCode": code, "CenterName": code.title(), "InWhichDimension": place, "Active": live},
        )
    yield "Projects", {"Code": "P-01", "Name": "New office", "Active": "tYES", "ValidFrom": None, "ValidTo": None}
    yield (
        "Projects",
        {"Code": "P-00", "Name": "Old office", "Active": "tYES", "ValidFrom": None, "ValidTo": "2025-12-31"},
    )


def _dimension(place: int, name: str, *, active: bool) -> Row:
    return {
        "DimensionCode": place,
        "DimensionName": f"Dimension {place}",
        "DimensionDescription": name,
        "IsActive": "tYES" if active else "tNO",
    }


def _accounts(more: Iterable[tuple[str, str]]) -> Iterator[Row]:
    usual = {"ActiveAccount": "tYES", "LockManualTransaction": "tNO", "FrozenFor": "tNO", "AcctCurrency": "##"}
    for code, name in (
        ("6600", "Advertising"),
        ("6640", "Entertainment"),
        ("6660", "Travel"),
        ("6815", "Office supplies"),
        ("6855", "Bank charges"),
        ("1460", "Card clearing"),
        ("1576", "Input tax 19 %"),
        ("1800", "Bank"),
        *more,
    ):
        yield {**usual, "Code": code, "Name": name, "FormatCode": code}
    yield {**usual, "Code": "1810", "Name": "Bank in dollars", "FormatCode": "1810", "AcctCurrency": "USD"}
    yield {**usual, "Code": "3300", "Name": "Trade payables", "FormatCode": "3300", "LockManualTransaction": "tYES"}
    yield {**usual, "Code": "2440", "Name": "Accounts payable", "FormatCode": "2440", "LockManualTransaction": "tYES"}
    yield {**usual, "Code": "5990", "Name": "Old advertising", "FormatCode": "5990", "FrozenFor": "tYES"}
    yield {**usual, "Code": "6000", "Name": "Expenses", "FormatCode": "6000", "ActiveAccount": "tNO"}
    yield {**usual, "Code": "6999", "Name": "Old expenses", "FormatCode": "6999", "FrozenFor": "tYES"}


def _currency(code: str, name: str, iso: str, decimals: str = "cd2Digits") -> Row:
    return {"Code": code, "Name": name, "DocumentsCode": iso, "Decimals": decimals}


def _euro_currencies() -> list[Row]:
    usual = [_currency("EUR", "Euro", "EUR"), _currency("USD", "US dollar", "USD"), _currency("GBP", "Pound", "GBP")]
    usual.append(_currency("SEK", "Swedish krona", "SEK"))
    yen, dinar = _currency("JPY", "Yen", "JPY", "cdWithoutDecimals"), _currency("KWD", "Dinar", "KWD", "cd3Digits")
    return [*usual, yen, dinar, _currency("CHF", "Swiss franc", "CHF")]


def _dollar_currencies() -> list[Row]:
    """A company may have codes of its own."""
    return [_currency("$", "US dollar", "USD"), _currency("EUR", "Euro", "EUR")]


def _vat_groups() -> Iterator[Row]:
    for code, name, rate, category, inactive in (
        ("V0", "Input tax 0 %", 0, "bovcInputTax", "tNO"),
        ("V7", "Input tax 7 %", 7, "bovcInputTax", "tNO"),
        ("V19", "Input tax 19 %", 19, "bovcInputTax", "tNO"),
        ("V16", "Input tax 16 % (2020)", 16, "bovcInputTax", "tYES"),
        ("A19", "Output tax 19 %", 19, "bovcOutputTax", "tNO"),
        ("INPUT", "Input tax", 19, "bovcInputTax", "tNO"),
        ("TAX001", "Input tax, reduced", 7, "bovcInputTax", "tNO"),
        ("TAX002", "Reverse charge", 0, "bovcInputTax", "tNO"),
        ("TAX003", "Input tax, foreign", 25, "bovcInputTax", "tNO"),
        ("TAX009", "Old input tax", 16, "bovcInputTax", "tYES"),
        ("NONE", "No tax", 0, "bovcInputTax", "tNO"),
    ):
        about = {"Code": code, "Name": name, "Category": category, "Inactive": inactive}
        lines = [{"Effectivefrom": "2007-01-01", "Rate": rate}]
        yield {**about, "TaxAccount": "1576" if rate else None, "VatGroups_Lines": lines}


def _tax_codes() -> Iterator[Row]:
    for code, name, rate, purchases in (
        ("EX", "Exempt", 0, "tYES"),
        ("NY", "New York", 8, "tYES"),
        ("SO", "Sales only", 8, "tNO"),
    ):
        yield {"Code": code, "Name": name, "Rate": rate, "ValidForAP": purchases, "Inactive": "tNO"}


def _branches() -> Iterator[Row]:
    for number, name, disabled in ((1, "New York", "tNO"), (2, "Boston", "tNO"), (3, "Salem", "tYES")):
        yield {"BPLID": number, "BPLName": name, "MainBPL": "tYES" if number == 1 else "tNO", "Disabled": disabled}


def _partners(*, euro: bool) -> Iterator[Row]:
    usual = {"CardType": "cSupplier", "Frozen": "tNO", "Valid": "tYES", "Currency": "##"}
    yield {**usual, "CardCode": "V10023", "CardName": "Tipografia Sol", "FederalTaxID": "ESB12345678"}
    yield {**usual, "CardCode": "V10099", "CardName": "Closed Ltd", "Frozen": "tYES"}
    yield {**usual, "CardCode": "V10500", "CardName": "One currency", "Currency": "EUR" if euro else "$"}
    yield {**usual, "CardCode": "C20000", "CardName": "A customer", "CardType": "cCustomer"}


def _user_fields() -> Iterator[Row]:
    """The marker on what the connector writes, and enough others that a page of 20 is not enough."""
    marker = {
        "Name": "CausewayId",
        "Type": "db_Alpha",
        "SubType": "st_None",
        "Size": 50,
        "Mandatory": "tNO",
        "_live": True,
    }
    for number, table in enumerate(("OPCH", "OJDT", "OVPM", "OCRD")):
        yield {**marker, "FieldID": number, "TableName": table, "Description": "Causeway's reference"}
    for number in range(4, 27):
        name = f"Own{number:02}"
        yield {**marker, "FieldID": number, "TableName": "OPCH", "Name": name, "Description": name, "Size": 20}
