"""An authorisation-code server (RFC 6749, 7636, 7662) whose strictness is a policy of the vendor."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

from werkzeug import Request

from connectors.kit.sandbox.store import Collection, Document

if TYPE_CHECKING:
    from connectors.kit.sandbox.app import Sandbox


@dataclass(frozen=True)
class OAuthPolicy:
    authorize_path: str = "/oauth/authorize"
    token_path: str = "/oauth/token"  # noqa: S105
    introspect_path: str | None = None
    revoke_path: str | None = None
    pkce_required: bool = True
    secret_in_body: bool = True  # besides HTTP Basic, which always works
    scopes: frozenset[str] | None = None  # None: any scope that the client has registered
    refresh_scope: str | None = None  # e.g. offline_access: no refresh token without it
    code_seconds: int = 60
    access_seconds: int = 900
    refresh_seconds: int | None = 60 * 24 * 3600  # None: they do not end by themselves
    refresh_ends_access: bool = True  # a refresh kills the access tokens that came before it
    reuse_kills_family: bool = True  # a rotated refresh token, presented again, revokes all of its consent
    grace_seconds: int = 0  # for so long a rotated refresh token is still accepted
    refused_redirect_hosts: tuple[str, ...] = ()
    plain_http_hosts: tuple[str, ...] | None = None  # the only ones with http addresses; None: http is all right
    choice_label: str = "Company"
    assertion_algorithms: tuple[str, ...] = ()  # with any: an uploaded certificate gets tokens, too
    assertion_seconds: int = 3600  # the longest life of one


@dataclass(frozen=True)
class Client:
    id: str
    secret: str
    redirect_uris: tuple[str, ...]
    scopes: tuple[str, ...] = ()  # () : every scope of the vendor
    name: str = "Causeway"

    def __repr__(self) -> str:
        return f"Client({self.id!r})"


@dataclass(frozen=True)
class Choice:
    """A line on the consent page: a company, an organisation."""

    id: str
    name: str
    note: str = ""


@dataclass(frozen=True)
class Grant:
    """One consent, and the family of all tokens that came from it."""

    id: str
    client_id: str
    scopes: tuple[str, ...]
    choice: str  # id of the Choice, "" when the vendor has none
    created: float
    revoked: bool = False

    @classmethod
    def read(cls, document: Document) -> "Grant":
        return cls(**{**document, "scopes": tuple(document["scopes"]), "created": float(document["created"])})


class AuthorizationServer:
    """Clients, codes, tokens and grants in the sandbox's store; of what it issues it keeps hashes only."""

    def __init__(self, sandbox: "Sandbox", policy: OAuthPolicy) -> None:
        self.sandbox, self.policy = sandbox, policy
        self.access_seconds = policy.access_seconds  # a test may change it
        store = sandbox.store
        self.clients, self.grants = store["oauth_clients"], store["oauth_grants"]
        self.codes, self.access, self.refresh = (
            store["oauth_codes"],
            store["oauth_access"],
            store["oauth_refresh"],
        )
        self.certificates, self.assertions = store["oauth_certificates"], store["oauth_assertions"]
        store.index("oauth_access", "grant")
        store.index("oauth_refresh", "grant")

    def register(self, clients: Iterable[Client]) -> None:
        for client in clients:
            self.clients.put(client.id, asdict(client))

    def client(self, client_id: str | None) -> Client | None:
        found = self.clients.get(client_id or "")
        if found is None:
            return None
        uris, scopes = tuple(found["redirect_uris"]), tuple(found["scopes"])
        return Client(**{**found, "redirect_uris": uris, "scopes": scopes})

    def bearer(self, request: Request) -> Grant | None:
        """The grant behind a request's bearer token: None when missing, unknown, expired or revoked."""
        sent = request.authorization
        return None if sent is None or sent.type != "bearer" else self.grant_of(sent.token or "")

    def grant_of(self, token: str) -> Grant | None:
        found = self.access.get(digest(token))
        standing = self.standing(token)
        return self.grant(found["grant"]) if found is not None and standing == "valid" else None

    def standing(self, token: str) -> Literal["valid", "unknown", "expired", "revoked"]:
        """Why a token is refused, for vendors that tell."""
        found = self.access.get(digest(token))
        grant = self.grant(found["grant"]) if found is not None else None
        if found is None or grant is None:
            return "unknown"
        if grant.revoked:
            return "revoked"
        return "expired" if found["expires"] <= self.sandbox.clock.time() else "valid"

    def grant(self, grant_id: str) -> Grant | None:
        found = self.grants.get(grant_id)
        return None if found is None else Grant.read(found)

    def agree(self, client: Client, scopes: tuple[str, ...], choice: str) -> Grant:
        """A customer's consent."""
        grant = Grant(self.sandbox.new_id(), client.id, scopes, choice, self.sandbox.clock.time())
        self.grants.put(grant.id, asdict(grant))
        return grant

    def give_code(self, client: Client, scopes: tuple[str, ...], choice: str, **asked: str) -> str:
        code = secrets.token_urlsafe(24)
        grant = self.agree(client, scopes, choice)
        self.codes.put(digest(code), {"grant": grant.id, "used": False, "created": grant.created, **asked})
        return code

    def issue(self, grant: Grant) -> Document:
        """A new pair of tokens; the vendor's `mint` may shape the access token."""
        now = self.sandbox.clock.time()
        expires = now + self.access_seconds
        token = self.sandbox.mint(grant, expires)
        self._keep(self.access, token, {"grant": grant.id, "issued": now, "expires": expires})
        answer: Document = {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": self.access_seconds,
            "scope": " ".join(grant.scopes),
        }
        if self.policy.refresh_scope is None or self.policy.refresh_scope in grant.scopes:
            answer["refresh_token"] = secrets.token_urlsafe(36)
            self._keep(self.refresh, answer["refresh_token"], {"grant": grant.id, "issued": now, "rotated": None})
        return answer | self.sandbox.token_extras(grant)

    def revoke(self, grant_id: str) -> None:
        self.grants.change(grant_id, revoked=True)

    def revoke_all(self, choice: str | None = None) -> None:
        """As if the user had removed the app, for one company or all."""
        for found in self.grants.find() if choice is None else self.grants.find(choice=choice):
            self.revoke(found["id"])

    def expire_access_tokens(self, grant_id: str | None = None) -> None:
        with self.sandbox.store.transaction():
            rows = self.access.find() if grant_id is None else self.access.find(grant=grant_id)
            now = self.sandbox.clock.time()
            for token in (row for row in rows if row["expires"] > now):
                self.access.change(token["id"], expires=now)

    @staticmethod
    def _keep(collection: Collection, secret: str, row: Document) -> None:
        collection.put(digest(secret), {"id": digest(secret), **row})


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
