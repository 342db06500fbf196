"""One account with three subsidiaries (a fourth is retired): euro in Germany, pounds in Britain, kronor in Sweden.

Rows are as SuiteQL gives them: lower-case names, everything text, subsidiaries as "1, 2".
"""

from collections.abc import Iterable, Iterator

from connectors.kit.sandbox import Document

from .restlet import DEPLOYMENT, SCRIPT

HARBOUR, NORDWIND, RETIRED, SOLSIKKE = "1", "2", "3", "4"
EVERYWHERE = f"{HARBOUR}, {NORDWIND}, {SOLSIKKE}"
CONTINENT = f"{NORDWIND}, {SOLSIKKE}"
#: Of the demo's customer: most employees have no record there, so their expenses become bills.
SETTINGS = {
    "out_of_pocket": "bill",
    "mileage": "bill",
    "per_diem": "bill",
    "tax_account": "2640",
    "department_tags": "Team",
    "location_tags": "Region",
    "receipts": "attach",
    "restlet_script": SCRIPT,
    "restlet_deployment": DEPLOYMENT,
    "receipt_field": "custbody_receipt_url",
}

# id | number | name | type | subsidiaries | inactive
_ACCOUNTS = f"""
100|2440|Accounts payable|AcctPay|{EVERYWHERE}|
101|1920|Bank EUR|Bank|{CONTINENT}|
102|1930|Card EUR account|CredCard|{CONTINENT}|
103|1931|Card SEK account|CredCard|{CONTINENT}|
104|1932|Card USD account|CredCard|{CONTINENT}|
105|1933|Card JPY account|CredCard|{CONTINENT}|
106|1950|Cash at hand|OthCurrAsset|{CONTINENT}|
107|1610|Advances to employees|OthCurrAsset|{CONTINENT}|
108|1690|Money in transit|OthCurrAsset|{CONTINENT}|
109|2640|Input tax|OthCurrAsset|{EVERYWHERE}|
110|2890|Owed to employees|OthCurrLiab|{CONTINENT}|
111|3990|Cashback|OthIncome|{CONTINENT}|
112|5410|Consumables|Expense|{CONTINENT}|
113|5420|Software|Expense|{CONTINENT}|
114|5800|Travel|Expense|{CONTINENT}|
115|5830|Hotels|Expense|{CONTINENT}|
116|5910|Advertising|Expense|{CONTINENT}|
117|5990|Old advertising|Expense|{CONTINENT}|T
118|6070|Entertainment|Expense|{CONTINENT}|
119|6110|Office supplies|Expense|{CONTINENT}|
120|6212|Mobile phones|Expense|{CONTINENT}|
121|6540|IT services|Expense|{CONTINENT}|
122|6570|Bank fees|Expense|{CONTINENT}|
123|7330|Mileage and per diem|Expense|{CONTINENT}|
124|2920|Unpaid expense reports|OthCurrLiab|{EVERYWHERE}|
200|090|Business Bank Account|Bank|{HARBOUR}|
201|493|Travel - National|Expense|{HARBOUR}|
202|461|Printing & Stationery|Expense|{HARBOUR}|
"""
_CURRENCIES = (
    *("1|EUR|Euro|2", "2|GBP|Pound|2", "3|SEK|Swedish krona|2", "4|USD|US dollar|2", "5|JPY|Yen|0"),
    "6|KWD|Kuwaiti dinar|3",
)
_TAX_CODES = ("7|INPUT|19", "8|TAX001|7", "9|TAX003|25", "10|NONE|0", "11|TAX002|0", "12|TAX009|16")
_RETIRED_TAXES = {"TAX009"}
_SEGMENTS = {
    "department": ("5|Sales|", "6|Engineering|", "7|Support|", "8|Print|T"),
    "classification": ("1|Own brand|", "2|Old brand|T"),
    "location": ("1|North|", "2|South|"),
}


def rows() -> Iterator[tuple[str, Document]]:
    """Each with its table."""
    for number, name, currency, retired in (
        (HARBOUR, "Harbour & Finch Ltd", "2", "F"),
        (NORDWIND, "Nordwind GmbH", "1", "F"),
        (RETIRED, "Old Nordwind GmbH", "1", "T"),
        (SOLSIKKE, "Solsikke Design AB", "3", "F"),
    ):
        yield "subsidiary", {"id": number, "name": name, "currency": currency, "isinactive": retired}
    for number, symbol, name, precision in _split(_CURRENCIES):
        yield "currency", {
            "id": number, "symbol": symbol, "name": name, "isinactive": "F", "currencyprecision": precision,
        }  # fmt: skip
    for number, code, name, kind, subsidiaries, inactive in _split(_ACCOUNTS.strip().splitlines()):
        yield "account", {
            "id": number, "acctnumber": code, "acctname": name, "accttype": kind, "subsidiary": subsidiaries,
            "isinactive": inactive or "F",
        }  # fmt: skip
    for table, lines in _SEGMENTS.items():
        for number, name, inactive in _split(lines):
            yield table, {"id": number, "name": name, "subsidiary": EVERYWHERE, "isinactive": inactive or "F"}
    for number, name, rate in _split(_TAX_CODES):
        inactive = "T" if name in _RETIRED_TAXES else "F"
        yield "salestaxitem", {"id": number, "itemid": name, "rate": rate, "isinactive": inactive}
    for number, name, account in (("4", "Hotel", "115"), ("5", "Travel", "114"), ("6", "Mileage", "123")):
        yield "expensecategory", {"id": number, "name": name, "expenseacct": account, "isinactive": "F"}
    yield from _periods()
    yield from _people()


def _periods() -> Iterator[tuple[str, Document]]:
    """2024 is closed. Every year and quarter is a period too, on which nothing is posted."""
    number = 0
    for year in range(2024, 2031):
        shut = "T" if year < 2025 else "F"
        spans = [(f"FY {year}", 1, 12, "isyear")]
        spans += [(f"Q{quarter} {year}", 3 * quarter - 2, 3 * quarter, "isquarter") for quarter in range(1, 5)]
        spans += [(f"{_MONTHS[month - 1]} {year}", month, month, "") for month in range(1, 13)]
        for name, first, last, kind in spans:
            number += 1
            flags = dict.fromkeys(("isyear", "isquarter", "isadjust", "alllocked", "aplocked"), "F")
            yield (
                "accountingperiod",
                {
                    "id": str(number),
                    "periodname": name,
                    "startdate": f"{year}-{first:02}-01",
                    "enddate": f"{year}-{last:02}-{_days(year, last)}",
                    "closed": shut,
                    **flags,
                    **({kind: "T"} if kind else {}),
                },
            )


_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def _days(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 else 28
    return 30 if month in {4, 6, 9, 11} else 31


def _people() -> Iterator[tuple[str, Document]]:
    """Employees have one subsidiary, vendors may have several; each lists its currencies."""
    for number, name, given, email, subsidiary, inactive in (
        ("31", "EMP-1", "Anna Berg", "anna.berg@example.com", NORDWIND, "F"),
        ("32", "E-12", "Ada Holm", "ada.holm@example.com", NORDWIND, "F"),
        ("33", "E-99", "Gone Away", "gone@example.com", NORDWIND, "T"),
        ("34", "E-50", "Tom Finch", "tom.finch@example.com", HARBOUR, "F"),
    ):
        first, _, last = given.partition(" ")
        yield "employee", {
            "id": number, "entityid": name, "firstname": first, "lastname": last, "email": email,
            "subsidiary": subsidiary, "isinactive": inactive,
        }  # fmt: skip
    for number, name, external, email, subsidiary, inactive, currencies in (
        ("2425", "V-100", "erp-v-100", "bills@rail.example", f"{HARBOUR}, {NORDWIND}", "F", ["1", "3", "5", "6"]),
        ("2426", "Büro Müller", "", "post@buero.example", NORDWIND, "F", ["1"]),
        ("2427", "Quay Supplies", "", "", HARBOUR, "F", ["2"]),
        ("2428", "Closed Café", "", "", NORDWIND, "T", ["1"]),
    ):
        yield "vendor", {
            "id": number, "entityId": name, "companyName": name, "externalId": external, "email": email,
            "subsidiary": subsidiary, "isInactive": inactive, "currencies": currencies,
        }  # fmt: skip


def _split(lines: Iterable[str]) -> Iterator[list[str]]:
    for line in lines:
        yield line.split("|")
