"""The contract: what a connector is. Facts are class attributes, behaviour is a handful of methods.

A source yields export jobs and records; a target posts documents. Both are made for one connection, with
a client that speaks to its hosts with its tokens. The engine calls them; they decide nothing but meaning.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, TypeVar

from connectors.kit.accounts import AccountId
from connectors.kit.consent import Grant, Terms
from connectors.kit.doctor import Step, tried
from connectors.kit.documents import Attachment, Document, Draft, Found, Key, Kind, Outcome
from connectors.kit.errors import MendSettings, RefuseFile
from connectors.kit.flows import Flow
from connectors.kit.http import Answer, Client
from connectors.kit.idempotency import Idempotency, LookUp
from connectors.kit.limits import Limits
from connectors.kit.paging import Page
from connectors.kit.records import (
    Company,
    Ending,
    EntryOutcome,
    Event,
    FetchedRecord,
    Job,
    Probe,
    Record,
    Refusal,
    Subscription,
)
from connectors.kit.settings import Choice, Settings, TargetSettings
from connectors.kit.steps import Making, Steps

Reference = Mapping[str, Any]
F = TypeVar("F", bound=Flow)


class Environment(StrEnum):
    PRODUCTION = "production"
    STAGING = "staging"
    SANDBOX = "sandbox"


class Connector(ABC):
    key: ClassVar[str]
    name: ClassVar[str]
    #: The kit's versions that it was made for, such as ">=1.0,<2". What lies in Causeway's own tree leaves it out.
    requires_kit: ClassVar[str] = ""
    flows: ClassVar[tuple[Flow, ...]]  # the usual one first
    #: Asked before anything is connected, where an address holds it: `{account}` (kit.accounts).
    account: ClassVar[AccountId | None] = None
    #: Addresses by name. `{private}` in one: the customer's own server, as the operator has listed it (kit.private).
    hosts: ClassVar[Mapping[Environment, Mapping[str, str]]]
    #: The port that such a server usually has.
    private_port: ClassVar[int | None] = None
    limits: ClassVar[Limits]
    settings_model: ClassVar[type[Settings]] = Settings
    grants: ClassVar[Mapping[str, Grant]]  # by scope: every one that may be asked for
    terms: ClassVar[Terms]

    def __init__(self, client: Client, settings: Settings, company: str = "") -> None:
        """`company` is the vendor's id of the chosen company; empty until it is chosen."""
        self.client = client
        self.settings = settings
        self.company = company

    @classmethod
    def flow(cls, kind: type[F]) -> F:
        """The facts of one way to connect. Raises MendSettings where this vendor has none such."""
        found = next((flow for flow in cls.flows if isinstance(flow, kind)), None)
        if found is None:
            raise MendSettings(f"{cls.name} is not connected this way. Choose another one.", words=kind.__name__)
        return found

    @classmethod
    def way(cls, kind: str) -> Flow:
        """As `flow`, by its kind: that of a connection may be one that a later version does not offer any more."""
        found = next((flow for flow in cls.flows if flow.kind == kind), None)
        if found is None:
            raise MendSettings(f"{cls.name} is not connected this way any more. Connect it anew.", words=kind)
        return found

    @abstractmethod
    def probe(self) -> Probe:
        """Tries the connection for the chosen company: one cheap read. Raises any ConnectorError."""

    @abstractmethod
    def companies(self) -> Sequence[Company]:
        """Every company the token may see; the customer chooses, never the code."""

    def doctor(self) -> Iterator[Step]:
        """What the connection can do and what stands in its way, in the order in which somebody mends it. It writes
        nothing, and raises nothing that a step can say."""
        yield tried("Connection", lambda: f"{self.probe().company.name} answers.", "Do as it says, then try again.")

    def install(self) -> Iterator[Step]:
        """Makes in the chosen company what posting needs there once, and what else a person would have to make by
        hand. Safe to repeat; raises nothing that a step can say."""
        yield Step("Nothing", True, f"{self.name} needs nothing to be made in it.")

    def choices(self, of: str, given: Mapping[str, str], search: str = "") -> Iterable[Choice]:
        """What a person may choose for a setting that is `Live(of)`, in the ERP's own order, also what is there and
        should not be chosen (`problem`). Read as far as it is wanted: `AT_MOST` and one more.

        `given`: values of the settings that it depends on. `search`: words that were typed, or the id that was chosen
        before; to heed it saves calls where there are many. Raises any ConnectorError.
        """
        raise MendSettings(f"{self.name} offers no {of} to choose from. Type the id.")

    def revoke(self, *, last: bool) -> bool:
        """Ends at the vendor what we may do for the chosen company. `last`: no other company is connected by the same
        authorisation. Says whether the tokens may be revoked as well (`AuthorisationCode.revoke`): not where that
        would end what somebody else has granted.

        Safe to repeat: what is gone already is as good as ended. Raises any ConnectorError; a Reconnect means that
        the vendor has ended it before.
        """
        return last


class Source(Connector):
    @abstractmethod
    def jobs(self) -> Iterator[Job]:
        """Open jobs of the chosen company, oldest first. Reading changes nothing."""

    @abstractmethod
    def job(self, job_id: str) -> Job:
        """The job as it is now. Raises JobIsClosed if the vendor does not know it (any more)."""

    @abstractmethod
    def entries(self, job: Job, after: str = "") -> Iterator[Page[str]]:
        """The control layer: the entry of every item of the job, page by page from `after` on (a page's `next`;
        empty: from the beginning). Raises BeginAgain if the vendor refuses `after`, which may be hours old, and
        JobIsClosed if it does not show the job (any more)."""

    @abstractmethod
    def records(self, job: Job, after: str = "") -> Iterator[Page[FetchedRecord]]:
        """The data layer, as `entries`. A page is read again for its files: their addresses are signed anew. Raises
        JobIsClosed once the job has ended."""

    @abstractmethod
    def interpret(self, payload: Mapping[str, Any]) -> Record:
        """A stored payload in the kit's words; pure. Raises RefuseRecord if it cannot be understood."""

    @abstractmethod
    def start(self, job: Job) -> None:
        """Tells the vendor that work begins; never called for a job that is in progress already."""

    @abstractmethod
    def report(self, job: Job, outcomes: Sequence[EntryOutcome]) -> Sequence[Refusal]:
        """Tells outcomes, at most `report_batch` at once; may be repeated. Returns what was not accepted. Raises
        JobIsClosed once the job has ended: in mid posting that is how the engine hears of it."""

    @abstractmethod
    def keep_alive(self, job: Job, entries: Sequence[str]) -> None:
        """Tells that work on these entries (1 to `report_batch`) goes on, so that the job does not expire. Raises
        JobIsClosed as `report` does."""

    @abstractmethod
    def finish(self, job: Job, ending: Ending) -> None:
        """The final event, once. Raises JobIsClosed if the job had ended otherwise already."""

    @abstractmethod
    def subscribe(
        self, address: str, *, known: Sequence[str] = (), over: Sequence[str] = (), renew: bool = False
    ) -> Subscription:
        """Makes sure the vendor tells `address` of new jobs: makes what is missing, mends what is not as it should
        be, takes away what else leads to this address. Safe to repeat, also after a lost answer.

        `known`: ids of subscriptions of ours, the present one first; they are led to `address` and left in being.
        `over`: ids of ours that have served their time. `renew`: one more is made beside those that are known, for
        the sake of its secret. The secret is that of the one returned.
        """

    def export_again(self, job_id: str, entries: Sequence[str]) -> Job:
        """Asks the vendor for a new job of these entries of an ended job. Safe to repeat after a lost answer. Raises
        TryLater while the vendor runs another job, JobIsClosed if it does not know the old one any more,
        RefuseRecord if it will not export these entries again, MendSettings if it cannot."""
        raise MendSettings(f"Export the entries again in {self.name}.")

    def activate(self) -> None:
        """Tells the vendor that the set-up is complete; safe to repeat."""

    @classmethod
    @abstractmethod
    def verify_webhook(cls, secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime) -> str:
        """The delivery's id. Raises SignatureRefused. Header names in lower case."""

    @classmethod
    @abstractmethod
    def read_webhook(cls, body: bytes) -> Event:
        """What a verified body says. Raises ContractBroken if it cannot be read."""

    report_batch: ClassVar[int] = 100
    #: Where signed addresses of files may lead: host names, or what they end with. Configuration may name others.
    file_hosts: ClassVar[Mapping[Environment, tuple[str, ...]]] = {}


class Target(Connector):
    settings_model: ClassVar[type[TargetSettings]] = TargetSettings
    settings: TargetSettings
    #: Of the documents that entries become; VENDOR where missing suppliers are made as well.
    kinds: ClassVar[tuple[Kind, ...]]
    #: How the vendor keeps the same write from being done twice.
    idempotency: ClassVar[Idempotency] = LookUp()
    #: How long after the last attempt "not there" may be believed.
    settle: ClassVar[timedelta] = timedelta(seconds=60)
    #: The most bytes of one receipt by kind of document, and how many a document takes. Other kinds take none: files
    #: of such entries are left out, which is no failure.
    attachable: ClassVar[Mapping[Kind, int]] = {}
    attachments_at_most: ClassVar[int] = 10
    #: Receipts go into the ERP before their document (`upload`), which is then made with them.
    attachments_first: ClassVar[bool] = False

    def reference(self) -> Reference:
        """What planning must know of the books (accounts, tax rates, closed periods), as JSON. Read once for a job
        and kept with it, so that planning stays pure. Raises any ConnectorError."""
        return {}

    @abstractmethod
    def plan(self, record: Record, reference: Reference, revision: int = 1) -> tuple[Document, ...]:
        """The record's documents, those needed by others first; pure. Raises RefuseRecord, SkipRecord."""

    @abstractmethod
    def requests(self, documents: Sequence[Document], known: Mapping[Key, str]) -> Iterator[Draft]:
        """Exact request bytes for documents; pure. `known`: ids of the documents they need, and of what their
        receipts are there already (`upload`)."""

    @abstractmethod
    def read(self, draft: Draft, answer: Answer) -> tuple[Outcome, ...]:
        """What the answer says of each document of the draft; pure. Raises TryLater, RateLimited, Reconnect,
        AskForPermission or ContractBroken when it concerns the call as a whole and nothing was done."""

    @abstractmethod
    def find(self, documents: Sequence[Document]) -> Mapping[Key, tuple[Found, ...]]:
        """What is in the ERP under the documents' references. Several for one key: a person decides."""

    @abstractmethod
    def standing(self, posted: Sequence[tuple[Document, str]]) -> Mapping[Key, Found]:
        """Documents by their ids, as they are in the ERP now. One that is not there any more is left out."""

    def attach(self, document: Document, document_id: str, attachment: Attachment) -> Steps:
        """The calls that attach a receipt; safe to repeat, from whichever of them it broke off. Raises TryLater,
        RateLimited, Reconnect, AskForPermission, or RefuseFile if it cannot be attached."""
        raise RefuseFile("This ERP takes no receipts.", subject="upload")

    def upload(self, document: Document, attachments: Sequence[Attachment]) -> Making[Found]:
        """The calls that put a document's receipts into the ERP before it is made (`attachments_first`), and what
        they became there: its id is `known` to `requests` under the entry's Part.ATTACHMENT. Safe to repeat, from
        whichever of them it broke off: it looks first. Raises what `attach` raises; the document is then made
        without, and its receipts follow by `attach`."""
        raise RefuseFile("This ERP takes no receipts before their document.", subject="upload")

    @abstractmethod
    def document_url(self, document: Document, document_id: str) -> str:
        """Where a person opens the document in the ERP."""
