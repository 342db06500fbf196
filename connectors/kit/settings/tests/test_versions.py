"""What an older version of a connector has stored is read by the one of today, or somebody is told what to choose."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from connectors.kit.settings.problems import problems_of
from connectors.kit.settings.tests.acme import AcmeSettings
from connectors.kit.settings.versions import CannotRead, as_json, read

SECRET = "hunter2-and-more"


def refusal(**config: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        AcmeSettings.model_validate(config)
    (problem,) = problems_of(refused.value)
    return str(problem)


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({"days": 400}, "days: At most 365."),
        ({"days": "many"}, "days: Give a whole number."),
        ({"limit": "much"}, "limit: Give a number, such as 12.50."),
        ({"name": ""}, "name: Give a value."),
        ({"name": "acme"}, "name: This is not written as it has to be; the help beside it says how."),
        ({"name": "Joke"}, "name: Acme refuses jokes."),
        ({"since": "yesterday"}, "since: Give a day, such as 2026-01-31."),
        ({"posting": "burnt"}, "posting: Choose one of those that are offered."),
        ({"mapping": [{"account": "1"}]}, "mapping.0.category: Give a value."),
        ({"mapping": [{"category": "Travel", "account": "1"}] * 4}, "mapping: At most 3 rows."),
        ({"due": 3}, "due: There is no such setting."),
    ],
)
def test_a_problem_is_told_in_plain_words(config: dict[str, Any], sentence: str) -> None:
    assert refusal(**config) == sentence


def test_secrets_are_kept_apart_and_come_back() -> None:
    settings = AcmeSettings.model_validate({"password": SECRET, "limit": "1.50"})
    plain, secrets = as_json(settings)
    assert SECRET not in str(plain)
    assert (plain["limit"], secrets) == ("1.50", {"password": SECRET})
    again = read(AcmeSettings, {**plain, **secrets}, 2)
    assert again == settings
    assert isinstance(again, AcmeSettings)
    assert again.limit == Decimal("1.50")


def test_older_settings_are_brought_to_today_and_stay_as_they_are() -> None:
    stored = {"due": 7}
    assert read(AcmeSettings, stored, 1) == AcmeSettings(days=7)
    assert stored == {"due": 7}


@pytest.mark.parametrize(
    ("stored", "version", "sentence"),
    [
        ({"one_ledger": "ask"}, 1, "The settings must be chosen anew: Choose a ledger: Acme has several now."),
        ({"due": 999}, 1, "The settings must be chosen anew. days: At most 365."),
        ({}, 3, "The settings are of a newer version of the connector (3, here 2)."),
    ],
)
def test_what_cannot_be_brought_says_what_to_choose(stored: dict[str, Any], version: int, sentence: str) -> None:
    with pytest.raises(CannotRead) as refused:
        read(AcmeSettings, stored, version)
    assert refused.value.sentence.startswith(sentence)


def test_a_fault_of_the_connector_stops_its_customer_and_nothing_else() -> None:
    class Broken(AcmeSettings):
        @classmethod
        def upgrade(cls, config: dict[str, Any], from_version: int) -> dict[str, Any]:
            raise KeyError("due")

    with pytest.raises(CannotRead, match=r"from|cannot bring settings of version 1 to 2 \(KeyError\)"):
        read(Broken, {}, 1)
