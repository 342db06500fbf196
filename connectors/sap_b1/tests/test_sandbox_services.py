from decimal import Decimal

from connectors.sap_b1.tests.client import Program, loaded


def test_the_company_tells_its_version_and_currencies(nordwind: Program) -> None:
    assert nordwind.read("/CompanyService_GetCompanyInfo")["Version"] == "1000310"
    told = nordwind.read("/CompanyService_GetAdminInfo")
    assert (told["LocalCurrency"], told["EnableBranches"]) == ("EUR", "tNO")


def test_a_rate_is_that_of_the_day_or_is_missing(nordwind: Program) -> None:
    nordwind.sandbox.set_rate("SBO_NORDWIND", "CHF", "2026-11-01", "1.05")

    def ask(day: str) -> dict[str, object]:
        return loaded(nordwind.call("POST", "/SBOBobService_GetCurrencyRate", {"Currency": "CHF", "Date": day}))

    assert ask("2026-11-01") == {"value": Decimal("1.05")}
    assert "error" in ask("2026-11-02")


def test_periods_say_whether_they_are_open(nordwind: Program) -> None:
    rows = nordwind.call("POST", "/CompanyService_GetPeriods", {}).json()["value"]
    assert [row["Locked"] for row in rows] == ["ltYearEndClosing", "ltUnlocked"]


def test_a_type_of_document_has_a_default_series_or_none(nordwind: Program) -> None:
    asked = {"DocumentTypeParams": {"Document": "18"}}
    assert nordwind.call("POST", "/SeriesService_GetDefaultSeries", asked).status_code == 200
    nordwind.sandbox.change_company("SBO_NORDWIND", without_series=["PurchaseInvoices"])
    assert nordwind.call("POST", "/SeriesService_GetDefaultSeries", asked).status_code == 404
