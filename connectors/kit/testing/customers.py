"""A customer of a sandbox made with the kit: consent, tokens, expiry and revocation are there already.

One who is connected by another flow has `RenewedTokens` with that flow's way to get a token.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from connectors.kit.errors import Reconnect
from connectors.kit.sandbox import Client, Sandbox
from connectors.kit.testing.declaring import CountedTokens, Customer

BACK = "http://localhost:9/connected"
APPLICATION = Client("conformance", "not-so-secret", (BACK,))


@dataclass
class RenewedTokens:
    """As the vault gives them: one for all workers, and the next by one of them. `fetch` gets one by whatever flow
    the vendor has, and raises Reconnect once the customer has taken it back."""

    fetch: Callable[[], str]
    given: list[str] = field(default_factory=list, repr=False)
    refreshes: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        self.given.append(self.fetch())

    def access_token(self) -> str:
        with self._lock:
            return self.given[-1]

    def renewed(self, refused: str) -> str:
        with self._lock:
            if refused == self.given[-1]:
                self.refreshes += 1
                self.given.append(self.fetch())
            return self.given[-1]


class SandboxCustomer(Customer):
    """Has agreed to `scopes` for `choice`, a line of the consent page."""

    def __init__(self, sandbox: Sandbox, company: str, scopes: Sequence[str], choice: str = "") -> None:
        self.sandbox, self.url, self.company = sandbox, sandbox.url, company
        with sandbox.store.transaction():
            sandbox.oauth.register([APPLICATION])
            self._grant = sandbox.oauth.agree(APPLICATION, tuple(scopes), choice or company)
            sandbox.granted(self._grant)
        self._tokens = RenewedTokens(self._fetch)

    def tokens(self) -> CountedTokens:
        return self._tokens

    def expire(self) -> None:
        self.sandbox.oauth.expire_access_tokens(self._grant.id)

    def revoke(self) -> None:
        self.sandbox.revoke()

    def refusal(self, status: int, words: str) -> tuple[str, bytes]:
        said = self.sandbox.problem(status, "REFUSED", words)
        return said.content_type or "", said.get_data()

    def _fetch(self) -> str:
        oauth = self.sandbox.oauth
        with self.sandbox.store.transaction():
            standing = oauth.grant(self._grant.id)
            if standing is None or standing.revoked:
                raise Reconnect("The sandbox refused the refresh.")
            if oauth.policy.refresh_ends_access:
                oauth.expire_access_tokens(self._grant.id)
            return str(oauth.issue(self._grant)["access_token"])
