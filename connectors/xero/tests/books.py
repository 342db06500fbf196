"""What the engine does with a connector, against the sandbox and without the engine's ledger."""

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.kit.documents import Created, Document, Draft, Key, Kind, Outcome, Part
from connectors.kit.egress import Network
from connectors.kit.http import Client
from connectors.kit.records import Record
from connectors.kit.testing import ListRecorder, ports
from connectors.xero.connector import Xero
from connectors.xero.settings import XeroSettings
from connectors.xero.tests.app_in_xero import AppInXero
from connectors.xero.tests.support import record


class Renewing:
    """Tokens as the vault gives them: a refused one is refreshed."""

    def __init__(self, app: AppInXero) -> None:
        self.app = app

    def access_token(self) -> str:
        return str(self.app.tokens["access_token"])

    def renewed(self, refused: str) -> str:
        self.app.tokens = self.app.refresh(self.app.tokens["refresh_token"]).json()
        return self.access_token()


class Books:
    """One organisation's, written by our connector. `blind`: nothing is checked before it is sent."""

    def __init__(self, app: AppInXero, company: str | None = None, *, blind: bool = False, **settings: Any) -> None:
        self.recorder = ListRecorder()
        hosts = dict.fromkeys(("login", "identity", "api", "app"), app.sandbox.url)
        client = Client(hosts, ports(Renewing(app), recorder=self.recorder), Network.SANDBOX)
        self.sandbox, self.org = app.sandbox, app.org
        self.xero = Xero(client, XeroSettings(**settings), app.org if company is None else company)
        self.known: dict[Key, str] = {}
        self._reference: Mapping[str, Any] | None = {} if blind else None

    @property
    def reference(self) -> Mapping[str, Any]:
        if self._reference is None:
            self._reference = self.xero.reference()
        return self._reference

    def use(self, reference: Mapping[str, Any]) -> None:
        """Planned from now on as if this had been read."""
        self._reference = reference

    def plan(self, one: Record, revision: int = 1) -> tuple[Document, ...]:
        return self.xero.plan(one, self.reference, revision)

    def contact_id(self, contact: Document) -> str:
        found = self.xero.find([contact])[contact.key]
        if not found:
            (draft,) = self.xero.requests([contact], {})
            (outcome,) = self.send(draft, key=contact.key.entry)
            assert isinstance(outcome, Created), outcome
            found = (outcome.found,)
        return found[0].document_id

    def drafts(self, records: Sequence[Record], revision: int = 1) -> list[Draft]:
        planned = [self.plan(one, revision) for one in records]
        known: Mapping[Key, str] = {contact.key: self.contact_id(contact) for contact, _ in planned}
        return list(self.xero.requests([bill for _, bill in planned], known))

    def send(self, draft: Draft, key: str = "k-1") -> tuple[Outcome, ...]:
        request = draft.request.with_header(Xero.idempotency.header, key)
        return self.xero.read(draft, self.xero.client.send(request))

    def post(self, *records: Record, key: str = "k-1") -> tuple[Outcome, ...]:
        (draft,) = self.drafts(records)
        return self.send(draft, key)

    def post_all(self, *records: Record) -> list[tuple[Document, Outcome]]:
        """Every document of the records in the order of need, each in a call of its own."""
        done: list[tuple[Document, Outcome]] = []
        for document in (document for one in records for document in self.plan(one)):
            if document.kind is Kind.VENDOR:
                self.known[document.key] = self.contact_id(document)
                continue
            (draft,) = self.xero.requests([document], self.known)
            (outcome,) = self.send(draft, key=f"k-{len(self.recorder.exchanges)}")
            if isinstance(outcome, Created):
                self.known[document.key] = outcome.found.document_id
                self.known[Key(document.alias, Part.DOCUMENT)] = outcome.found.document_id
            done.append((document, outcome))
        return done

    def bills(self) -> list[dict[str, Any]]:
        return self.sandbox.bills(self.org)


def many(count: int) -> list[Record]:
    return [record(entry=f"e-{place}") for place in range(count)]
