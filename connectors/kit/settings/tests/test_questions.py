"""The form is made from the model, and a model of which none can be made is refused when it is loaded."""

from typing import Annotated, Any

import pytest
from pydantic import Field, SecretStr

from connectors.kit.settings import Live, Row, Section, Settings, table
from connectors.kit.settings.live import Choice, matching
from connectors.kit.settings.questions import Kind, Question, UnknownSetting, in_sections, questions
from connectors.kit.settings.tests.acme import AcmeSettings

ASKED = {one.name: one for one in questions(AcmeSettings)}


def test_each_kind_of_field_is_a_question() -> None:
    assert {name: one.kind for name, one in ASKED.items()} == {
        "ledger": Kind.TEXT,
        "account": Kind.TEXT,
        "mapping": Kind.ROWS,
        "posting": Kind.ONE_OF,
        "days": Kind.WHOLE,
        "limit": Kind.AMOUNT,
        "since": Kind.DAY,
        "asks": Kind.YES_NO,
        "password": Kind.SECRET,
        "name": Kind.TEXT,
    }


def test_a_question_says_what_the_field_says() -> None:
    account, posting, mapping = ASKED["account"], ASKED["posting"], ASKED["mapping"]
    assert (account.title, account.help, account.live) == ("Account", "The other.", Live("accounts", ("ledger",)))
    assert posting.options == (("draft", "Draft"), ("in_the_ledger", "In the ledger"))
    assert posting.title == "Posting"
    assert mapping.at_most == 3
    assert [(one.name, one.is_required) for one in mapping.columns] == [("category", True), ("account", True)]
    assert (ASKED["limit"].is_optional, ASKED["limit"].default) == (True, None)


def test_what_stands_in_no_section_comes_first() -> None:
    order = [(section.title, [one.name for one in asked]) for section, asked in in_sections_of_acme()]
    assert order == [
        ("", ["asks", "password", "name"]),
        ("Where", ["ledger", "account", "mapping"]),
        ("How", ["posting", "days", "limit", "since"]),
    ]


def in_sections_of_acme() -> list[tuple[Section, tuple[Question, ...]]]:
    return in_sections(AcmeSettings, AcmeSettings.sections)


class Pair(Row):
    secret: SecretStr


REFUSED: dict[str, tuple[Any, Any]] = {
    "of type": (complex, ...),
    "in a row": (tuple[Pair, ...], ()),
    "no settings": (Annotated[str, Live("accounts", given=("nowhere",))], ""),
    "of type .*int": (Annotated[int, Live("accounts")], 1),
}


@pytest.mark.parametrize("why", REFUSED)
def test_a_field_of_which_no_form_can_be_made_is_refused_at_once(why: str) -> None:
    kind, default = REFUSED[why]
    body = {"__annotations__": {"odd": kind}, "model_config": {"arbitrary_types_allowed": True}}
    if default is not ...:
        body["odd"] = Field(default)
    with pytest.raises(UnknownSetting, match=why):
        type("Odd", (Settings,), body)


@pytest.mark.parametrize(("names", "why"), [(["nowhere"], "no setting"), (["days", "days"], "twice")])
def test_a_section_of_what_is_not_there_is_refused_at_once(names: list[str], why: str) -> None:
    with pytest.raises(UnknownSetting, match=why):
        type("Odd", (AcmeSettings,), {"sections": (Section("Odd", *names),)})


def test_the_table_names_every_setting_and_column_and_no_secret() -> None:
    lines = table.markdown(AcmeSettings).splitlines()
    assert len(lines) == 2 + len(ASKED) + len(ASKED["mapping"].columns)
    assert "| How: Days | `days` | 14 |  |" in lines
    assert (
        "| Where: Accounts of categories, Account | `mapping[].account` | to be given | One of the accounts there. |"
        in lines
    )


def test_choices_are_searched_by_words_in_any_order() -> None:
    offered = [Choice("4000", "4000 Travel abroad"), Choice("4010", "4010 Hotels")]
    assert list(matching(offered, "abroad 4000")) == offered[:1]
    assert list(matching(offered, "")) == offered
