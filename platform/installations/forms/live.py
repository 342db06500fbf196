"""Choices that stand in the ERP: what is offered for a field, and whether what is chosen is there and may be used."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

import structlog

from connectors.kit.connector import Connector
from connectors.kit.errors import ConnectorError, ContractBroken
from connectors.kit.settings import Choice, Live, Settings
from connectors.kit.settings.live import AT_MOST, matching
from connectors.kit.settings.questions import Kind, Question, questions
from installations.forms.showing import text

log = structlog.get_logger()

LOOKS_AT_MOST = 30  # lists of one saving
LOOKED_AT_MOST = 5000  # choices of a list


@dataclass(frozen=True)
class Offered:
    """`chosen`: what was chosen before, as it is there; None if it is there no more."""

    choices: tuple[Choice, ...]
    has_more: bool
    chosen: Choice | None


@dataclass
class Looked:
    """What a look at the ERP before saving has found. `labels` by the name of the choices and the id."""

    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def question_at(model: type[Settings], path: str) -> Question | None:
    """`path`: "account", or "mapping.account" for a column."""
    name, _, column = path.partition(".")
    found = next((one for one in questions(model) if one.name == name), None)
    return next((one for one in found.columns if one.name == column), None) if found and column else found


def offered(connector: Connector, live: Live, given: Mapping[str, str], search: str, chosen: str) -> Offered:
    """Raises ConnectorError."""
    found = list(islice(matching(_choices(connector, live, given, search), search), AT_MOST + 1))
    return Offered(tuple(found[:AT_MOST]), len(found) > AT_MOST, _find(connector, live, given, chosen, found))


def _find(
    connector: Connector, live: Live, given: Mapping[str, str], chosen: str, known: Iterable[Choice]
) -> Choice | None:
    """What is not among those that are known is asked for by its id: lists may be cut, and searched by the ERP."""
    if not chosen:
        return None
    asked = _choices(connector, live, given, chosen)
    return next((one for one in chain(known, asked) if one.id == chosen), None)


def look(connector: Connector, settings: Settings) -> Looked:
    """What is chosen, held against the ERP. Nothing of it keeps anybody from saving: the ERP may be mended next."""
    looked, seen = Looked(), dict[tuple[str, tuple[str, ...]], dict[str, Choice] | None]()
    for one, value, given in _chosen(settings):
        assert one.live is not None  # noqa: S101  only these are chosen so
        key = (one.live.of, tuple(given.values()))
        if key not in seen:
            if len(seen) >= LOOKS_AT_MOST:
                break
            seen[key] = _all(connector, one.live, given, looked)
        if (known := seen[key]) is not None:
            _note(connector.name, one, value, known.get(value), looked)
    return looked


def _all(connector: Connector, live: Live, given: Mapping[str, str], looked: Looked) -> dict[str, Choice] | None:
    try:
        return {one.id: one for one in _choices(connector, live, given)}
    except ConnectorError as error:
        looked.warnings.append(f"The {live.of} could not be looked at: {error.sentence}")
        return None


def _choices(connector: Connector, live: Live, given: Mapping[str, str], search: str = "") -> Iterator[Choice]:
    """Raises ConnectorError, whatever goes wrong in the connector: a form is no place to crash."""
    try:
        yield from islice(connector.choices(live.of, given, search), LOOKED_AT_MOST)
    except ConnectorError:
        raise
    except Exception as error:
        log.exception("choices.failed", connector=connector.key, of=live.of)
        raise ContractBroken(f"The connector failed at it ({type(error).__name__}).") from error


def _note(name: str, one: Question, value: str, found: Choice | None, looked: Looked) -> None:
    assert one.live is not None  # noqa: S101  as above
    if found is None:
        looked.warnings.append(f"{one.title}: {value} is not in {name}.")
        return
    looked.labels.setdefault(one.live.of, {})[value] = found.label
    if found.problem:
        looked.warnings.append(f"{one.title}: {found.label} is {found.problem}.")


def _chosen(settings: Settings) -> Iterator[tuple[Question, str, dict[str, str]]]:
    """Each field with live choices that has a value, and the values that its choices depend on."""
    values = settings.model_dump(mode="json")
    for one in questions(type(settings)):
        if one.kind is Kind.ROWS:
            for row in values[one.name]:
                around = {**values, **row}
                yield from (found for column in one.columns if (found := _value(column, row, around)))
        elif found := _value(one, values, values):
            yield found


def _value(
    one: Question, values: Mapping[str, Any], around: Mapping[str, Any]
) -> tuple[Question, str, dict[str, str]] | None:
    value = text(values.get(one.name)) if one.live else ""
    given = {name: text(around.get(name)) for name in one.live.given} if one.live else {}
    return (one, value, given) if value and all(given.values()) else None
