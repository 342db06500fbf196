"""What a connector's developer declares for the conformance suite: sample data, and a fake of the vendor.

    # connectors/acme/conformance.py
    KIT = TargetKit(connector=Acme, books=books, sample=RECORD, other_account=Account("a2", "Office", code="6110"))

The suite never asks the connector what stands in the books: `Books` reads it from the fake's own state.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from connectors.kit.connector import Connector, Source, Target
from connectors.kit.money import Money
from connectors.kit.ports import Tokens
from connectors.kit.records import Account, Record
from connectors.kit.testing.troubles import plain


class CountedTokens(Tokens, Protocol):
    """`given`: every token that was ever handed out; `refreshes`: how often the vendor was asked for another."""

    given: list[str]
    refreshes: int


@dataclass(frozen=True)
class Written:
    """A document as it stands in the vendor's books.

    `text`: what it says wherever our reference may stand. `total`: as in a record, so negative is money back.
    `files`: the bodies of its attachments. `accounts`: what its lines put on each account, by its code and with the
    record's sign; what stands against them (payables, a bank) is left out. `vendor`: the name of whom it is owed to,
    where it names one.
    """

    document_id: str
    text: str
    total: Money
    dated: date
    files: tuple[bytes, ...] = ()
    accounts: Mapping[str, Decimal] = field(default_factory=dict)
    vendor: str = ""


class Customer(ABC):
    """One customer of the vendor's fake, connected to `company`; made anew for each check.

    `stranger` is another company that the same token may see and that the vendor lists first; empty where the
    vendor has one company a token. `account`: what they said before anything was connected, if they are asked.
    """

    url: str
    company: str
    stranger: str = ""
    account: str = ""

    @abstractmethod
    def tokens(self) -> CountedTokens:
        """As the vault gives them: the same object for all workers of this customer."""

    @abstractmethod
    def expire(self) -> None:
        """The access token ends, as by the passing of time."""

    @abstractmethod
    def revoke(self) -> None:
        """The customer takes the authorisation back: neither token works any more."""

    def refusal(self, status: int, words: str) -> tuple[str, bytes]:
        """The vendor's own error of this status with these words: type and body; a plain one unless the fake says."""
        return plain(status, words)


class Books(Customer):
    """A target's customer. Knobs that the vendor does not have are never turned, if `does_not_apply` says so."""

    @abstractmethod
    def written(self, company: str = "") -> Sequence[Written]:
        """Every document in the books of `company` (else the chosen one), vendors left out, oldest first."""

    def deactivate(self, account: str) -> None:
        """A bookkeeper takes this account (its code) out of use."""
        raise NotImplementedError

    def retire(self, vendor: str) -> None:
        """A bookkeeper takes the vendor of this name out of use."""
        raise NotImplementedError

    def close(self, day: date) -> None:
        """A bookkeeper closes the period up to this day."""
        raise NotImplementedError

    def void(self, document_id: str) -> None:
        """A bookkeeper voids or deletes this document."""
        raise NotImplementedError


@dataclass(frozen=True)
class Kit:
    """`does_not_apply`: by the name of a check why it says nothing about this connector, in a sentence. A kind's name
    ("invoice_back") leaves all checks out for it, both ("voided_document[card_purchase]") the one for the other.

    `settings`: what the samples are posted with. `bad_settings`: what the settings model must refuse.
    """

    connector: type[Connector]
    settings: Mapping[str, Any] = field(default_factory=dict)
    bad_settings: Sequence[Mapping[str, Any]] = ()
    does_not_apply: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TargetKit(Kit):
    """`sample`: a record of one line that becomes one document (beside vendors); the checks vary it.

    `other_account`: one that its line may name as well. `foreign` and `without_cents`: currencies that the fake's
    company uses beside its own; the second has no minor unit. `with_mils`: another one, of three decimals, where the
    vendor keeps as many. `more`: records that become other kinds of document; for them and for everybody's money back
    the checks against lost and doubled documents are made again.
    `enums`: fields of the vendor's answers whose words may become more. `warn`: puts a warning of these words into
    the vendor's answer to a write, where it would put one itself.
    """

    connector: type[Target] = field(kw_only=True)
    books: Callable[[], AbstractContextManager[Books]] = field(kw_only=True)
    sample: Record = field(kw_only=True)
    other_account: Account = field(kw_only=True)
    foreign: str = ""
    without_cents: str = ""
    with_mils: str = ""
    more: Sequence[Record] = ()
    enums: tuple[str, ...] = ()
    warn: Callable[[Any, str], Any] | None = None


class Exporter(Customer):
    """A source's customer, with the knobs of its fake."""

    @abstractmethod
    def export(self, entries: int) -> str:
        """The customer exports so many new entries that can be read; the job's id."""

    @abstractmethod
    def cancel(self, job_id: str) -> None:
        """The customer cancels the export."""

    @abstractmethod
    def told(self, job_id: str) -> Mapping[str, str]:
        """What the vendor shows for each entry of the job: "successful", "failed", or another word of its own."""

    @abstractmethod
    def state(self, job_id: str) -> str:
        """What the vendor shows for the job, in the kit's words (JobState)."""

    @abstractmethod
    def deliver(self, job_id: str, secret: str) -> tuple[Mapping[str, str], bytes]:
        """A webhook about this new job as the vendor would send it now: headers, in lower case, and the body."""


@dataclass(frozen=True)
class SourceKit(Kit):
    """`payload`: an entry as the vendor sends it, with all that it may have. `enums`: as a target's, of payloads too.
    `many`: how many entries make more than two pages."""

    connector: type[Source] = field(kw_only=True)
    exporter: Callable[[], AbstractContextManager[Exporter]] = field(kw_only=True)
    payload: Mapping[str, Any] = field(kw_only=True)
    many: int = 250
    enums: tuple[str, ...] = ()
