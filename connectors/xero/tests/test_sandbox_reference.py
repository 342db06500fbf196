from decimal import Decimal

from connectors.xero.sandbox import HARBOUR, NORDWIND
from connectors.xero.tests.app_in_xero import AppInXero


def test_the_organisation_tells_its_currency_country_and_locks(nordwind: AppInXero) -> None:
    [org] = nordwind.read("/Organisation")["Organisations"]
    assert (org["OrganisationID"], org["BaseCurrency"], org["CountryCode"]) == (NORDWIND, "EUR", "DE")
    assert org["PeriodLockDate"] == "/Date(1735603200000+0000)/"


def test_an_organisation_without_a_lock_has_no_such_field(harbour: AppInXero) -> None:
    [org] = harbour.read("/Organisation")["Organisations"]
    assert (org["OrganisationID"], org["BaseCurrency"]) == (HARBOUR, "GBP")
    assert "PeriodLockDate" not in org
    assert "EndOfYearLockDate" in org


def test_the_actions_that_are_allowed_can_be_asked(nordwind: AppInXero) -> None:
    actions = {a["Name"]: a["Status"] for a in nordwind.read("/Organisation/Actions")["Actions"]}
    assert actions["UseMulticurrency"] == "ALLOWED"


def test_accounts_come_whole_with_the_archived_ones(nordwind: AppInXero) -> None:
    accounts = {a["Code"]: a for a in nordwind.read("/Accounts")["Accounts"]}
    assert accounts["5800"]["Status"] == "ACTIVE"
    assert (accounts["5800"]["Class"], accounts["5800"]["TaxType"]) == ("EXPENSE", "INPUT")
    assert accounts["5990"]["Status"] == "ARCHIVED"
    assert accounts["1931"]["CurrencyCode"] == "SEK"
    assert accounts["2440"]["SystemAccount"] == "CREDITORS"


def test_a_bank_account_may_have_no_code(harbour: AppInXero) -> None:
    banks = harbour.read("/Accounts", where='Type=="BANK"')["Accounts"]
    assert [bank.get("Code") for bank in banks] == ["090", None]


def test_accounts_can_be_asked_for_what_changed(nordwind: AppInXero) -> None:
    since = {"If-Modified-Since": "2024-01-01T00:00:01"}
    assert nordwind.read("/Accounts", since)["Accounts"] == []
    assert len(nordwind.read("/TaxRates", since)["TaxRates"]) == 7  # which knows no such header


def test_tax_rates_say_where_they_apply(nordwind: AppInXero) -> None:
    rates = {rate["TaxType"]: rate for rate in nordwind.read("/TaxRates")["TaxRates"]}
    assert rates["INPUT"]["EffectiveRate"] == Decimal(19)
    assert rates["INPUT"]["CanApplyToExpenses"] is True
    assert rates["OUTPUT"]["CanApplyToExpenses"] is False
    assert rates["TAX009"]["Status"] == "ARCHIVED"


def test_only_enabled_currencies_are_listed(harbour: AppInXero) -> None:
    assert [c["Code"] for c in harbour.read("/Currencies")["Currencies"]] == ["GBP", "EUR", "USD"]


def test_archived_tracking_is_shown_only_when_asked_for(harbour: AppInXero) -> None:
    shown = harbour.read("/TrackingCategories")["TrackingCategories"]
    assert [category["Name"] for category in shown] == ["Department"]
    assert [option["Name"] for option in shown[0]["Options"]] == ["Studio", "Workshop"]
    every = harbour.read("/TrackingCategories", includeArchived="true")["TrackingCategories"]
    assert [category["Status"] for category in every] == ["ACTIVE", "ARCHIVED"]


def test_archived_options_are_hidden_too(nordwind: AppInXero) -> None:
    team, _ = nordwind.read("/TrackingCategories")["TrackingCategories"]
    assert "Print" not in [option["Name"] for option in team["Options"]]


def test_the_two_organisations_share_no_ids(nordwind: AppInXero, harbour: AppInXero) -> None:
    ids = [{a["AccountID"] for a in app.read("/Accounts")["Accounts"]} for app in (nordwind, harbour)]
    assert not ids[0] & ids[1]


def test_every_card_currency_has_a_bank_account(nordwind: AppInXero) -> None:
    banks = nordwind.read("/Accounts", where='Type=="BANK" AND Status=="ACTIVE"')["Accounts"]
    assert {bank["CurrencyCode"] for bank in banks} == {"EUR", "SEK", "USD", "JPY"}
    enabled = {currency["Code"] for currency in nordwind.read("/Currencies")["Currencies"]}
    assert {"EUR", "SEK", "USD", "JPY", "GBP"} <= enabled


def test_an_account_that_is_no_bank_may_accept_payments(nordwind: AppInXero) -> None:
    accounts = nordwind.read("/Accounts")["Accounts"]
    assert [a["Code"] for a in accounts if a["EnablePaymentsToAccount"]] == ["1950"]


def test_two_categories_of_tracking_are_active_each_with_several_options(nordwind: AppInXero) -> None:
    shown = nordwind.read("/TrackingCategories")["TrackingCategories"]
    assert [category["Name"] for category in shown] == ["Team", "Region"]
    assert all(len(category["Options"]) >= 4 for category in shown)


def test_an_action_may_not_be_allowed(nordwind: AppInXero) -> None:
    nordwind.sandbox.change_organisation(NORDWIND, not_allowed=["UseMulticurrency"])
    actions = {a["Name"]: a["Status"] for a in nordwind.read("/Organisation/Actions")["Actions"]}
    assert (actions["UseMulticurrency"], actions["CreateDraftBill"]) == ("NOT-ALLOWED", "ALLOWED")
