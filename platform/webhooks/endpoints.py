"""What the door remembers of the endpoints that are knocked at, so that it need not ask for each message."""

from dataclasses import dataclass, field

from database.acting import one_statement_across_tenants
from webhooks.keeping import LIMITS
from webhooks.models import Endpoint

FIND = "select * from webhooks_endpoint where token_hash = %s and sealed_secret <> ''"
AT_MOST = 10_000


@dataclass
class Endpoints:
    """By the hash of their token. What is remembered may be old: `keeping.keep` refuses what was let in by it.

    Secrets are remembered as they are stored, sealed.
    """

    _known: dict[str, Endpoint] = field(default_factory=dict)

    def get(self, token_hash: str, *, anew: bool = False) -> Endpoint | None:
        """None if there is none, or none that has a secret yet. `anew`: as it is in the database now."""
        known = None if anew else self._known.get(token_hash)
        return known or self._find(token_hash)

    def _find(self, token_hash: str) -> Endpoint | None:
        why = "an endpoint is found by the hash of its token before its tenant is known"
        with one_statement_across_tenants(why, limits=LIMITS):
            found = next(iter(Endpoint.objects.raw(FIND, [token_hash])), None)
        if found is None:
            self._known.pop(token_hash, None)
        else:
            if len(self._known) >= AT_MOST:
                self._known.clear()
            self._known[token_hash] = found
        return found
