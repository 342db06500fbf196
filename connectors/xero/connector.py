"""Xero as a target: bills and their contacts. Facts and their sources: the Accounting API 16.1.0."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from connectors.kit import exact_json
from connectors.kit.connector import Environment, Reference, Target
from connectors.kit.documents import Document, Draft, Found, Key, Kind, Outcome
from connectors.kit.errors import MendSettings, RefuseRecord
from connectors.kit.failures import FailureClass
from connectors.kit.http import Answer, Request
from connectors.kit.limits import LimitHeaders, Limits
from connectors.kit.oauth import Endpoint, OAuthFacts
from connectors.kit.records import Company, Probe, Record
from connectors.xero import answers, lookup, organisations
from connectors.xero.bills import bill
from connectors.xero.calls import error_of
from connectors.xero.contacts import contact
from connectors.xero.settings import BillStatus, XeroSettings

API = "/api.xro/2.0"
BILLS_OF = frozenset({"out_of_pocket", "mileage", "per_diem", "external_reimbursement", "invoice"})
BODY_AT_MOST = 3_000_000  # of 10 MB that Xero takes; its advice is 3.5


class Xero(Target):
    key = "xero"
    name = "Xero"
    oauth = OAuthFacts(
        authorise=Endpoint("login", "/identity/connect/authorize"),
        token=Endpoint("identity", "/connect/token"),
        scopes=(
            "offline_access",
            "accounting.invoices",
            "accounting.contacts",
            "accounting.settings.read",
        ),
        pkce=False,
        client_auth="client_secret_basic",
        grace=timedelta(minutes=30),
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
        per_minute=55,  # of 60
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
    reads = ("Your organisation's name", "Bills and contacts, to find what was posted before")
    writes = (
        "Bills (drafts, unless you choose otherwise)",
        "Contacts for suppliers and employees on those bills",
    )

    idempotency_header = "Idempotency-Key"
    replay_window = timedelta(minutes=5)  # of the six that Xero remembers a key

    def probe(self) -> Probe:
        if not self.company:
            raise MendSettings("No organisation is chosen yet. Choose one.", failure=FailureClass.AUTH_NOT_USABLE_YET)
        return organisations.answering(self.company, self._get(f"{API}/Organisation"))

    def companies(self) -> Sequence[Company]:
        """Of all consents of this user: which one is the latest only the token says, and we do not read it."""
        return organisations.offered(self._get("/connections"))

    def plan(self, record: Record, reference: Reference, revision: int = 1) -> tuple[Document, ...]:
        if record.kind not in BILLS_OF:
            raise RefuseRecord(
                f"{record.kind.replace('_', ' ').capitalize()} entries are not posted to Xero yet.",
                failure=FailureClass.CONFIG_INVALID,
                subject=record.kind,
            )
        payee = contact(record)
        return payee, bill(record, revision, payee.key, self.settings)

    def requests(self, documents: Sequence[Document], known: Mapping[Key, str]) -> Iterator[Draft]:
        vendors = [(one, one.content) for one in documents if one.kind is Kind.VENDOR]
        bills = [(one, _with_contact(one, known)) for one in documents if one.kind is Kind.BILL]
        drafts = self.settings.bill_status is BillStatus.DRAFT
        yield from self._batches("Contacts", vendors, self.settings.batch_size, ())
        yield from self._batches("Invoices", bills, self.settings.batch_size if drafts else 1, (("unitdp", "4"),))

    def read(self, draft: Draft, answer: Answer) -> tuple[Outcome, ...]:
        return answers.read(draft, answer, self.client.now)

    def find(self, documents: Sequence[Document]) -> Mapping[Key, tuple[Found, ...]]:
        return lookup.find(self._get, documents)

    def standing(self, posted: Sequence[tuple[Document, str]]) -> Mapping[Key, Found]:
        return lookup.standing(self._get, posted)

    def document_url(self, document: Document, document_id: str) -> str:
        """Not in Xero's contract, but what its own links use; it leads to the new pages too."""
        pages = {
            Kind.BILL: f"/AccountsPayable/View.aspx?InvoiceID={document_id}",
            Kind.VENDOR: f"/Contacts/View/{document_id}",
        }
        return self.client.address("app") + pages[document.kind]

    def _batches(
        self,
        plural: str,
        pairs: Sequence[tuple[Document, Mapping[str, Any]]],
        at_most: int,
        more: tuple[tuple[str, str], ...],
    ) -> Iterator[Draft]:
        """PUT creates and never overwrites; `summarizeErrors=false` lets each element fail alone."""
        for batch in _split(pairs, at_most):
            request = Request.json(
                "PUT",
                f"{API}/{plural}",
                {plural: [content for _, content in batch]},
                query=(("summarizeErrors", "false"), *more),
                headers=self._headers(),
            )
            yield Draft(request, tuple(document for document, _ in batch))

    def _get(self, path: str, query: Sequence[tuple[str, str]] = ()) -> Any:
        answer = self.client.send(Request("GET", path, query=tuple(query), headers=self._headers()))
        if error := error_of(answer, self.client.now):
            raise error
        return answer.json()

    def _headers(self) -> dict[str, str]:
        return {"Accept": "application/json", **({"xero-tenant-id": self.company} if self.company else {})}


def _with_contact(document: Document, known: Mapping[Key, str]) -> Mapping[str, Any]:
    """Only the id: any other field would change the contact, and a name alone would make one."""
    assert document.needs is not None  # noqa: S101 - bills are planned with their contact
    return {**document.content, "Contact": {"ContactID": known[document.needs]}}


def _split(
    pairs: Sequence[tuple[Document, Mapping[str, Any]]], at_most: int
) -> Iterator[list[tuple[Document, Mapping[str, Any]]]]:
    batch: list[tuple[Document, Mapping[str, Any]]] = []
    size = 0
    for document, content in pairs:
        length = len(exact_json.dumps(content))
        if batch and (len(batch) == at_most or size + length > BODY_AT_MOST):
            yield batch
            batch, size = [], 0
        batch.append((document, content))
        size += length
    if batch:
        yield batch


connector = Xero
