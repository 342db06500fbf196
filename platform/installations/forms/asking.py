"""What a page asks while its form is open, and what saving it does. Calls the vendor: outside any block."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from connections.vault import CannotOpen
from connectors.kit.connector import Connector
from connectors.kit.errors import ConnectorError
from connectors.kit.settings import Settings
from connectors.kit.settings.problems import problems_of
from connectors.kit.settings.questions import Question, questions
from connectors.kit.settings.versions import CannotRead, as_json
from database.acting import acting_for
from incidents.catalogue import CATALOGUE, Who
from installations import services
from installations.forms import live
from installations.forms.live import Looked
from installations.forms.parsing import parse
from installations.forms.showing import Shown
from installations.models import Configuration, Installation
from jobs.calls import Line, open_line

LONGEST = 200  # characters that are searched for


@dataclass(frozen=True)
class Saved:
    """`made`: None if nothing was changed. `warnings`: what the ERP says of what was chosen."""

    made: Configuration | None
    warnings: list[str]


class Refused(Exception):
    """Nothing was saved; `shown` fills the form again, with what is wrong at its place."""

    def __init__(self, sentence: str, shown: Shown) -> None:
        super().__init__(sentence)
        self.shown = shown


def shown_of(latest: Configuration | None) -> tuple[Shown, str]:
    """What the form is filled with, and why the connector cannot work by it, if it cannot."""
    if latest is None:
        return Shown({}, {}, frozenset()), ""
    try:
        plain, secrets = as_json(latest.read())
    except CannotRead as error:
        return Shown(error.config, latest.labels, frozenset(_kept(latest)), error.problems), error.sentence
    return Shown(plain, latest.labels, frozenset(secrets)), ""


def save(
    installation: Installation, latest: Configuration | None, said: Mapping[str, str], *, actor: str, note: str = ""
) -> Saved:
    """`latest`: the version that the form was filled with. Raises Refused, or ChangedMeanwhile."""
    kept = _kept(latest)
    config = parse(installation.settings_model, said, kept)
    try:
        settings = installation.settings_model.model_validate(config)
    except ValidationError as error:
        shown = replace(typed(installation, latest, said), problems=problems_of(error))
        raise Refused("Nothing was saved. Correct what is marked below.", shown) from None
    if latest and _is_same(latest, settings):
        return Saved(None, [])
    looked = _look(installation, settings)
    labels = _merged(latest.labels if latest else {}, looked.labels)
    with acting_for(installation.tenant_id):
        made = services.configure(
            installation, config, actor=actor, labels=labels, note=note, based_on=latest.version if latest else 0
        )
    return Saved(made, looked.warnings)


def typed(installation: Installation, latest: Configuration | None, said: Mapping[str, str]) -> Shown:
    """The form as it was sent, where it could not be saved."""
    kept = _kept(latest)
    labels = latest.labels if latest else {}
    return Shown(parse(installation.settings_model, said, kept), labels, frozenset(kept))


def choices(
    installation: Installation, latest: Configuration | None, asked: Mapping[str, str]
) -> dict[str, Any] | None:
    """The script's question and its answer, as JSON (templates/static/settings/settings.js). None: no such choices.

    `asked`: setting, search, chosen, and given.NAME for each setting that the choices depend on.
    """
    one = live.question_at(installation.settings_model, asked.get("setting", ""))
    if one is None or one.live is None:
        return None
    given = {name: asked.get(f"given.{name}", "")[:LONGEST] for name in one.live.given}
    if missing := [name for name, value in given.items() if not value]:
        return {"first": ", ".join(_title(installation, one, asked["setting"], name) for name in missing)}
    search, chosen = (asked.get(name, "")[:LONGEST] for name in ("search", "chosen"))
    try:
        with _line(installation, latest) as line:
            found = live.offered(line.connector, one.live, given, search, chosen)
    except ConnectorError as error:
        return {"problem": _told(error)}
    return {
        "choices": [vars(choice) for choice in found.choices],
        "more": found.has_more,
        "chosen": vars(found.chosen) if found.chosen else None,
    }


def _title(installation: Installation, one: Question, path: str, name: str) -> str:
    """Of what must be chosen first, a column of the same row or another setting."""
    siblings = live.question_at(installation.settings_model, path.partition(".")[0])
    around = [*(siblings.columns if siblings else ()), *questions(installation.settings_model)]
    return next((other.title for other in around if other.name == name), one.title)


def _told(error: ConnectorError) -> str:
    """Whoever fills in the form can do something about it, or try again."""
    kind = CATALOGUE[error.failure]
    is_theirs = kind.who in {Who.CUSTOMER, Who.ERP_ADMIN, Who.OPERATIONS}
    return f"{error.sentence} {kind.remedy if is_theirs else 'Try again in a moment.'}"


def _line(installation: Installation, latest: Configuration | None) -> AbstractContextManager[Line[Connector]]:
    settings = None
    with suppress(CannotRead):  # choices may be all that it takes to mend them
        settings = latest.read() if latest else None
    return open_line(installation.target, installation.target.application.vendor, settings=settings)


def _look(installation: Installation, settings: Settings) -> Looked:
    try:
        with open_line(installation.target, installation.target.application.vendor, settings=settings) as line:
            return live.look(line.connector, settings)
    except ConnectorError as error:
        return Looked(warnings=[f"What was chosen could not be looked at: {error.sentence}"])


def _kept(latest: Configuration | None) -> dict[str, str]:
    """A secret that does not open is as good as none: it must be given again."""
    try:
        return latest.secrets() if latest else {}
    except CannotOpen:
        return {}


def _is_same(latest: Configuration, settings: Settings) -> bool:
    stored = latest.settings, _kept(latest), latest.settings_version
    return stored == (*as_json(settings), type(settings).settings_version)


def _merged(
    before: Mapping[str, Mapping[str, str]], now: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, str]]:
    """What was called so before is remembered, for the day it is there no more."""
    return {of: {**before.get(of, {}), **now.get(of, {})} for of in {**before, **now}}
