"""What is read of the organisation before a job is planned."""

import json
from typing import Any

import pytest

from connectors.kit.errors import ContractBroken
from connectors.kit.sandbox import Fault
from connectors.kit.sandbox.faults import Kind as Trouble
from connectors.xero import reference
from connectors.xero.books import Books as Chart
from connectors.xero.tests.app_in_xero import AppInXero
from connectors.xero.tests.books import Books

ORGANISATION = {"BaseCurrency": "EUR", "PeriodLockDate": "/Date(1735603200000+0000)/"}
ACCOUNT = {"AccountID": "a-1", "Code": "5800", "Name": "Travel", "Type": "EXPENSE", "Class": "EXPENSE"}


def read(**changes: Any) -> dict[str, Any]:
    """From lists given here; `changes` replaces one of them."""
    lists: dict[str, Any] = {
        "Organisations": [ORGANISATION],
        "Currencies": [{"Code": "EUR"}],
        "Accounts": [ACCOUNT],
        "TaxRates": [{"TaxType": "INPUT", "EffectiveRate": 19, "CanApplyToRevenue": False}],
        "TrackingCategories": [{"Name": "Team", "Options": [{"Name": "Sales"}]}],
        **changes,
    }

    def fetch(path: str, query: object) -> Any:
        name = path.rpartition("/")[2]
        return {name: lists[name]}

    return reference.read(fetch, {"Organisations": lists["Organisations"]})


def test_it_is_what_planning_needs_and_nothing_else() -> None:
    assert read() == {
        "base_currency": "EUR",
        "locks": {"period lock date": "2024-12-31"},
        "currencies": ["EUR"],
        "accounts": [
            {
                "id": "a-1",
                "code": "5800",
                "name": "Travel",
                "type": "EXPENSE",
                "group": "EXPENSE",
                "status": "ACTIVE",
                "system": "",
                "currency": "",
                "payments": False,
            }
        ],
        "tax_rates": [
            {
                "type": "INPUT",
                "name": "",
                "status": "ACTIVE",
                "percent": "19",
                "groups": ["ASSET", "EQUITY", "EXPENSE", "LIABILITY"],
            }
        ],
        "tracking": [
            {"name": "Team", "status": "ACTIVE", "options": [{"name": "Sales", "status": "ACTIVE"}]},
        ],
    }


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("/Date(1735603200000+0000)/", "2024-12-31"),
        ("/Date(1735603200000)/", "2024-12-31"),
        ("/Date(1735603200000+1300)/", "2024-12-31"),
        ("/Date(-86400000+0000)/", "1969-12-31"),
        ("2024-12-31T00:00:00", "2024-12-31"),
    ],
)
def test_a_lock_date_is_the_day_that_xero_means(said: str, day: str) -> None:
    found = read(Organisations=[{**ORGANISATION, "PeriodLockDate": said}])
    assert found["locks"] == {"period lock date": day}


@pytest.mark.parametrize(
    "changes",
    [
        {"Organisations": []},
        {"Organisations": [{}]},
        {"Organisations": [{**ORGANISATION, "PeriodLockDate": "soon"}]},
        {"Accounts": None},
        {"Accounts": [1]},
        {"Accounts": [{"Code": "5800"}]},
        {"TaxRates": [{"Name": "no code"}]},
        {"TrackingCategories": [{"Options": []}]},
        {"Currencies": {"Code": "EUR"}},
    ],
)
def test_lists_that_are_broken_are_not_taken_for_empty_books(changes: dict[str, Any]) -> None:
    with pytest.raises(ContractBroken):
        read(**changes)


def test_the_sandboxs_books_are_read_in_five_calls_and_can_be_kept(nordwind: AppInXero) -> None:
    books = Books(nordwind)
    found = books.xero.reference()
    chart = Chart(json.loads(json.dumps(found)))

    assert len(books.recorder.exchanges) == 5
    assert (chart.base_currency, chart.payables) == ("EUR", "2440 Accounts payable")
    assert chart.currencies >= {"EUR", "SEK", "JPY"}
    assert [str(day) for _, day in chart.locks] == ["2024-12-31", "2023-12-31"]
    card, archived = chart.account("1931"), chart.account("5990")
    assert card is not None
    assert (card.is_bank, card.currency, card.is_active) == (True, "SEK", True)
    assert archived is not None
    assert not archived.is_active
    assert chart.tax_rates["INPUT"].percent == 19
    assert "REVENUE" not in chart.tax_rates["INPUT"].groups
    assert chart.categories["campaign"].status == "ARCHIVED"
    assert ("Print", "ARCHIVED") in chart.categories["team"].options


def test_what_the_probe_was_told_is_not_asked_for_again(nordwind: AppInXero) -> None:
    books = Books(nordwind)
    books.xero.probe()

    assert books.xero.reference() == Books(nordwind).xero.reference()

    assert len(books.recorder.exchanges) == 5


def test_a_page_where_json_was_due_is_not_taken_for_books(nordwind: AppInXero) -> None:
    books = Books(nordwind)
    books.sandbox.faults.add(Fault("GET */TaxRates", Trouble.HTML, status=200))
    with pytest.raises(ContractBroken):
        books.xero.reference()
