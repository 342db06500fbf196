"""The ways by which a customer lets us in, as facts of the vendor. A connector names its own, the usual one first.

What is done with them (state, codes, refresh, the vault) is the platform's.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal


@dataclass(frozen=True)
class Endpoint:
    host: str  # names one of the application's hosts
    path: str


@dataclass(frozen=True)
class Flow:
    """The base of them all; `Connector.flow` finds one by its class."""


@dataclass(frozen=True)
class AuthorisationCode(Flow):
    """OAuth 2.0 with a consent page at the vendor (RFC 6749, section 4.1).

    `grace`: how long after a lost answer the previous refresh token may be sent again. `refresh_life`: how long
    one lives that is not used; None where it does not end by itself.

    `issuer`: who answers, where the vendor's metadata says so; an `iss` that comes back must be exactly this one
    (RFC 9207). `sends_issuer`: the metadata promises it, so an answer without one is refused. `revoke`: where a
    refresh token is revoked (RFC 7009), if anywhere.
    """

    authorise: Endpoint
    token: Endpoint
    scopes: tuple[str, ...]
    pkce: bool
    client_auth: Literal["client_secret_basic", "client_secret_post"] = "client_secret_basic"
    grace: timedelta = timedelta(0)
    issuer: Endpoint | None = None
    sends_issuer: bool = False
    revoke: Endpoint | None = None
    refresh_life: timedelta | None = None


@dataclass(frozen=True)
class TokenSet:
    """What a token endpoint gave. Never printed: it is the account."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: datetime
    scope: str = ""
