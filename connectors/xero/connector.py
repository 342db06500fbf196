"""Xero as a target: bills, money, journals, payments. Facts and their sources: the Accounting API 16.1.0."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from typing import Any
from urllib.parse import quote

from connectors.kit.connector import Environment, Reference, Target
from connectors.kit.consent import Terms
from connectors.kit.documents import Attachment, Document, Draft, Found, Key, Kind, Outcome
from connectors.kit.errors import MendSettings
from connectors.kit.failures import FailureClass
from connectors.kit.flows import AuthorisationCode, Endpoint
from connectors.kit.http import Answer
from connectors.kit.idempotency import NativeKey
from connectors.kit.json_http import JsonApi
from connectors.kit.limits import LimitHeaders, Limits
from connectors.kit.records import Company, Probe, Record
from connectors.kit.settings import Choice
from connectors.kit.steps import Steps
from connectors.xero import answers, lookup, offering, organisations, planning, receipts, reference, sending
from connectors.xero.books import Books
from connectors.xero.calls import ERRORS
from connectors.xero.entry import Entry
from connectors.xero.grants import GRANTS
from connectors.xero.reference import API
from connectors.xero.settings import Offer, XeroSettings

#: Not in Xero's contract, but what its own links use; they lead to the new pages too.
_PAGES = {
    Kind.BILL: "/AccountsPayable/View.aspx?InvoiceID={}",
    Kind.CREDIT: "/AccountsPayable/ViewCreditNote.aspx?creditNoteID={}",
    Kind.SPEND: "/Bank/ViewTransaction.aspx?bankTransactionID={}",
    Kind.RECEIVE: "/Bank/ViewTransaction.aspx?bankTransactionID={}",
    Kind.JOURNAL: "/Journal/View.aspx?invoiceID={}",
    Kind.PAYMENT: "/Bank/ViewTransaction.aspx?bankTransactionID={}",
    Kind.VENDOR: "/Contacts/View/{}",
}


class Xero(Target):
    key = "xero"
    name = "Xero"
    flows = (
        AuthorisationCode(
            authorise=Endpoint("login", "/identity/connect/authorize"),
            token=Endpoint("identity", "/connect/token"),
            scopes=(
                "offline_access",
                "accounting.invoices",  # credit notes too
                "accounting.banktransactions",
                "accounting.manualjournals",
                "accounting.payments",
                "accounting.attachments",
                "accounting.contacts",
                "accounting.settings.read",
            ),
            pkce=False,
            refresh_life=timedelta(days=60),
            client_auth="client_secret_basic",
            grace=timedelta(minutes=30),
            revoke=Endpoint("identity", "/connect/revocation"),
            issuer=Endpoint("identity", ""),  # its discovery document is below this address
        ),
    )
    # Xero has no staging; a sandbox's hosts are configuration.
    hosts = {
        Environment.PRODUCTION: {
            "login": "https://login.xero.com",
            "identity": "https://identity.xero.com",
            "api": "https://api.xero.com",
            "app": "https://go.xero.com",
        },
        Environment.STAGING: {},
        Environment.SANDBOX: {},
    }
    limits = Limits(
        per_minute=58,  # of 60: two for what the budget has not seen, and still 95 % used
        concurrent=4,  # of 5
        per_day=5000,  # an application of the starter tier has 1,000, as the header then tells
        kept_for_people=50,
        application_per_minute=10_000,
        headers=LimitHeaders(
            minute="x-minlimit-remaining",
            day="x-daylimit-remaining",
            application_minute="x-appminlimit-remaining",
            problem="x-rate-limit-problem",
            application_problem="app",
        ),
    )
    settings_model = XeroSettings
    settings: XeroSettings
    grants = GRANTS
    terms = Terms(
        lasts="Until you stop it.",
        stop="Disconnect {partner} under Settings, Connected apps in Xero, at any time, or ask {partner} to.",
    )

    idempotency = NativeKey("Idempotency-Key", timedelta(minutes=5))  # of the six that Xero remembers a key
    kinds = tuple(_PAGES)
    attachable = receipts.LARGEST
    _books = Books({})
    _organisation: Any = None

    def probe(self) -> Probe:
        if not self.company:
            raise MendSettings("No organisation is chosen yet. Choose one.", failure=FailureClass.AUTH_NOT_USABLE_YET)
        self._organisation = self._api.get(f"{API}/Organisation")
        return organisations.answering(self.company, self._organisation)

    def companies(self) -> Sequence[Company]:
        """Of all consents of this user: which one is the latest only the token says, and we do not read it."""
        return organisations.offered(self._api.get("/connections"))

    def revoke(self, *, last: bool) -> bool:
        """Xero's revocation of a token ends all connections of its user, an accountant's with other customers of ours
        among them: so only when its own list has none left."""
        connections = self._api.get("/connections")
        ours = [one for one in organisations.offered(connections) if one.id == self.company]
        for one in ours:
            self._api.delete_if_there(f"/connections/{quote(one.reference, safe='')}")
        return last and len(ours) == len(connections)

    def choices(self, of: str, given: Mapping[str, str], search: str = "") -> Iterable[Choice]:
        return offering.choices(self._api.get, Offer(of), given)

    def reference(self) -> Reference:
        """A job's begins with a probe: what was answered a moment ago is not asked for again."""
        return reference.read(self._api.get, self._organisation or self._api.get(f"{API}/Organisation"))

    def plan(self, record: Record, reference: Reference, revision: int = 1) -> tuple[Document, ...]:
        return planning.plan(Entry.of(record, self._books_of(reference), self.settings, revision))

    def requests(self, documents: Sequence[Document], known: Mapping[Key, str]) -> Iterator[Draft]:
        return sending.drafts(documents, known, self._headers(), self.settings)

    def read(self, draft: Draft, answer: Answer) -> tuple[Outcome, ...]:
        return answers.read(draft, answer, self.client.now)

    def find(self, documents: Sequence[Document]) -> Mapping[Key, tuple[Found, ...]]:
        return lookup.find(self._api.get, documents)

    def standing(self, posted: Sequence[tuple[Document, str]]) -> Mapping[Key, Found]:
        return lookup.standing(self._api.get, self._api.get_if_there, posted)

    def attach(self, document: Document, document_id: str, attachment: Attachment) -> Steps:
        answer = yield receipts.upload(document, document_id, attachment, self._headers())
        receipts.check(answer, self.client.now)

    def document_url(self, document: Document, document_id: str) -> str:
        return self.client.address("app") + _PAGES[document.kind].format(document_id)

    def _books_of(self, reference: Reference) -> Books:
        """The records of a job share one reference, and its accounts are sorted only once."""
        if self._books.reference is not reference:
            self._books = Books(reference)
        return self._books

    @cached_property
    def _api(self) -> JsonApi:
        return JsonApi(self.client, ERRORS, self._headers())

    def _headers(self) -> dict[str, str]:
        return {"Accept": "application/json", **({"xero-tenant-id": self.company} if self.company else {})}


connector = Xero
