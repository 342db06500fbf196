"""The sandbox itself: its facts, its first state, and what tests ask it."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from werkzeug import Request, Response

from connectors.kit.sandbox import Choice, Client, Document, Grant, OAuthPolicy, Sandbox, answer

from . import (
    attachments,
    bank_transactions,
    contacts_api,
    control,
    credit_notes,
    document_pages,
    identity,
    invoices_api,
    journals,
    pages,
    payments,
    reference,
    retired,
    seed,
)
from .answers import Judged, not_found, plain, server_error, too_large
from .gate import ROOT
from .idempotency import Memory
from .limits import Budget, Limits
from .people import People
from .switches import Switches

Observer = Callable[[Request, Response], None]
#: What is written, and the fields by which it is looked for.
COLLECTIONS = {
    "bills": ("InvoiceNumber",),
    "credit_notes": ("CreditNoteNumber",),
    "bank_transactions": ("Reference",),
    "journals": (),
    "payments": ("Invoice",),
    "attachments": ("document",),
    "contacts": ("key", "ContactNumber"),
}


class XeroSandbox(Sandbox):
    key, title = "xero", "Xero"
    collections = tuple(COLLECTIONS)
    #: Called with each request to the API and its answer, of every sandbox in this process.
    observers: ClassVar[list[Observer]] = []
    policy = OAuthPolicy(
        authorize_path="/identity/connect/authorize",
        token_path="/connect/token",  # noqa: S106 - an address
        revoke_path="/connect/revocation",
        pkce_required=False,
        secret_in_body=False,
        scopes=identity.SCOPES,
        refresh_scope="offline_access",
        code_seconds=300,
        access_seconds=1800,
        refresh_ends_access=False,
        reuse_kills_family=False,
        grace_seconds=1800,
        refused_redirect_hosts=("127.0.0.1",),
        choice_label="Organisation",
    )
    routes = (
        identity.routes,
        reference.routes,
        contacts_api.routes,
        invoices_api.routes,
        credit_notes.routes,
        bank_transactions.routes,
        journals.routes,
        payments.routes,
        attachments.routes,
        retired.routes,
        pages.routes,
        document_pages.routes,
        control.routes,
    )

    def __init__(
        self,
        folder: Path | str | None = None,
        *,
        port: int = 0,
        clients: Iterable[Client] = (),
        limits: Limits | None = None,
    ) -> None:
        super().__init__(folder, port=port, clients=clients)
        self.budget, self.memory = Budget(limits or Limits()), Memory(self)
        self.switches: Switches = Switches()
        self.people = People(self)
        self.writes = 0  # documents, contacts and files written since the start
        self.said: Counter[str] = Counter()  # refusals by their id, since the start
        self.errors_due: list[bool] = []
        for collection, fields in COLLECTIONS.items():
            for field in fields:
                self.store.index(collection, field)

    @property
    def limits(self) -> Limits:
        return self.budget.limits

    @limits.setter
    def limits(self, limits: Limits) -> None:
        self.budget.limits = limits

    def seed(self) -> None:
        for org in seed.organisations():
            self.store["organisations"].put(org["id"], org)
        for contact in seed.contacts():
            self.store["contacts"].put(contact["id"], contact)

    def choices(self) -> list[Choice]:
        orgs = self.store["organisations"].find()
        each = [Choice(org["id"], org["name"], org["base_currency"]) for org in orgs]
        return [*each, Choice(",".join(org["id"] for org in orgs), "All organisations")]

    def granted(self, grant: Grant) -> None:
        identity.connect(self, grant)

    def revoked(self, grant: Grant) -> None:
        identity.disconnect_user(self, grant)

    def mint(self, grant: Grant, expires: float) -> str:
        return identity.access_token(self, grant, expires)

    def token_extras(self, grant: Grant) -> Document:
        return identity.id_token(self, grant)

    def problem(self, status: int, code: str, message: str) -> Response:
        match status:
            case 404:
                return not_found().response
            case 500:
                return server_error().response
            case 503:
                return plain("outage.unavailable").response
            case 413:
                return too_large().response
            case 429:
                return Response("", 429, {"X-Rate-Limit-Problem": "minute"})
        return answer({"Title": code, "Status": status, "Detail": message}, status)

    def _with_faults(self, request: Request) -> Response:
        with self.budget.flight(request.headers.get("xero-tenant-id", "")) as room:
            request.environ["sandbox.room"] = room
            return super()._with_faults(request)

    def _answer(self, request: Request) -> Response:
        response = super()._answer(request)
        if isinstance(response, Judged):
            self.said.update(response.refusals)
        if request.path.startswith(ROOT):
            for observe in self.observers:
                observe(request, response)
        return response

    # What tests ask and do.

    def organisation(self, name_or_id: str) -> Document:
        return next(org for org in self.store["organisations"].find() if name_or_id in {org["id"], org["name"]})

    def change_organisation(self, name_or_id: str, **fields: Any) -> None:
        """E.g. PeriodLockDate="2026-03-31"."""
        with self.store.transaction():
            self.store["organisations"].change(self.organisation(name_or_id)["id"], **fields)

    def archive_account(self, name_or_id: str, code: str) -> None:
        self.people.change_account(name_or_id, code, Status="ARCHIVED")

    def switch(self, **switches: Any) -> None:
        """E.g. reports_permission=False; see Switches."""
        self.switches = replace(self.switches, **switches)

    def written(self, collection: str, name_or_id: str, **where: Any) -> list[Document]:
        """The organisation's documents of one of COLLECTIONS, in the order in which they came."""
        return self.store[collection].find(org=self.organisation(name_or_id)["id"], **where)

    def bills(self, name_or_id: str, **where: Any) -> list[Document]:
        return self.written("bills", name_or_id, **where)

    def contacts(self, name_or_id: str, **where: Any) -> list[Document]:
        return self.written("contacts", name_or_id, **where)
