"""What a source yields: export jobs and accounting records, in words that no vendor owns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from connectors.kit.failures import FailureClass
from connectors.kit.money import Money


class JobState(StrEnum):
    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    COMPLETED_WITH_ERRORS = "completed_with_errors"
    FAILED = "failed"

    @property
    def is_open(self) -> bool:
        return self in {JobState.PENDING, JobState.IN_PROGRESS}


@dataclass(frozen=True)
class Company:
    """A company, organisation or subsidiary a token may see; `reference` is the vendor's id of the link."""

    id: str
    name: str
    reference: str = ""


@dataclass(frozen=True)
class Probe:
    """A connection that was tried just now: who answered. `remarks` are shown to whoever connects, and to staff,
    until the next probe: what works, and would be better otherwise, with what to do.
    """

    company: Company
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Job:
    """The vendor's export job as it is now. `count` is the vendor's own number of entries."""

    id: str
    company_id: str
    state: JobState
    count: int
    created_at: datetime
    expires_after: timedelta | None = None  # without an action of ours
    failure: str = ""  # the vendor's words, once it has failed
    failure_class: FailureClass | None = None


@dataclass(frozen=True)
class FileLink:
    """A receipt at the source. `address` is signed: it opens the file to anybody for a while, so it is a secret.

    `place` counts an entry's files from 1; `type` is what the source says it is; `size` in bytes.
    """

    place: int
    address: str = field(repr=False)
    type: str
    size: int


@dataclass(frozen=True)
class FetchedRecord:
    """One entry as the vendor sent it, with signed addresses taken out of the payload."""

    entry: str
    payload: Mapping[str, Any]
    files: tuple[FileLink, ...] = ()


@dataclass(frozen=True)
class Account:
    id: str
    name: str
    code: str | None = None
    identifier: str | None = None


@dataclass(frozen=True)
class Tax:
    """`rate`: a fraction, 0.25. `kind`: "inclusive", "reverse", "exclusive" or a new word. `amount`: the tax that is
    in the line's amount; of a reverse charge, what comes on top and is owed and deducted at once.
    """

    rate: Any
    kind: str
    amount: Money
    code: str | None = None


@dataclass(frozen=True)
class Tag:
    """`group` is a dimension of the ERP, `code` its value there."""

    group: str
    code: str


@dataclass(frozen=True)
class Party:
    """Whom money went to: a supplier, a vendor of the books, or an employee.

    Books may know a supplier or vendor by `code`, then `account` (theirs in the ledger), then `tax_number`, then
    `email`.
    """

    id: str
    name: str
    code: str | None = None
    external_id: str | None = None
    account: str | None = None
    tax_number: str | None = None
    email: str | None = None


@dataclass(frozen=True)
class Line:
    id: str
    amount: Money  # as the receipt says, with tax where the tax is inclusive
    account: Account | None = None
    tax: Tax | None = None
    tags: tuple[Tag, ...] = ()


@dataclass(frozen=True)
class Period:
    """The days during which a service was rendered, both included."""

    first: date
    last: date


@dataclass(frozen=True)
class Invoice:
    number: str
    issued: date
    due: date | None = None


@dataclass(frozen=True)
class Record:
    """One accounting entry. Amounts are in the wallet's currency; a negative amount is money back.

    `kind` and `sub_kind`: one of `EntryKind` and `EntrySubKind` (`connectors/kit/entries.py`), or a new word of the
    source. Which parties and accounts come with which kind, and whom it is owed to, is in docs/entries.md.

    `supplier`: the shop, as it calls itself. `vendor`: whom the books know, by code; it comes before the supplier.
    `employee`: who bought or is paid. `contra`: the account that the money came from or went to (the wallet's).
    """

    entry: str
    kind: str
    date: date
    amount: Money
    lines: tuple[Line, ...]
    book_id: str
    note: str = ""
    supplier: Party | None = None
    vendor: Party | None = None
    employee: Party | None = None
    contra: Account | None = None
    invoice: Invoice | None = None
    link: str = ""
    sub_kind: str | None = None
    original: Money | None = None  # what was paid at the shop, where its currency is another one
    attendees: tuple[str, ...] = ()
    period: Period | None = None
    team: str = ""
    settles: tuple[str, ...] = ()  # book ids of the expenses that this reimbursement settles
    extra: Mapping[str, Any] = field(default_factory=dict)


class Result(StrEnum):
    SUCCESSFUL = "successful"
    FAILED = "failed"


@dataclass(frozen=True)
class EntryOutcome:
    """What became of one entry, to be told to the source.

    `subject` names what the failure is about: "account:5800", "tax:I25", "tag:DEPT/SALES", "vendor", "currency:SEK",
    of a receipt "download", "size", "type" or "upload", and "source" where the source itself failed us.
    """

    entry: str
    result: Result
    at: datetime
    document_id: str = ""
    document_url: str = ""
    failure: FailureClass | None = None
    reason: str = ""
    subject: str = ""


@dataclass(frozen=True)
class Refusal:
    """The source did not accept the outcome of this entry."""

    entry: str
    words: str


@dataclass(frozen=True)
class Ending:
    """The final event of a job; `subject` as in an entry's outcome."""

    state: JobState
    failure: FailureClass | None = None
    reason: str = ""
    subject: str = ""


@dataclass(frozen=True)
class Event:
    """What a webhook says. Only a hint: the job is read again before anything is done."""

    kind: str  # "job.created", "vendor.created" or "" for one we do not know
    company_id: str
    subject_id: str
    event_id: str


@dataclass(frozen=True)
class Subscription:
    """What the vendor tells us by. `mended`: what was not as it should be, in a sentence; empty if nothing was."""

    id: str
    secret: str = field(repr=False)
    mended: str = ""
