"""The model that a connector's own settings derive from."""

from enum import StrEnum
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from connectors.kit.settings import questions
from connectors.kit.settings.questions import Section


class Row(BaseModel):
    """One row of a setting that is a list (`tuple[Mapping, ...]`): its fields are the columns, each a plain value."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Settings(BaseModel):
    """A connector's configuration. Titles and descriptions of the fields are the form's, and so are their bounds;
    unknown fields are refused.

    Fields are str, bool, int, Decimal, date, a StrEnum, SecretStr, a tuple of `Row`s, or one of the plain ones or
    None. Of anything else no form can be made, and the class is refused when it is loaded (UnknownSetting).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: Raised whenever what was stored before is not to be read as it is; then `upgrade` knows the way.
    settings_version: ClassVar[int] = 1
    #: Fields that stand in none come first, without a title.
    sections: ClassVar[tuple[Section, ...]] = ()

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        questions.check(cls, cls.sections)

    @classmethod
    def upgrade(cls, config: dict[str, Any], from_version: int) -> dict[str, Any]:
        """What version `from_version` stored, in the words of this one; pure, and of every version there ever was.

        Raises ValueError with a sentence for a person where somebody must choose. What it leaves out counts as never
        set; what it gives is checked by the model like anything else.
        """
        return config


class Receipts(StrEnum):
    ATTACH = "attach"
    REQUIRE = "require"
    LEAVE_OUT = "leave_out"


class TargetSettings(Settings):
    """What every target lets a customer set."""

    receipts: Receipts = Field(
        Receipts.ATTACH,
        title="Receipts",
        description="Attach: a receipt that cannot be attached holds nothing up. Require: without its receipts an"
        " entry is not posted. Leave out: none are fetched.",
    )
