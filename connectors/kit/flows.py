"""The ways by which a customer lets us in, as facts of the vendor. A connector names its own, the usual one first.

What is done with them (state, codes, keys, refresh, the vault) is the platform's.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Literal

if TYPE_CHECKING:
    from connectors.kit.errors import ConnectorError
    from connectors.kit.http import Answer


#: Of an authorisation request: RFC 6749 (4.1.1), 7636 (4.3), and what takes the place of them all (RFC 9101, 5).
OF_THE_PROTOCOL = frozenset(
    {
        *("response_type", "response_mode", "client_id", "client_secret", "redirect_uri", "scope", "state"),
        *("code_challenge", "code_challenge_method", "code_verifier", "request", "request_uri"),
    }
)


@dataclass(frozen=True)
class Endpoint:
    host: str  # names one of the application's hosts
    path: str


@dataclass(frozen=True)
class Asked:
    """A field that the customer fills in. `name`: what the vendor calls it."""

    name: str
    title: str
    help: str = ""
    is_secret: bool = False


@dataclass(frozen=True, kw_only=True)
class Flow:
    """The base of them all; `Connector.flow` finds one by its class, `Connector.way` by its kind.

    `issued`: what the vendor gives the partner who registers there; nothing where customers give what lets us in.
    `scopes`: what is asked for, each with a sentence in `Connector.grants`. `title` and `note`: for the customer who
    may choose between several: what it is called, and what to know before (that it has to be renewed every week).
    """

    kind: ClassVar[str]
    issued: ClassVar[tuple[str, ...]] = ()
    scopes: tuple[str, ...] = ()
    title: str = ""
    note: str = ""

    def headers(self, token: str) -> Mapping[str, str]:
        """How a call carries what it gave."""
        return {"Authorization": f"Bearer {token}"}


@dataclass(frozen=True, kw_only=True)
class AuthorisationCode(Flow):
    """OAuth 2.0 with a consent page at the vendor (RFC 6749, section 4.1).

    `grace`: how long after a lost answer the previous refresh token may be sent again. `refresh_life`: how long
    one lives that is not used; None where it does not end by itself.

    `issuer`: who answers, where the vendor's metadata says so; an `iss` that comes back must be exactly this one
    (RFC 9207). `sends_issuer`: the metadata promises it, so an answer without one is refused. `revoke`: where a
    refresh token is revoked (RFC 7009), if anywhere.

    `also`: what the vendor's authorise address wants besides, such as {"access_type": "offline"}. Raises ValueError
    for a parameter of the protocol itself, which is the platform's to set.
    """

    kind = "authorisation_code"
    issued = ("client_id", "client_secret")
    authorise: Endpoint
    token: Endpoint
    pkce: bool
    client_auth: Literal["client_secret_basic", "client_secret_post"] = "client_secret_basic"
    grace: timedelta = timedelta(0)
    issuer: Endpoint | None = None
    sends_issuer: bool = False
    revoke: Endpoint | None = None
    refresh_life: timedelta | None = None
    also: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if ours := sorted(set(self.also) & OF_THE_PROTOCOL):
            raise ValueError(f"`also` names {', '.join(ours)}, which Causeway sets itself. Leave it out.")


@dataclass(frozen=True, kw_only=True)
class ClientCredentials(Flow):
    """OAuth 2.0 client credentials by a signed JWT (RFC 7523, section 2.2): the key is made here and stays here, its
    certificate is uploaded at the vendor by the customer, who tells us the id that the vendor gave it.

    `steps`: how to upload it, one sentence each, in the vendor's own words for its menus; `{client_id}` in one is
    ours. `certificate_id`: the field for the vendor's id, sent as `kid`. `audience`: None for the token address as it
    is called. `certificate_life`: the longest that the vendor takes. `scope_as`: a JSON array, or one text with
    spaces.
    """

    kind = "client_credentials"
    issued = ("client_id",)
    token: Endpoint
    algorithm: Literal["PS256", "ES256"]
    steps: tuple[str, ...]
    certificate_id: Asked
    audience: Endpoint | None = None
    assertion_life: timedelta = timedelta(seconds=300)
    certificate_life: timedelta = timedelta(days=730)
    scope_as: Literal["array", "text"] = "array"


@dataclass(frozen=True, kw_only=True)
class SessionLogin(Flow):
    """A log-in with what the customer types, which gives the cookies of a session.

    `asks`: sent as one JSON object under their names. `life`: of a session that is not
    used; it is begun anew once when the vendor answers 401. `company`: names the one that says which company it is,
    in whatever capitals, if that is asked: the connector has it as its client's `account`. `logout`: where a session
    ends, if anywhere.

    `meaning`: what an answer to the log-in means, as `judging.error_of` (which is the usual one). A Reconnect says
    that it was refused: what was typed is destroyed and never tried again, for vendors lock users after a few
    attempts. Whatever may pass by itself must be a TryLater.
    """

    kind = "session_login"
    login: Endpoint
    asks: tuple[Asked, ...]
    life: timedelta
    company: str = ""
    logout: Endpoint | None = None
    meaning: "Callable[[Answer, datetime], ConnectorError | None] | None" = None

    def headers(self, token: str) -> Mapping[str, str]:
        return {"Cookie": token}


@dataclass(frozen=True)
class TokenSet:
    """What a vendor gave, and what gets the next one: a refresh token, a private key, what was typed. Never printed:
    it is the account.
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: datetime
    scope: str = ""
