"""What a customer may choose from in the settings, as it is in Xero now; what is archived is told apart."""

from collections.abc import Iterator, Mapping

from connectors.kit.settings import Choice
from connectors.xero import reference
from connectors.xero.accounts import CONTROL
from connectors.xero.books import Account, Books
from connectors.xero.reference import Fetch
from connectors.xero.settings import Offer

ARCHIVED = "archived in Xero"


def choices(fetch: Fetch, offer: Offer, given: Mapping[str, str]) -> Iterator[Choice]:
    """One call. Raises what `fetch` raises, and ContractBroken."""
    match offer:
        case Offer.ACCOUNTS | Offer.WITH_BANKS:
            return _accounts(Books(reference.accounts(fetch)), banks=offer is Offer.WITH_BANKS)
        case Offer.TAX_RATES:
            return _tax_rates(Books(reference.tax_rates(fetch)))
        case Offer.CATEGORIES:
            return _categories(Books(reference.tracking(fetch)))
        case Offer.OPTIONS:
            return _options(Books(reference.tracking(fetch)), given["category"])


def _accounts(books: Books, *, banks: bool) -> Iterator[Choice]:
    for one in sorted(books.accounts, key=lambda account: (not account.is_active, account.code)):
        yield Choice(one.code or one.id, one.label, _problem(one, banks=banks))


def _problem(account: Account, *, banks: bool) -> str:
    if not account.is_active:
        return ARCHIVED
    if account.system in CONTROL:
        return "kept by Xero itself: nothing can be booked on it in Xero"
    if not banks and account.is_bank:
        return "a bank account, on which no journal can be booked in Xero"
    return ""


def _tax_rates(books: Books) -> Iterator[Choice]:
    for one in books.tax_rates.values():
        percent = "" if one.percent is None else f" ({one.percent.normalize():f} %)"
        yield Choice(one.type, f"{one.name or one.type}{percent}", "" if one.status == "ACTIVE" else ARCHIVED)


def _categories(books: Books) -> Iterator[Choice]:
    for one in books.categories.values():
        yield Choice(one.name, one.name, "" if one.status == "ACTIVE" else ARCHIVED)


def _options(books: Books, category: str) -> Iterator[Choice]:
    found = books.categories.get(category.strip().casefold())
    for name, status in found.options if found else ():
        yield Choice(name, name, "" if status == "ACTIVE" else ARCHIVED)
