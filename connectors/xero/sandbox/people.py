"""What a person does inside Xero, by hand: approve, void, lock, archive, merge."""

from typing import TYPE_CHECKING, Any

from connectors.kit.sandbox import Document

from .answers import Json, ms_date

if TYPE_CHECKING:
    from .app import XeroSandbox

#: Where documents live, and how a person ends one of this status.
ENDS = {
    "bills": {"DRAFT": "DELETED", "SUBMITTED": "DELETED", "AUTHORISED": "VOIDED"},
    "credit_notes": {"DRAFT": "DELETED", "SUBMITTED": "DELETED", "AUTHORISED": "VOIDED"},
    "bank_transactions": {"AUTHORISED": "DELETED"},
    "journals": {"DRAFT": "DELETED", "POSTED": "VOIDED"},
    "payments": {"AUTHORISED": "DELETED"},
}
_APPROVED = {"bills": "AUTHORISED", "credit_notes": "AUTHORISED", "journals": "POSTED"}
_DRAFT = {"DRAFT", "SUBMITTED"}


class People:
    """Each change is stamped, so that If-Modified-Since finds it."""

    def __init__(self, sandbox: "XeroSandbox") -> None:
        self.sandbox, self.store = sandbox, sandbox.store

    def find(self, document_id: str) -> tuple[str, Document]:
        """The collection and the document. KeyError when nobody has it."""
        for collection in ENDS:
            found = self.store[collection].get(document_id.lower())
            if found is not None:
                return collection, found
        raise KeyError(document_id)

    def end_of(self, collection: str, document: Document) -> str:
        """VOIDED, DELETED, or nothing when a person cannot end it."""
        if document.get("AmountPaid"):
            return ""
        return ENDS[collection].get(document["Status"], "")

    def void(self, document_id: str) -> str:
        """What was never approved is deleted. Its new status, or nothing when it stays as it is."""
        with self.store.transaction():
            collection, found = self.find(document_id)
            end = self.end_of(collection, found)
            if end:
                self._change(collection, found, Status=end)
            if end and collection == "payments":
                self._reopen(found)
            return end

    def approve(self, document_id: str) -> None:
        """A draft becomes what counts in the books; a bill without a due date is due on its own date."""
        with self.store.transaction():
            collection, found = self.find(document_id)
            if found["Status"] in _DRAFT:
                due = {"DueDate": found.get("DueDate", found["Date"])} if collection == "bills" else {}
                self._change(collection, found, Status=_APPROVED[collection], **due)

    def edit(self, document_id: str, **fields: Any) -> None:
        """E.g. Reference="changed by hand", IsReconciled=True."""
        with self.store.transaction():
            self._change(*self.find(document_id), **fields)

    def change_account(self, name_or_id: str, code: str, **fields: Any) -> None:
        """E.g. Status="ARCHIVED", or "DELETED"; the code may also be an AccountID."""
        org = self.sandbox.organisation(name_or_id)
        stamp = {"UpdatedDateUTC": ms_date(self.sandbox.clock.now())}
        accounts = [a | fields | stamp if code in {a.get("Code"), a["AccountID"]} else a for a in org["accounts"]]
        self.sandbox.change_organisation(name_or_id, accounts=accounts)

    def archive_tax_rate(self, name_or_id: str, tax_type: str) -> None:
        org = self.sandbox.organisation(name_or_id)
        rates = [r | {"Status": "ARCHIVED"} if r["TaxType"] == tax_type else r for r in org["tax_rates"]]
        self.sandbox.change_organisation(name_or_id, tax_rates=rates)

    def archive_tracking(self, name_or_id: str, category: str, option: str | None = None) -> None:
        """One option, or the whole category."""
        org = self.sandbox.organisation(name_or_id)
        tracking = [_archived(c, option) if c["Name"] == category else c for c in org["tracking"]]
        self.sandbox.change_organisation(name_or_id, tracking=tracking)

    def merge_contact(self, name_or_id: str, merged: str, into: str) -> None:
        """By names: the first is archived and points to the second."""
        [gone] = self.sandbox.contacts(name_or_id, Name=merged)
        [kept] = self.sandbox.contacts(name_or_id, Name=into)
        with self.store.transaction():
            self._change("contacts", gone, ContactStatus="ARCHIVED", MergedToContactID=kept["id"])

    def change_contact(self, name_or_id: str, name: str, **fields: Any) -> None:
        [found] = self.sandbox.contacts(name_or_id, Name=name)
        with self.store.transaction():
            self._change("contacts", found, **fields)

    def _reopen(self, payment: Document) -> None:
        bill = self.store["bills"].get(payment["Invoice"])
        assert bill is not None  # noqa: S101 - bills are never taken away
        self._change("bills", bill, AmountPaid=bill["AmountPaid"] - payment["Amount"], Status="AUTHORISED")

    def _change(self, collection: str, found: Document, **fields: Any) -> None:
        now = self.sandbox.clock.time()
        self.store[collection].put(found["id"], {**found, **fields, "updated": now})


def _archived(category: Json, option: str | None) -> Json:
    if option is None:
        return category | {"Status": "ARCHIVED"}
    options = [o | {"Status": "ARCHIVED"} if o["Name"] == option else o for o in category["Options"]]
    return category | {"Options": options}
