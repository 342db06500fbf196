"""What a customer may choose from in the settings, as it is in Business One now; what is out of use is told apart."""

from collections.abc import Iterator

from connectors.kit.settings import Choice
from connectors.sap_b1 import reference
from connectors.sap_b1.books import Account, Books, TaxCode
from connectors.sap_b1.listing import Listed
from connectors.sap_b1.settings import Offer


def choices(listed: Listed, offer: Offer) -> Iterator[Choice]:
    """Raises what `listed` raises."""
    match offer:
        case Offer.ACCOUNTS:
            for account in Books({"accounts": reference.accounts(listed)}).chart:
                yield Choice(account.format_code or account.code, account.label, _of_account(account))
        case Offer.TAX_CODES:
            for code in Books({"taxes": reference.taxes(listed)}).taxes.values():
                yield Choice(code.code, f"{code.code} {code.name}".strip(), _of_tax(code))
        case Offer.BRANCHES:
            query = [("$select", "BPLID,BPLName,Disabled"), ("$orderby", "BPLID")]
            for row in listed("BusinessPlaces", query):
                problem = "disabled in Business One" if row.get("Disabled") == "tYES" else ""
                yield Choice(str(row["BPLID"]), str(row.get("BPLName") or row["BPLID"]), problem)


def _of_account(account: Account) -> str:
    if not account.is_active:
        return "inactive or a title in Business One"
    return "a control account, which nothing is booked on by hand in Business One" if account.is_control else ""


def _of_tax(code: TaxCode) -> str:
    return "" if code.is_usable else "inactive, or not for purchases in Business One"
