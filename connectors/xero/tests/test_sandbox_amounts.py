from decimal import Decimal

from connectors.xero.sandbox import NORDWIND
from connectors.xero.tests.app_in_xero import AppInXero


def test_tax_is_rounded_on_each_line_and_then_summed(nordwind: AppInXero) -> None:
    lines = [{"UnitAmount": amount, "TaxType": "TAX001"} for amount in (0.50, 0.50, 0.50)]  # 7 %: 0.035 each
    [made] = nordwind.put(nordwind.bill(*lines))
    assert [line["TaxAmount"] for line in made["LineItems"]] == [Decimal("0.04")] * 3
    assert (made["SubTotal"], made["TotalTax"], made["Total"]) == (
        Decimal("1.50"),
        Decimal("0.12"),
        Decimal("1.62"),
    )


def test_inclusive_amounts_contain_their_tax(nordwind: AppInXero) -> None:
    [made] = nordwind.put(nordwind.bill({"UnitAmount": 119}, LineAmountTypes="Inclusive"))
    assert (made["SubTotal"], made["TotalTax"], made["Total"]) == (100, 19, 119)


def test_no_tax_means_none_whatever_the_line_says(nordwind: AppInXero) -> None:
    line = {"UnitAmount": 100, "TaxType": "INPUT", "TaxAmount": 19}
    [made] = nordwind.put(nordwind.bill(line, LineAmountTypes="NoTax"))
    assert (made["TotalTax"], made["Total"], made["LineItems"][0]["TaxType"]) == (0, 100, "NONE")


def test_amounts_are_exclusive_unless_said(nordwind: AppInXero) -> None:
    [made] = nordwind.put(nordwind.bill({"UnitAmount": 100}))
    assert (made["LineAmountTypes"], made["Total"]) == ("Exclusive", 119)


def test_the_tax_of_a_line_may_be_overridden_by_a_cent(nordwind: AppInXero) -> None:
    line = {"UnitAmount": 119, "TaxAmount": 19.01}
    [made] = nordwind.put(nordwind.bill(line, LineAmountTypes="Inclusive"))
    assert (made["SubTotal"], made["TotalTax"]) == (Decimal("99.99"), Decimal("19.01"))


def test_the_account_brings_its_tax_unless_the_line_names_one(nordwind: AppInXero) -> None:
    [made] = nordwind.put(nordwind.bill({"AccountCode": "5830"}, {"AccountCode": "5830", "TaxType": "NONE"}))
    assert [line["TaxType"] for line in made["LineItems"]] == ["TAX001", "NONE"]


def test_unit_amounts_lose_their_third_digit_without_unitdp(nordwind: AppInXero) -> None:
    line = {"Quantity": 100, "UnitAmount": 0.1234}
    [four] = nordwind.put(nordwind.bill(line))
    [two] = nordwind.put(nordwind.bill(line), unitdp="2")
    assert (four["LineItems"][0]["UnitAmount"], four["SubTotal"]) == (Decimal("0.1234"), Decimal("12.34"))
    assert (two["LineItems"][0]["UnitAmount"], two["SubTotal"]) == (Decimal("0.12"), Decimal("12.00"))
    [read] = nordwind.read(f"/Invoices/{four['InvoiceID']}")["Invoices"]
    assert read["LineItems"][0]["UnitAmount"] == Decimal("0.12")


def test_a_line_amount_alone_is_taken(nordwind: AppInXero) -> None:
    [made] = nordwind.put(nordwind.bill({"UnitAmount": None, "LineAmount": 12.34}))
    assert made["SubTotal"] == Decimal("12.34")


def test_a_negative_line_is_taken_while_the_total_is_not_negative(nordwind: AppInXero) -> None:
    [made] = nordwind.put(nordwind.bill({"UnitAmount": 10}, {"UnitAmount": -10}))
    assert (made["StatusAttributeString"], made["Total"]) == ("OK", 0)


def test_amounts_keep_every_digit_on_the_wire(nordwind: AppInXero) -> None:
    bill = nordwind.bill({"UnitAmount": Decimal("9007199254.93"), "TaxType": "NONE"})
    answer = nordwind.call("PUT", "/Invoices", {"Invoices": [bill]})
    assert '"Total": 9007199254.93' in answer.text
    assert nordwind.sandbox.bills(NORDWIND)[0]["Total"] == Decimal("9007199254.93")


def test_the_base_currency_has_rate_one_and_others_a_day_rate(nordwind: AppInXero) -> None:
    [euro, krona, told] = nordwind.put(
        nordwind.bill(),
        nordwind.bill(CurrencyCode="SEK"),
        nordwind.bill(CurrencyCode="SEK", CurrencyRate=Decimal("11.4")),
    )
    assert (euro["CurrencyCode"], euro["CurrencyRate"]) == ("EUR", 1)
    assert krona["CurrencyRate"] > 10
    assert (told["CurrencyRate"], told["StatusAttributeString"]) == (Decimal("11.4"), "OK")
