"""One organisation's books while one request works on them."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from connectors.kit.sandbox import Document

if TYPE_CHECKING:
    from .app import XeroSandbox


class Books:
    """Reads the store; what is put waits until `close`, so a refused batch leaves nothing behind."""

    def __init__(self, sandbox: "XeroSandbox", org: Document, app: str) -> None:
        self.sandbox, self.org, self.app = sandbox, org, app
        self.now = sandbox.clock.now()
        self._waiting: dict[str, dict[str, Document]] = {}

    def today(self) -> date:
        return (self.now + timedelta(hours=self.org["utc_offset"])).date()

    def account(self, code: str | None, account_id: str | None) -> Document | None:
        name, wanted = ("AccountID", account_id) if account_id else ("Code", code)
        return next((found for found in self.org["accounts"] if found.get(name) == wanted), None)

    def tax_rate(self, tax_type: str) -> Document | None:
        return next((found for found in self.org["tax_rates"] if found["TaxType"] == tax_type), None)

    def currency_enabled(self, code: str) -> bool:
        return any(found["Code"] == code for found in self.org["currencies"])

    def lock_dates(self) -> list[tuple[str, date]]:
        names = {"PeriodLockDate": "period lock date", "EndOfYearLockDate": "end of year lock date"}
        return [(words, date.fromisoformat(self.org[name])) for name, words in names.items() if self.org[name]]

    def find(self, collection: str, **where: Any) -> list[Document]:
        waiting = self._waiting.get(collection, {})
        stored = self.sandbox.store[collection].find(org=self.org["id"], **where)
        kept = [document for document in stored if document["id"] not in waiting]
        return kept + [d for d in waiting.values() if all(_matches(d.get(k), v) for k, v in where.items())]

    def get(self, collection: str, key: str) -> Document | None:
        found = self._waiting.get(collection, {}).get(key) or self.sandbox.store[collection].get(key)
        return found if found is not None and found["org"] == self.org["id"] else None

    def put(self, collection: str, document: Document) -> Document:
        stamped = {**document, "org": self.org["id"], "updated": self.now.timestamp()}
        self._waiting.setdefault(collection, {})[stamped["id"]] = stamped
        return stamped

    def close(self) -> None:
        for collection, documents in self._waiting.items():
            for key, document in documents.items():
                self.sandbox.store[collection].put(key, document)
                self.sandbox.writes += 1


def _matches(found: Any, wanted: Any) -> bool:
    return found in wanted if isinstance(wanted, list | tuple) else bool(found == wanted)
