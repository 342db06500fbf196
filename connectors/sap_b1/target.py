"""SAP Business One as a target: purchase invoices, journals, payments, by the Service Layer (root /b1s/v2)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from connectors.kit.connector import Environment, Reference, Target
from connectors.kit.consent import Grant, Terms
from connectors.kit.doctor import Step
from connectors.kit.documents import Attachment, Document, Draft, Found, Key, Kind, Outcome
from connectors.kit.errors import ContractBroken, MendSettings, OutcomeUnknown, TryLater
from connectors.kit.failures import FailureClass
from connectors.kit.flows import Asked, Endpoint, SessionLogin
from connectors.kit.http import Answer, Request
from connectors.kit.idempotency import LookUp
from connectors.kit.limits import Limits
from connectors.kit.private import PRIVATE
from connectors.kit.records import Company, Probe, Record
from connectors.kit.settings import Choice
from connectors.kit.steps import Making, Steps
from connectors.sap_b1 import (
    answers,
    listing,
    lookup,
    offering,
    planning,
    receipts,
    reference,
    sending,
    user_fields,
)
from connectors.sap_b1.books import Books
from connectors.sap_b1.calls import error_of, log_in_error
from connectors.sap_b1.doctor import Doctor
from connectors.sap_b1.entry import Entry
from connectors.sap_b1.sending import FRESH, ROOT
from connectors.sap_b1.settings import JournalAs, Offer, SapB1Settings

GRANTS = {
    "purchasing": Grant(reads="Purchase invoices and credit notes", writes="Purchase invoices and credit notes"),
    "financials": Grant(
        reads="The chart of accounts, taxes, currencies, periods, dimensions and projects", writes="Journal entries"
    ),
    "banking": Grant(reads="Vendor payments", writes="Vendor payments"),
    "business_partners": Grant(reads="Vendors", writes="New vendors"),
}
#: In which table a kind of document has the user field of our reference.
MARKED = {Kind.BILL: "OPCH", Kind.CREDIT: "OPCH", Kind.JOURNAL: "OJDT", Kind.PAYMENT: "OVPM"}
#: Before each look-up of what has no answer; what is never there is sent once more, then a person looks (sheet, 5).
LOOKS = (timedelta(seconds=5), timedelta(seconds=30), timedelta(seconds=120))
_PAGES = {"Prefer": "odata.maxpagesize=100"}


class SapB1(Target):
    key = "sap_b1"
    name = "SAP Business One"
    flows = (
        SessionLogin(
            login=Endpoint("api", f"{ROOT}/Login"),
            logout=Endpoint("api", f"{ROOT}/Logout"),
            asks=(
                Asked("CompanyDB", "Company database", "Its name on the server, as Business One's log-in shows it."),
                Asked("UserName", "User", "A user of its own for {partner}, without approval procedures."),
                Asked("Password", "Password", is_secret=True),
            ),
            company="CompanyDB",
            life=timedelta(minutes=30),
            meaning=log_in_error,
            scopes=tuple(GRANTS),  # authorisations of the user, which no call asks for
        ),
    )
    # The server stands in the customer's network, or is hosted for them: the operator lists it.
    hosts = {
        Environment.PRODUCTION: {"api": f"https://{PRIVATE}"},
        Environment.STAGING: {},
        Environment.SANDBOX: {},
    }
    private_port = 50000
    # SAP publishes none; a server does some three documents a second, and people work on it (sheet, section 6).
    limits = Limits(per_minute=300, concurrent=1)
    settings_model = SapB1Settings
    settings: SapB1Settings
    grants = GRANTS
    terms = Terms(
        lasts="Until you stop it, or change the user's password.",
        stop="Lock the user in SAP Business One at any time, or ask {partner} to disconnect.",
    )
    kinds = (Kind.BILL, Kind.CREDIT, Kind.JOURNAL, Kind.PAYMENT, Kind.VENDOR)
    attachable = receipts.LARGEST
    attachments_first = True  # what is posted is not changed for them, and they cannot be deleted
    idempotency = LookUp(looks=LOOKS, sends=2)
    settle = sum(LOOKS, timedelta())
    _books: Books | None = None
    _marked: set[str] | None = None

    def probe(self) -> Probe:
        if not self.company:
            raise MendSettings("No company is chosen yet. Choose it.", failure=FailureClass.AUTH_NOT_USABLE_YET)
        [company] = self.companies()
        if company.id != self.company:
            raise MendSettings(
                f"The log-in leads to {company.id}, not to {self.company}. Connect with its own company database."
            )
        return Probe(company, user_fields.remarks(self._listed, self.settings.marker_field))

    def companies(self) -> Sequence[Company]:
        """The one that was logged in to. Its id is the database's: copies of a company have its name, too."""
        told = self._get(f"{ROOT}/CompanyService_GetCompanyInfo")
        name = str(told.get("CompanyName") or "") if isinstance(told, dict) else ""
        if not name:
            raise ContractBroken("Business One did not tell the company's name.", words=str(told)[:500])
        return [Company(self.client.account.upper(), name)]

    def doctor(self) -> Iterator[Step]:
        return Doctor(self.client, self._get, self._call, self._listed, self.settings).steps()

    def install(self) -> Iterator[Step]:
        return user_fields.install(self.client, self._listed, self.settings.marker_field)

    def choices(self, of: str, given: Mapping[str, str], search: str = "") -> Iterable[Choice]:
        return offering.choices(self._listed, Offer(of))

    def reference(self) -> Reference:
        return reference.read(self._get, self._listed, self._call, self.settings.marker_field)

    def plan(self, record: Record, reference: Reference, revision: int = 1) -> tuple[Document, ...]:
        return planning.plan(Entry.of(record, self._books_of(reference), self.settings, revision))

    def requests(self, documents: Sequence[Document], known: Mapping[Key, str]) -> Iterator[Draft]:
        return sending.drafts(documents, known, self.settings)

    def read(self, draft: Draft, answer: Answer) -> tuple[Outcome, ...]:
        return answers.read(draft, answer, self.client.now)

    def find(self, documents: Sequence[Document]) -> Mapping[Key, tuple[Found, ...]]:
        return lookup.find(self._get, documents, self._marks)

    def standing(self, posted: Sequence[tuple[Document, str]]) -> Mapping[Key, Found]:
        return lookup.standing(self._get, self._get_if_there, posted, self._marks)

    def attach(self, document: Document, document_id: str, attachment: Attachment) -> Steps:
        return receipts.attach(document, document_id, attachment, self.client.now)

    def upload(self, document: Document, attachments: Sequence[Attachment]) -> Making[Found]:
        if document.kind is Kind.JOURNAL and self.settings.journals_as is JournalAs.VOUCHER:
            raise receipts.vouchers_take_none()
        return receipts.upload(document, attachments, self.client.now)

    def document_url(self, document: Document, document_id: str) -> str:
        """Business One's client has no address for a document."""
        return ""

    def _marks(self) -> Mapping[Kind, str]:
        """Asked once for a line to the company."""
        if self._marked is None:
            self._marked = user_fields.readable(self._listed, self.settings.marker_field)
        return {kind: f"U_{self.settings.marker_field}" for kind, table in MARKED.items() if table in self._marked}

    def _books_of(self, reference: Reference) -> Books:
        """The records of a job share one reference."""
        if self._books is None or self._books.reference is not reference:
            self._books = Books(reference)
        return self._books

    def _listed(self, entity_set: str, query: Sequence[tuple[str, str]]) -> Iterator[Mapping[str, Any]]:
        return listing.listed(self._get, entity_set, query)

    def _call(self, name: str, body: Mapping[str, Any]) -> Any:
        """A question that is asked by POST. It changes nothing, so without an answer it is asked again."""
        try:
            answer = self.client.send(Request.json("POST", f"{ROOT}/{name}", body, headers=FRESH))
        except OutcomeUnknown as unknown:
            raise TryLater("Business One gave no answer.", words=unknown.words) from unknown
        return self._checked(answer).json()

    def _get(self, path: str, query: Sequence[tuple[str, str]] = ()) -> Any:
        return self._checked(self._send_get(path, query)).json()

    def _get_if_there(self, path: str) -> Any:
        """None for what Business One does not know."""
        answer = self._send_get(path)
        return None if answer.status == 404 else self._checked(answer).json()

    def _send_get(self, path: str, query: Sequence[tuple[str, str]] = ()) -> Answer:
        return self.client.send(Request("GET", path, query=tuple(query), headers={**FRESH, **_PAGES}))

    def _checked(self, answer: Answer) -> Answer:
        if error := error_of(answer, self.client.now):
            raise error
        return answer
