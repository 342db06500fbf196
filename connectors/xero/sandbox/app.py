"""The sandbox itself: its facts, its first state, and what tests ask it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from werkzeug import Request, Response

from connectors.kit.sandbox import Choice, Client, Document, Grant, OAuthPolicy, Sandbox, answer

from . import contacts_api, control, identity, invoices_api, pages, reference, seed
from .answers import not_found, server_error, text
from .idempotency import Memory
from .limits import Budget, Limits

MAINTENANCE = "The Xero API is temporarily unavailable"


class XeroSandbox(Sandbox):
    key, title = "xero", "Xero"
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
        pages.routes,
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
        self.writes = 0  # documents and contacts written since the start
        self.errors_due: list[bool] = []
        for collection, field in [
            ("bills", "InvoiceNumber"),
            ("contacts", "key"),
            ("contacts", "ContactNumber"),
        ]:
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
                return text(503, MAINTENANCE)
            case 429:
                return Response("", 429, {"X-Rate-Limit-Problem": "minute"})
        return answer({"Title": code, "Status": status, "Detail": message}, status)

    def _with_faults(self, request: Request) -> Response:
        with self.budget.flight(request.headers.get("xero-tenant-id", "")) as room:
            request.environ["sandbox.room"] = room
            return super()._with_faults(request)

    # What tests ask and do.

    def organisation(self, name_or_id: str) -> Document:
        return next(org for org in self.store["organisations"].find() if name_or_id in {org["id"], org["name"]})

    def change_organisation(self, name_or_id: str, **fields: Any) -> None:
        """E.g. PeriodLockDate="2026-03-31"."""
        with self.store.transaction():
            self.store["organisations"].change(self.organisation(name_or_id)["id"], **fields)

    def archive_account(self, name_or_id: str, code: str) -> None:
        org = self.organisation(name_or_id)
        accounts = [a | {"Status": "ARCHIVED"} if a.get("Code") == code else a for a in org["accounts"]]
        self.change_organisation(name_or_id, accounts=accounts)

    def bills(self, name_or_id: str, **where: Any) -> list[Document]:
        return self.store["bills"].find(org=self.organisation(name_or_id)["id"], **where)

    def contacts(self, name_or_id: str, **where: Any) -> list[Document]:
        return self.store["contacts"].find(org=self.organisation(name_or_id)["id"], **where)
