"""The sandbox itself: its facts, its first state, and what tests ask it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from werkzeug import Request, Response

from connectors.kit.sandbox import Choice, Client, Document, Refused, Routes, Sandbox

from . import attachments, control, documents, fields, journals, partners, payments, reading, seed, services, sessions
from .books import Books
from .refusals import Said, refused
from .seed import NORDWIND
from .sets import SETS
from .switches import Switches

Observer = Callable[[Request, Response], None]

unknown = Routes()


@unknown("GET", f"{sessions.ROOT}/<path:rest>")
@unknown("POST", f"{sessions.ROOT}/<path:rest>")
@unknown("PATCH", f"{sessions.ROOT}/<path:rest>")
@unknown("PUT", f"{sessions.ROOT}/<path:rest>")
@unknown("DELETE", f"{sessions.ROOT}/<path:rest>")
def not_there(sandbox: "SapB1Sandbox", request: Request, rest: str) -> Response:
    """Without a session even a wrong path is answered as if the session had ended, `/login` for one (NGO)."""
    sessions.require(sandbox, request)
    raise refused("action.unsupported" if rest.partition("(")[0] in SETS else "request.unknown_path")


class SapB1Sandbox(Sandbox):
    key, title = "sap_b1", "SAP Business One"
    #: Called with each request and its answer, of every sandbox in this process.
    observers: ClassVar[list[Observer]] = []
    settings = seed.SETTINGS
    log_headers = ("Prefer", "B1S-PageSize", "B1S-CaseInsensitive", "Connection")
    routes = (
        sessions.routes,
        documents.routes,
        journals.routes,
        payments.routes,
        partners.routes,
        attachments.routes,
        fields.routes,
        services.routes,
        reading.routes,
        control.routes,
        unknown,
    )

    def __init__(self, folder: Path | str | None = None, *, port: int = 0, clients: Iterable[Client] = ()) -> None:
        super().__init__(folder, port=port, clients=clients)
        self.switches = Switches()
        self.users = dict(seed.USERS)
        self.failures: Counter[str] = Counter()  # wrong passwords in a row, by user
        self.busy_left = 0
        self.writes = 0  # documents, partners, files and fields written since the start
        self.said: Counter[str] = Counter()  # refusals by their id, since the start
        for entity_set in SETS:
            self.store.index(entity_set, "_company")

    def seed(self) -> None:
        for company in seed.companies():
            self.store["companies"].put(company["id"], company)
            books = Books(self, company["id"])
            for entity_set, row in seed.rows(company["id"]):
                books.put(entity_set, row)

    def choices(self) -> list[Choice]:
        """Companies that may be logged in to, though no page offers them."""
        return [Choice(one["id"], one["name"]) for one in self.store["companies"].find()]

    def typed(self, client_id: str, certificate: str) -> Mapping[str, str]:
        return {"CompanyDB": NORDWIND, "UserName": "causeway", "Password": self.users["causeway"]}

    def expire_access_tokens(self) -> None:
        self.end_sessions()

    def revoke(self, choice: str | None = None) -> None:
        """The user's password is changed, which holds for all companies; their sessions end."""
        self.users["causeway"] = "changed since"
        self.end_sessions()

    def problem(self, status: int, code: str, message: str) -> Response:
        """From Apache, which stands before the Service Layer, errors are pages."""
        if status == 404:
            return refused("request.unknown_path").response
        if status == 400:
            return refused("request.json").response
        return Response(f"<html><body><h1>{status} {message}</h1></body></html>", status, content_type="text/html")

    def _answer(self, request: Request) -> Response:
        response = super()._answer(request)
        for observe in self.observers:
            observe(request, response)
        if not isinstance(response, Said):
            return response
        self.said[response.refusal] += 1
        return response.in_old_shape() if self.switches.old_errors else response

    # What tests ask and do.

    def books(self, company: str = NORDWIND) -> Books:
        return Books(self, company)

    def switch(self, **switches: Any) -> None:
        """E.g. approval=("PurchaseInvoices",); see Switches."""
        self.switches = replace(self.switches, **switches)
        self.busy_left = self.switches.busy_logins if "busy_logins" in switches else self.busy_left

    def change_company(self, company: str, **facts: Any) -> None:
        """E.g. periods=[...], without_series=["PurchaseInvoices"]."""
        with self.store.transaction():
            self.store["companies"].change(company, **facts)

    def change(self, company: str, entity_set: str, key: object, **values: Any) -> Document:
        """A person changes a row inside Business One, e.g. an account's ActiveAccount."""
        with self.store.transaction():
            books = Books(self, company)
            return books.put(entity_set, {**books.named(entity_set, key), **values})

    def set_rate(self, company: str, currency: str, day: str, rate: str) -> None:
        with self.store.transaction():
            self.store["rates"].put(f"{company}/{currency}/{day}", {"rate": rate})

    def restart(self) -> None:
        """Of the Service Layer: sessions end, new user fields come alive, locked users are forgotten."""
        with self.store.transaction():
            for session in self.store["sessions"].find():
                self.store["sessions"].delete(session["id"])
            for company in self.store["companies"].find():
                books = Books(self, company["id"])
                for field in books.all("UserFieldsMD", _live=False):
                    books.put("UserFieldsMD", {**field, "_live": True})
        self.failures.clear()

    def end_sessions(self) -> None:
        """All at once, as after their time."""
        with self.store.transaction():
            for session in self.store["sessions"].find():
                self.store["sessions"].delete(session["id"])

    @property
    def open_sessions(self) -> int:
        return self.store["sessions"].count()

    def approve_all(self, company: str) -> None:
        """An approver lets every draft that waits become its document or payment."""
        with self.store.transaction():
            books = Books(self, company)
            for draft in books.all("Drafts", AuthorizationStatus="dasPending"):
                documents.approve(books, draft)
            for draft in books.all("PaymentDrafts", AuthorizationStatus="pasPending"):
                payments.approve(books, draft)

    def cancel(self, company: str, entity_set: str, key: int) -> None:
        """A person cancels a document inside Business One. Raises ValueError if it cannot be."""
        try:
            with self.store.transaction():
                books = Books(self, company)
                document = books.named(entity_set, key)
                if entity_set == "JournalEntries":
                    journals.reverse(books, document)
                else:
                    documents.void(books, entity_set, document)
        except Refused as refusal:
            raise ValueError(refusal.response.get_data(as_text=True)) from refusal

    def post_voucher(self, company: str, number: int) -> None:
        """A person posts a journal voucher. Raises KeyError if there is none."""
        with self.store.transaction():
            journals.post_voucher(Books(self, company), number)

    def written(self, entity_set: str, company: str = NORDWIND, **where: Any) -> list[Document]:
        """The company's documents of an entity set, in the order in which they came."""
        return Books(self, company).all(entity_set, **where)
