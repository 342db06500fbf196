"""What Pleo's v3 Export API and its neighbours answer: only what we read, unknown fields ignored.

Source: Export API 32.1.0, Subscriptions API 11.6.2, Companies API 50.7.0, App Marketplace API 39.4.0.
"""

from typing import Annotated, Any, Generic, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from connectors.kit.errors import ContractBroken
from connectors.kit.http import Answer

Id = Annotated[str, Field(min_length=1, max_length=200)]


class PleoModel(BaseModel):
    # hide_input: a validation error must not carry a signed address or a secret into a log
    model_config = ConfigDict(alias_generator=to_camel, frozen=True, hide_input_in_errors=True)


Model = TypeVar("Model", bound=PleoModel)
Element = TypeVar("Element")


class Data(PleoModel, Generic[Element]):
    data: Element


class Pagination(PleoModel):
    has_next_page: bool
    end_cursor: str | None = None


class Page(PleoModel, Generic[Element]):
    data: tuple[Element, ...]
    pagination: Pagination

    def next_cursor(self) -> str | None:
        if not self.pagination.has_next_page:
            return None
        if not self.pagination.end_cursor:
            raise ContractBroken("Pleo says that more pages follow and does not say where.")
        return self.pagination.end_cursor


class ExportJob(PleoModel):
    id: Id
    company_id: Id
    status: str
    number_of_items: int = Field(ge=0)
    created_at: AwareDatetime
    completed_at: str | None = None
    expires_in: int = Field(ge=0)
    expired_at: str | None = None
    vendor_based_bookkeeping: bool = False
    failure_reason: str | None = None
    failure_reason_type: str | None = None


class Item(PleoModel):
    accounting_entry_id: Id


class ItemError(PleoModel):
    accounting_entry_id: Id
    type: str
    message: str | None = None


class Update(PleoModel):
    """200 does not mean that every item was accepted: `errors` says which were not."""

    data: tuple[Item, ...] | None = ()
    errors: tuple[ItemError, ...] | None = ()


class Authentication(PleoModel):
    subject_urn: str = Field(alias="subjectURN")


class Installation(PleoModel):
    status: str
    error_code: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        """The specification shows it bare, where every other answer lies under `data`: both are read."""
        return value.get("data", value) if isinstance(value, dict) else value


class Company(PleoModel):
    id: Id
    name: str


class Subscription(PleoModel):
    id: Id
    endpoint_url: str
    event_types: tuple[str, ...]
    status: str


class Secret(PleoModel):
    secret_key: str = Field(min_length=1, repr=False)


def read(model: type[Model], answer: Answer) -> Model:
    """The answer in the model's words. Raises ContractBroken with the evidence."""
    try:
        return model.model_validate(answer.json())
    except ValidationError as error:
        raise ContractBroken(
            f"Pleo's answer is not what its contract says: {faults(error)}", words=answer.text()
        ) from error


def faults(error: ValidationError) -> str:
    """Which fields are wrong and how, without their values."""
    found = [
        f"{'.'.join(str(part) for part in fault['loc']) or 'body'}: {fault['msg']}"
        for fault in error.errors(include_input=False, include_url=False, include_context=False)
    ]
    return "; ".join(found[:5])
