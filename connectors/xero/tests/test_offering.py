"""What the settings offer to choose from, and what the first version of the settings becomes."""

import pytest

from connectors.kit.errors import Reconnect
from connectors.kit.sandbox import Fault
from connectors.kit.sandbox.faults import Kind as Trouble
from connectors.kit.settings import Choice, versions
from connectors.xero.offering import ARCHIVED
from connectors.xero.settings import Offer, XeroSettings
from connectors.xero.tests.app_in_xero import AppInXero
from connectors.xero.tests.books import Books
from connectors.xero.tests.support import document_of, line, record


@pytest.fixture
def books(nordwind: AppInXero) -> Books:
    return Books(nordwind)


def offered(books: Books, of: Offer, **given: str) -> dict[str, Choice]:
    return {one.id: one for one in books.xero.choices(of, given)}


def test_accounts_are_offered_by_code_and_name(books: Books) -> None:
    found = offered(books, Offer.ACCOUNTS)
    assert found["2890"] == Choice("2890", "2890 Owed to employees")
    assert found["5990"].problem == ARCHIVED
    assert "bank account" in found["1930"].problem
    assert "kept by Xero" in found["2440"].problem
    assert list(found)[-1] == "5990"  # what is archived comes last


def test_reimbursements_may_be_paid_from_a_bank_account(books: Books) -> None:
    found = offered(books, Offer.WITH_BANKS)
    assert found["1920"] == Choice("1920", "1920 Bank EUR")
    assert found["1939"].problem == ARCHIVED


def test_tax_rates_say_their_percentage(books: Books) -> None:
    found = offered(books, Offer.TAX_RATES)
    assert found["INPUT"].label.endswith("%)")


def test_options_are_those_of_the_chosen_category(books: Books) -> None:
    categories = offered(books, Offer.CATEGORIES)
    first = next(iter(categories))
    options = offered(books, Offer.OPTIONS, category=first)
    assert options
    assert not offered(books, Offer.OPTIONS, category="Nowhere")


def test_a_lost_authorisation_is_told_as_such(books: Books) -> None:
    books.sandbox.faults.add(Fault("GET /api.xro/2.0/Accounts", Trouble.STATUS_BEFORE, times=9, status=401))
    with pytest.raises(Reconnect):
        offered(books, Offer.ACCOUNTS)


def test_tracking_of_the_first_version_becomes_rows() -> None:
    stored = {"first_tracking": "Dept = Team", "second_tracking": "", "batch_size": 7}
    settings = versions.read(XeroSettings, stored, 1)
    assert settings == XeroSettings.model_validate(
        {"tracking": [{"group": "Dept", "category": "Team"}], "batch_size": 7}
    )


def test_a_line_without_a_tag_has_the_option_of_the_settings() -> None:
    rule = {"group": "Dept", "category": "Team", "otherwise": "Support"}
    document = document_of(record(lines=(line("99.50"),)), tracking=[rule])
    assert document.content["LineItems"][0]["Tracking"] == [{"Name": "Team", "Option": "Support"}]
