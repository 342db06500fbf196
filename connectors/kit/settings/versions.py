"""Stored settings, read by the model of today, whichever version of the connector has stored them."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from pydantic import ValidationError

from connectors.kit.errors import MendSettings
from connectors.kit.settings.model import Settings
from connectors.kit.settings.problems import Problem, problems_of
from connectors.kit.settings.questions import secret_names

Config = Mapping[str, Any]


class CannotRead(MendSettings):
    """The connector of today cannot work by these settings. `config`: as far as it was brought; `problems`: what is
    wrong with it, in a person's words."""

    def __init__(self, sentence: str, config: Config, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(sentence)
        self.config, self.problems = config, problems


def upgraded(model: type[Settings], config: Config, version: int) -> dict[str, Any]:
    """`config` of that version in the words of today; not checked yet. Raises CannotRead."""
    if version > model.settings_version:
        raise CannotRead(
            f"The settings are of a newer version of the connector ({version}, here {model.settings_version})."
            " Install that one again, or set them anew.",
            config,
        )
    if version == model.settings_version:
        return dict(config)
    try:
        return dict(model.upgrade(deepcopy(dict(config)), version))
    except ValueError as error:
        raise CannotRead(f"The settings must be chosen anew: {error}", config) from error
    except Exception as error:  # a connector's fault may stop its customer, and nobody else
        raise CannotRead(
            f"The connector cannot bring settings of version {version} to {model.settings_version}"
            f" ({type(error).__name__}). Tell its developer, or set them anew.",
            config,
        ) from error


def read(model: type[Settings], config: Config, version: int) -> Settings:
    """Raises CannotRead."""
    found = upgraded(model, config, version)
    try:
        return model.model_validate(found)
    except ValidationError as error:
        problems = problems_of(error)
        told = " ".join(f"{one}" for one in problems)
        raise CannotRead(f"The settings must be chosen anew. {told}", found, problems) from None


def as_json(settings: Settings) -> tuple[dict[str, Any], dict[str, str]]:
    """What may be read, and apart from it the secrets that were given."""
    names = secret_names(type(settings))
    given = {name: value.get_secret_value() for name in names if (value := getattr(settings, name)) is not None}
    return settings.model_dump(mode="json", exclude=names), given
