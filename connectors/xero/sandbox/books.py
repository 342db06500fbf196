"""One organisation's books while one request works on them."""

from datetime import UTC, date, datetime, timedelta
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
        self._written = 0

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
        """Which lock, as refusals.py calls it, and its last locked day."""
        names = {"PeriodLockDate": "period_locked", "EndOfYearLockDate": "year_locked"}
        return [(words, date.fromisoformat(self.org[name])) for name, words in names.items() if self.org[name]]

    def find(self, collection: str, **where: Any) -> list[Document]:
        waiting = self._waiting.get(collection, {})
        stored = self.sandbox.store[collection].find(org=self.org["id"], **where)
        kept = [document for document in stored if document["id"] not in waiting]
        return kept + [d for d in waiting.values() if all(_matches(d.get(k), v) for k, v in where.items())]

    def get(self, collection: str, key: str) -> Document | None:
        found = self._waiting.get(collection, {}).get(key) or self.sandbox.store[collection].get(key)
        return found if found is not None and found["org"] == self.org["id"] else None

    def contact(self, contact_id: str) -> Document:
        contact = self.get("contacts", contact_id)
        assert contact is not None  # noqa: S101 - a stored document has a contact, and contacts are never deleted
        return contact

    def has_attachments(self, document_id: str) -> bool:
        return self.sandbox.store["attachments"].count(document=document_id) > 0

    @staticmethod
    def moment(document: Document) -> datetime:
        return datetime.fromtimestamp(float(document["updated"]), UTC)

    def put(self, collection: str, document: Document, *, written: bool = True) -> Document:
        """`written`: it is what the caller asked for, not what follows from it."""
        stamped = {**document, "org": self.org["id"], "updated": self.now.timestamp()}
        self._waiting.setdefault(collection, {})[stamped["id"]] = stamped
        self._written += written
        return stamped

    def close(self) -> None:
        for collection, documents in self._waiting.items():
            for key, document in documents.items():
                self.sandbox.store[collection].put(key, document)
        self.sandbox.writes += self._written


def _matches(found: Any, wanted: Any) -> bool:
    return found in wanted if isinstance(wanted, list | tuple) else bool(found == wanted)
