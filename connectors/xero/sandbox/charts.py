"""Two charts of accounts, their tax rates and currencies: one line each, read by seed.py."""

CLASSES = {
    **dict.fromkeys(["BANK", "CURRENT", "FIXED", "PREPAYMENT"], "ASSET"),
    **dict.fromkeys(["DIRECTCOSTS", "EXPENSE", "OVERHEADS"], "EXPENSE"),
    **dict.fromkeys(["CURRLIAB", "TERMLIAB"], "LIABILITY"),
    **dict.fromkeys(["REVENUE", "OTHERINCOME"], "REVENUE"),
    "EQUITY": "EQUITY",
}

# code | name | type | tax | system account or a bank account's currency, "payments" where bills may be paid from it,
# "archived"
NORDWIND_ACCOUNTS = """
1920|Bank EUR|BANK|NONE|EUR
1930|Card EUR account|BANK|NONE|EUR
1931|Card SEK account|BANK|NONE|SEK
1932|Card USD account|BANK|NONE|USD
1933|Card JPY account|BANK|NONE|JPY
1939|Closed card account|BANK|NONE|EUR archived
1950|Cash at hand|CURRENT|NONE|payments
1510|Accounts receivable|CURRENT|NONE|DEBTORS
1610|Advances to employees|CURRENT|NONE|
1630|Prepaid expenses|PREPAYMENT|NONE|
1690|Money in transit|CURRENT|NONE|
2091|Historical adjustment|EQUITY|NONE|HISTORICAL
2099|Retained earnings|EQUITY|NONE|RETAINEDEARNINGS
2440|Accounts payable|CURRLIAB|NONE|CREDITORS
2640|VAT|CURRLIAB|NONE|GST
2890|Owed to employees|CURRLIAB|NONE|
2892|Unpaid expense claims|CURRLIAB|NONE|UNPAIDEXPCLM
2990|Tracking transfers|CURRLIAB|NONE|TRACKINGTRANSFERS
3000|Sales|REVENUE|OUTPUT|
3740|Rounding|EXPENSE|NONE|ROUNDING
3960|Exchange gains and losses|EXPENSE|NONE|REALISEDCURRENCYGAIN
3961|Unrealised exchange gains|EXPENSE|NONE|UNREALISEDCURRENCYGAIN
3962|Bank revaluations|EXPENSE|NONE|BANKCURRENCYGAIN
3990|Cashback|OTHERINCOME|NONE|
4000|Purchases|DIRECTCOSTS|INPUT|
5410|Consumables|EXPENSE|INPUT|
5420|Software|EXPENSE|INPUT|
5800|Travel|EXPENSE|INPUT|
5830|Hotels|EXPENSE|TAX001|
5910|Advertising|EXPENSE|INPUT|
5990|Old advertising|EXPENSE|INPUT|archived
6070|Entertainment|EXPENSE|INPUT|
6110|Office supplies|EXPENSE|INPUT|
6212|Mobile phones|EXPENSE|INPUT|
6540|IT services|EXPENSE|INPUT|
6570|Bank fees|EXPENSE|NONE|
7330|Mileage and per diem|EXPENSE|NONE|
7690|Staff costs|EXPENSE|INPUT|
"""
HARBOUR_ACCOUNTS = """
090|Business Bank Account|BANK|NONE|GBP
|Company cards|BANK|NONE|GBP
610|Accounts Receivable|CURRENT|NONE|DEBTORS
800|Accounts Payable|CURRLIAB|NONE|CREDITORS
820|VAT|CURRLIAB|NONE|GST
801|Unpaid Expense Claims|CURRLIAB|NONE|UNPAIDEXPCLM
835|Directors' Loan Account|CURRLIAB|NONE|
960|Retained Earnings|EQUITY|NONE|RETAINEDEARNINGS
200|Sales|REVENUE|OUTPUT2|
310|Cost of Goods Sold|DIRECTCOSTS|INPUT2|
400|Advertising & Marketing|OVERHEADS|INPUT2|
404|Bank Fees|OVERHEADS|NONE|
412|Consulting|OVERHEADS|INPUT2|
420|Entertainment|OVERHEADS|NONE|
429|General Expenses|OVERHEADS|INPUT2|
449|Motor Vehicle Expenses|OVERHEADS|INPUT2|
461|Printing & Stationery|OVERHEADS|INPUT2|
463|IT Software and Consumables|OVERHEADS|INPUT2|
485|Subscriptions|OVERHEADS|INPUT2|
489|Telephone & Internet|OVERHEADS|INPUT2|
493|Travel - National|OVERHEADS|INPUT2|
494|Travel - International|OVERHEADS|ZERORATEDINPUT|
499|Old travel account|OVERHEADS|INPUT2|archived
860|Rounding|CURRLIAB|NONE|ROUNDING
"""
# type | name | percent | report | where it applies (p purchases, s sales, * everywhere) | "archived"
NORDWIND_TAXES = """
INPUT|VAT 19% on purchases|19|INPUT|p|
TAX001|VAT 7% on purchases|7|INPUT|p|
TAX002|Reverse charge|0|ECINPUT|p|
TAX003|VAT 25% on purchases|25|INPUT|p|
TAX009|VAT 16% on purchases (2020)|16|INPUT|p|archived
OUTPUT|VAT 19% on sales|19|OUTPUT|s|
NONE|Tax exempt|0|NONE|*|
"""
HARBOUR_TAXES = """
INPUT2|20% (VAT on Expenses)|20|INPUT|p|
RRINPUT|5% (VAT on Expenses)|5|INPUT|p|
ZERORATEDINPUT|Zero Rated Expenses|0|INPUT|p|
EXEMPTINPUT|Exempt Expenses|0|EXEMPTINPUT|p|
OUTPUT2|20% (VAT on Income)|20|OUTPUT|s|
SRINPUT|15% (VAT on Expenses)|15|INPUT|p|archived
NONE|No VAT|0|NONE|*|
"""
CURRENCIES = {
    "EUR": "Euro",
    "GBP": "British Pound",
    "SEK": "Swedish Krona",
    "DKK": "Danish Krone",
    "USD": "United States Dollar",
    "JPY": "Japanese Yen",
}
