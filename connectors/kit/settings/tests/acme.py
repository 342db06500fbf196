"""Settings with one field of each kind, in their second version."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from pydantic import Field, SecretStr, field_validator

from connectors.kit.settings import Live, Row, Section, Settings


class Posting(StrEnum):
    DRAFT = "draft"
    IN_THE_LEDGER = "in_the_ledger"


class Mapped(Row):
    category: str = Field(min_length=1, title="Category")
    account: Annotated[str, Live("accounts", given=("ledger",))] = Field(title="Account")


class AcmeSettings(Settings):
    settings_version: ClassVar[int] = 2
    sections = (
        Section("Where", "ledger", "account", "mapping", help="In Acme's books."),
        Section("How", "posting", "days", "limit", "since"),
    )
    ledger: Annotated[str, Live("ledgers")] = Field("", title="Ledger")
    account: Annotated[str, Live("accounts", given=("ledger",))] = Field(
        "", title="Account", description="The other."
    )
    mapping: tuple[Mapped, ...] = Field((), max_length=3, title="Accounts of categories")
    posting: Posting = Posting.DRAFT
    days: int = Field(14, ge=0, le=365, title="Days")
    limit: Decimal | None = Field(None, ge=0, title="Largest amount")
    since: date | None = Field(None, title="From this day on")
    asks: bool = Field(False, title="Ask first")
    password: SecretStr | None = Field(None, title="Password of the gateway")
    name: str = Field("Acme", min_length=1, max_length=20, pattern=r"^[A-Z]", title="Name")

    @field_validator("name")
    @classmethod
    def _is_no_joke(cls, name: str) -> str:
        if name == "Joke":
            raise ValueError("Acme refuses jokes.")
        return name

    @classmethod
    def upgrade(cls, config: dict[str, Any], from_version: int) -> dict[str, Any]:
        if config.pop("one_ledger", None) == "ask":
            raise ValueError("Choose a ledger: Acme has several now.")
        config["days"] = config.pop("due", 14)
        return config
