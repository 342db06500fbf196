"""Our application at the Pleo sandbox: a customer authorises it in a browser, and it has a connector."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

from connectors.kit.egress import Network
from connectors.kit.errors import Reconnect
from connectors.kit.flows import AuthorisationCode
from connectors.kit.http import Client
from connectors.kit.records import Job
from connectors.kit.sandbox import Client as Registered
from connectors.kit.sandbox import consent
from connectors.kit.settings import Settings
from connectors.kit.testing import ListRecorder, ports
from connectors.pleo.connector import Pleo
from connectors.pleo.sandbox import PleoSandbox

BACK = "http://localhost:9/connected"
APPLICATION = Registered("causeway", "not-so-secret", (BACK,))
VERIFIER = "a-verifier-of-at-least-forty-three-characters-in-all"


@dataclass
class SandboxTokens:
    """The whole flow of tokens with plain HTTP: code with PKCE, Basic, refresh with rotation."""

    url: str
    access: str = field(default="", repr=False)
    refresh: str = field(default="", repr=False)

    def authorise(self, company: str, scopes: Sequence[str]) -> "SandboxTokens":
        challenge = urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": APPLICATION.id,
            "redirect_uri": BACK,
            "scope": " ".join(scopes),
            "state": "s",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        back = consent(f"{self.url}{FLOW.authorise.path}?{urlencode(asked)}", company)
        code = parse_qs(urlsplit(back).query)["code"][0]
        self._fetch(grant_type="authorization_code", code=code, redirect_uri=BACK, code_verifier=VERIFIER)
        return self

    def access_token(self) -> str:
        return self.access

    def renewed(self, refused: str) -> str:
        self._fetch(grant_type="refresh_token", refresh_token=self.refresh)
        return self.access

    def _fetch(self, **form: str) -> None:
        basic = (APPLICATION.id, APPLICATION.secret)
        got = requests.post(self.url + FLOW.token.path, form, auth=basic, timeout=30)
        if got.status_code != 200:
            raise Reconnect("The sandbox refused the refresh.", words=got.text)
        self.access, self.refresh = got.json()["access_token"], got.json()["refresh_token"]


FLOW = Pleo.flow(AuthorisationCode)


class AppAtPleo:
    """One company of the sandbox, connected. `pleo` is the connector, `company` the company's id."""

    def __init__(self, sandbox: PleoSandbox, name: str, scopes: Sequence[str] = FLOW.scopes) -> None:
        self.sandbox = sandbox
        self.company = sandbox.company_id(name)
        self.recorder = ListRecorder()
        tokens = SandboxTokens(sandbox.url).authorise(self.company, scopes)
        hosts = {"api": sandbox.url, "auth": sandbox.url}
        self._client = Client(hosts, ports(tokens, recorder=self.recorder), Network.SANDBOX, read_seconds=10)
        self.pleo = self.for_company(self.company)

    def for_company(self, company: str) -> Pleo:
        return Pleo(self._client, Settings(), company)

    def close(self) -> None:
        self._client.close()


def entries_of(pleo: Pleo, job: Job) -> list[str]:
    return [entry for page in pleo.entries(job) for entry in page]
