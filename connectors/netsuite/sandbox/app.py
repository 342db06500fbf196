"""The sandbox itself: its facts, its first state, and what tests ask it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from werkzeug import Request, Response

from connectors.kit.sandbox import Choice, Client, Document, Fault, Kind, OAuthPolicy, Sandbox
from connectors.kit.sandbox.app import MAX_BODY

from . import control, identity, pages, records, restlet, seed, suiteql, system
from .gate import Slots
from .ledger import Ledger
from .refusals import Said, refused
from .shape import SHAPES, Shape
from .switches import Switches

YEARS_AT_MOST = 2
ACCOUNT = "localhost"  # the account's part of a host is its first label
_SMALLEST_RSA = 3072


class NetSuiteSandbox(Sandbox):
    key, title = "netsuite", "NetSuite"
    policy = OAuthPolicy(
        authorize_path="/app/login/oauth2/authorize.nl",
        token_path=f"{identity.TOKEN}/code",  # the real one is ours, and hands codes on
        scopes=identity.SCOPES,
        pkce_required=True,
        secret_in_body=False,
        access_seconds=3600,
        refresh_seconds=7 * 24 * 3600,
        choice_label="Role for",
    )
    log_headers = ("Prefer", "X-NetSuite-PropertyNameValidation")
    settings = seed.SETTINGS
    routes = (
        identity.routes,
        records.routes,
        suiteql.routes,
        restlet.routes,
        system.routes,
        pages.routes,
        control.routes,
    )

    def __init__(self, folder: Path | str | None = None, *, port: int = 0, clients: Iterable[Client] = ()) -> None:
        super().__init__(folder, port=port, clients=clients)
        self.switches, self.slots, self.ledger = Switches(), Slots(), Ledger(self.store)
        transactions = frozenset(shape.name for shape in SHAPES.values() if shape.type)
        self.custom_fields = {"custbody_receipt_url": transactions, "cseg_region": transactions}  # where each applies
        self.writes = 0  # records written since the start
        self.said: Counter[str] = Counter()  # refusals by their id, since the start

    def seed(self) -> None:
        for table, row in seed.rows():
            self.store[table].put(row["id"], row)

    def choices(self) -> list[Choice]:
        """One account; a person logs in with a role, which may be for some of its subsidiaries only."""
        rows = self.store["subsidiary"].find(isinactive="F")
        each = [Choice(f"{ACCOUNT}.{row['id']}", row["name"]) for row in rows]
        return [*each, Choice(",".join(one.id for one in each), "All subsidiaries")]

    def typed(self, client_id: str, certificate: str) -> Mapping[str, str]:
        uploaded = {"id": self.upload_certificate(client_id, certificate)} if certificate else {}
        return {"account": ACCOUNT.upper(), **uploaded}

    def problem(self, status: int, code: str, message: str) -> Response:
        by_status = {404: "path.unknown", 405: "method.unknown", 400: "body.json"}
        if status in by_status or status == 500:
            return refused(by_status.get(status, "internal")).response
        if status == 429:
            return refused("limit.concurrency").response
        return Response(f"<html><body><h1>{status} {message}</h1></body></html>", status, content_type="text/html")

    def _with_faults(self, request: Request) -> Response:
        """Every call counts, of whichever integration."""
        if not request.path.startswith(("/services/rest/record", "/services/rest/query", "/app/site")):
            return super()._with_faults(request)
        with self.slots.one() as taken:
            if self._is_crowded(taken):
                request.max_content_length = MAX_BODY
                request.get_data()
                return self._crowded(request)
            return super()._with_faults(request)

    def _is_crowded(self, taken: int) -> bool:
        if self.switches.others_calls:
            self.switches = replace(self.switches, others_calls=self.switches.others_calls - 1)
            return True
        return taken > self.switches.concurrent

    def _crowded(self, request: Request) -> Response:
        if self.switches.overload_is_401:
            return self._counted(refused("login.overload").response)
        if request.path == restlet.PATH:
            self.said["limit.restlet"] += 1
            return restlet.failure("SSS_REQUEST_LIMIT_EXCEEDED", "Request Limit Exceeded!").response
        return self._counted(refused("limit.concurrency").response)

    def _answer(self, request: Request) -> Response:
        return self._counted(super()._answer(request))

    def _counted(self, response: Response) -> Response:
        if isinstance(response, Said | identity.SaidToken):
            self.said[response.refusal] += 1
        return response

    # What tests ask and do.

    def switch(self, **switches: Any) -> None:
        """E.g. lacks=["REPO_ANALYTICS"]; see Switches."""
        self.switches = replace(self.switches, **switches)

    def written(self, subsidiary: str = "") -> list[tuple[Shape, Document]]:
        """Every transaction, of one subsidiary or all, in the order in which they came."""
        found = [(s, one) for s, one in self.ledger.transactions() if subsidiary in {"", one["subsidiary"]}]
        return sorted(found, key=lambda pair: int(pair[1]["id"]))

    def upload_certificate(self, client: str, certificate: str) -> str:
        """An administrator uploads it for an integration; the certificate id. ValueError for one NetSuite refuses."""
        read = x509.load_pem_x509_certificate(certificate.encode())
        public = read.public_key()
        if isinstance(public, rsa.RSAPublicKey) and public.key_size < _SMALLEST_RSA:
            raise ValueError("an RSA key has at least 3072 bits")
        if not isinstance(public, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
            raise ValueError("the certificate's key is neither RSA nor EC")
        latest = self.clock.time() + YEARS_AT_MOST * 366 * 86_400
        certificate_id = self.new_id()
        row = {
            "id": certificate_id,
            "client": client,
            "kind": "RSA" if isinstance(public, rsa.RSAPublicKey) else "EC",
            "public": public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
            "expires": min(read.not_valid_after_utc.timestamp(), latest),
            "revoked": False,
        }
        with self.store.transaction():
            self.store["certificates"].put(certificate_id, row)
        return certificate_id

    def revoke_certificate(self, certificate_id: str) -> None:
        with self.store.transaction():
            self.store["certificates"].change(certificate_id, revoked=True)
            if self.oauth.grants.get(certificate_id):
                self.oauth.revoke(certificate_id)

    def change(self, table: str, key: str, **columns: Any) -> None:
        """A person changes a row inside NetSuite, e.g. an account's isinactive="T". Raises KeyError."""
        with self.store.transaction():
            self.store[table].change(key, **columns)

    def account(self, number: str) -> Document:
        return next(one for one in self.store["account"].find() if one["acctnumber"] == number)

    def close(self, day: date) -> None:
        """An accountant closes the period of this day."""
        period = self.ledger.period_of(day)
        if period is not None:
            self.change("accountingperiod", period["id"], closed="T")

    def void(self, record_id: str) -> None:
        """ASSUMED: what it was worth is zero from then on, and its status says so."""
        with self.store.transaction():
            shape, one = self.ledger.find(record_id)
            self.ledger.put(shape, {**one, "voided": True, "status": "voided", "total": Decimal(0)})

    def cut(self, match: str, *, done: bool) -> None:
        """The next such call is cut, as NetSuite cuts what takes 15 minutes; `done`: its work was over by then."""
        self.faults.add(Fault(match, Kind.DROP_AFTER if done else Kind.DROP_BEFORE))
