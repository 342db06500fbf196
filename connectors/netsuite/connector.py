"""NetSuite as a target: vendor bills and credits, journal entries, expense reports, by REST and SuiteQL."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from connectors.kit.accounts import AccountId
from connectors.kit.connector import Environment, Reference, Target
from connectors.kit.doctor import Step
from connectors.kit.documents import Attachment, Document, Draft, Found, Key, Kind, Outcome
from connectors.kit.errors import ContractBroken, OutcomeUnknown, TryLater
from connectors.kit.flows import Asked, AuthorisationCode, ClientCredentials, Endpoint
from connectors.kit.http import Answer, Request
from connectors.kit.limits import Limits
from connectors.kit.records import Company, Probe, Record
from connectors.kit.settings import Choice
from connectors.kit.steps import Steps
from connectors.netsuite import (
    answers,
    companies,
    lookup,
    offering,
    planning,
    query,
    receipts,
    reference,
    sending,
    shapes,
)
from connectors.netsuite.books import Books
from connectors.netsuite.calls import error_of, is_unknown_table
from connectors.netsuite.doctor import WORKBOOK, Doctor
from connectors.netsuite.entry import Entry
from connectors.netsuite.grants import GRANTS, TERMS
from connectors.netsuite.settings import NetSuiteSettings, Offer

_TOKEN = Endpoint("api", "/services/rest/auth/oauth2/v1/token")
_SCOPES = ("rest_webservices", "restlets")
_HOSTS = {
    "api": "https://{account}.suitetalk.api.netsuite.com",
    "restlets": "https://{account}.restlets.api.netsuite.com",
    "app": "https://{account}.app.netsuite.com",
}


class NetSuite(Target):
    key = "netsuite"
    name = "NetSuite"
    account = AccountId(
        title="Account ID",
        help="In NetSuite under Setup > Company > Company Information, such as 1234567 or 1234567_SB1.",
        pattern=r"[A-Z0-9]{3,20}([_-][A-Z0-9]{1,10})?",
        label={"_": "-"},
    )
    flows = (
        ClientCredentials(
            title="With a certificate",
            note="It goes on working for up to two years. An administrator of NetSuite uploads the certificate once.",
            scopes=_SCOPES,
            token=_TOKEN,
            algorithm="ES256",
            steps=(
                "In NetSuite, switch on REST Web Services and OAuth 2.0 under Setup > Company > Enable Features >"
                " SuiteCloud.",
                "Make sure that the integration with the client id {client_id} is there under Setup > Integration >"
                " Manage Integrations, with Client Credentials (Machine to Machine) Grant ticked.",
                "Go to Setup > Integration > Manage Authentication > OAuth 2.0 Client Credentials (M2M) Setup, choose"
                " Create New, the user, the role and this integration, and upload the certificate.",
                "Copy the Certificate ID of the new row to here.",
            ),
            certificate_id=Asked("certificate_id", "Certificate ID", "In the row of the certificate you uploaded."),
            certificate_life=timedelta(days=730),
        ),
        AuthorisationCode(
            title="With your own log-in",
            note="NetSuite ends such a log-in after seven days: somebody has to connect again every week.",
            scopes=_SCOPES,
            authorise=Endpoint("app", "/app/login/oauth2/authorize.nl"),
            token=_TOKEN,
            pkce=True,
            refresh_life=timedelta(days=7),
        ),
    )
    # NetSuite's own sandboxes are accounts like any other; those of ours are configuration.
    hosts = {
        Environment.PRODUCTION: _HOSTS,
        Environment.STAGING: _HOSTS,
        Environment.SANDBOX: {},
    }
    #: NetSuite counts calls at once, not per minute: 5 for the smallest accounts, with all their other integrations.
    limits = Limits(per_minute=600, concurrent=4, answer_seconds=120)
    settings_model = NetSuiteSettings
    settings: NetSuiteSettings
    grants = GRANTS
    terms = TERMS

    kinds = (Kind.BILL, Kind.CREDIT, Kind.JOURNAL, Kind.VENDOR)
    attachable = receipts.LARGEST
    _books = Books({})

    def probe(self) -> Probe:
        """The subsidiaries: that query needs the log-in, REST, and the Workbook."""
        subsidiary = self._subsidiary()
        offered = self._offered(patient=False)
        found = next((company for company in offered if company.id == self.company), None)
        if found is None:
            raise companies.not_offered(subsidiary)
        return Probe(found)

    def companies(self) -> Sequence[Company]:
        return self._offered()

    def choices(self, of: str, given: Mapping[str, str], search: str = "") -> Iterable[Choice]:
        return offering.choices(self._ask_if_known, Offer(of), self._subsidiary())

    def reference(self) -> Reference:
        return reference.read(self._ask_if_known, self._subsidiary(), self.settings.custom_segments)

    def plan(self, record: Record, reference: Reference, revision: int = 1) -> tuple[Document, ...]:
        return planning.plan(Entry.of(record, self._books_of(reference), self.settings, revision))

    def requests(self, documents: Sequence[Document], known: Mapping[Key, str]) -> Iterator[Draft]:
        return sending.drafts(documents, known)

    def read(self, draft: Draft, answer: Answer) -> tuple[Outcome, ...]:
        return answers.read(draft, answer, self.client.now, verify=self.settings.verify_totals)

    def find(self, documents: Sequence[Document]) -> Mapping[Key, tuple[Found, ...]]:
        return lookup.find(self._get_if_there, self._ask, documents)

    def standing(self, posted: Sequence[tuple[Document, str]]) -> Mapping[Key, Found]:
        return lookup.standing(self._get_if_there, posted)

    def attach(self, document: Document, document_id: str, attachment: Attachment) -> Steps:
        answer = yield receipts.upload(document, document_id, attachment, self.settings)
        receipts.check(answer, self.client.now)

    def document_url(self, document: Document, document_id: str) -> str:
        return f"{self.client.address('app')}{shapes.of(document).page}?id={document_id}"

    def doctor(self) -> Iterator[Step]:
        client = self.client
        doctor = Doctor(
            client.send, self._ask_if_known, self.probe, self.settings, client.now, self.limits.concurrent
        )
        return doctor.steps()

    def _subsidiary(self) -> str:
        return companies.subsidiary_of(self.company, self._account())

    def _account(self) -> str:
        return companies.account_of(self.client.address("api"))

    def _offered(self, *, patient: bool = True) -> Sequence[Company]:
        return companies.offered(self._account(), self._ask_if_known(companies.SUBSIDIARIES, patient=patient))

    def _books_of(self, reference: Reference) -> Books:
        """The records of a job share one reference, and its lists are sorted only once."""
        if self._books.reference is not reference:
            self._books = Books(reference)
        return self._books

    def _ask(self, words: str, *params: str, patient: bool = True) -> Sequence[query.Row]:
        def send(request: Request) -> Any:
            answer = self._send_query(request)
            if error := error_of(answer, self.client.now, WORKBOOK, patient=patient):
                raise error
            return answer.json()

        return list(query.rows(send, words, *params))

    def _send_query(self, request: Request) -> Answer:
        try:
            return self.client.send(request)
        except OutcomeUnknown as lost:  # a query is a POST, and writes nothing all the same
            raise TryLater("NetSuite gave no answer.", words=lost.words) from lost

    def _ask_if_known(self, words: str, *, patient: bool = True) -> Sequence[query.Row] | None:
        """None for a table that this account does not have, as its feature is off."""
        try:
            return self._ask(words, patient=patient)
        except ContractBroken as error:
            if is_unknown_table(error.words):
                return None
            raise

    def _get_if_there(self, request: Request, right: str) -> Any:
        """None for what NetSuite does not know."""
        answer = self.client.send(request)
        if answer.status == 404:
            return None
        if error := error_of(answer, self.client.now, right):
            raise error
        found = answer.json()
        return {} if found is None else found  # only a 404 says that nothing is there


connector = NetSuite
