"""Sessions that begin with what a customer typed (kit.flows.SessionLogin): logged in, and logged out.

Their cookies are the access token. What was typed gets the next session, and stands in the refresh token's place in
the vault. All workers share one session: each may cost the customer a seat at the vendor until it ends.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

import requests
from urllib3.exceptions import HTTPError

from connections import oauth, places
from connections.models import Access
from connectors.kit import judging, unanswered
from connectors.kit.egress import protect
from connectors.kit.errors import ConnectorError, TryLater
from connectors.kit.flows import Endpoint, SessionLogin, TokenSet
from connectors.kit.http import Answer
from connectors.kit.redaction import redact

COOKIES_AT_MOST = 4096


def kept(typed: Mapping[str, str]) -> str:
    """As it is kept where other flows keep their refresh token."""
    return json.dumps(dict(typed))


def log_in(access: Access, kept_text: str) -> TokenSet:
    """One attempt. Raises Reconnect (it was refused: the same must not be tried again, for vendors lock users), or
    what else the connector or the network says of it: TryLater, MendSettings, AskForPermission, ContractBroken.
    """
    facts = access.application.vendor.flow(SessionLogin)
    typed: dict[str, str] = json.loads(kept_text)
    answer, cookies = _post(access, facts.login, typed)
    now = datetime.now(UTC)
    name = access.application.vendor.name
    error = facts.meaning(answer, now) if facts.meaning else judging.error_of(answer, name, now)
    if error:
        raise _without(error, [typed[one.name] for one in facts.asks if one.is_secret])
    if not cookies or len(cookies) > COOKIES_AT_MOST or not (cookies.isascii() and cookies.isprintable()):
        raise TryLater(f"{name} accepted the log-in and gave no session.")
    return TokenSet(cookies, kept_text, now + facts.life)


def log_out(access: Access, cookies: str) -> None:
    """A session that has ended already is as good. Raises TryLater or MendSettings."""
    facts = access.application.vendor.flow(SessionLogin)
    if facts.logout is None or not cookies:
        return
    answer, _cookies = _post(access, facts.logout, None, dict(facts.headers(cookies)))
    if answer.status >= 500:
        raise TryLater(f"{access.application.vendor.name} did not end the session ({answer.status}).")


def _post(
    access: Access, endpoint: Endpoint, body: Mapping[str, str] | None, headers: Mapping[str, str] | None = None
) -> tuple[Answer, str]:
    """The answer, and the cookies that came with it. It is in no exchange: it holds nothing but secrets."""
    access.application.refuse_closed_sandbox()
    place = places.of(access)
    url = f"{place.hosts[endpoint.host]}{endpoint.path}"
    try:
        with protect(requests.Session(), place.network) as session:
            session.hooks["response"].append(oauth.read_bounded)
            response = session.post(
                url,
                json=body,
                headers={"Accept": "application/json", **(headers or {})},
                timeout=oauth.SECONDS,
                allow_redirects=False,
                stream=True,
            )
            given = response.raw.headers.getlist("Set-Cookie")
    except (requests.RequestException, HTTPError, OSError) as error:
        name = access.application.vendor.name
        raise unanswered.meaning(error, vendor=name, address=url, network=place.network, writes=False) from None
    told = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status_code, told, response.content), "; ".join(one.partition(";")[0] for one in given)


def _without(error: ConnectorError, secrets: list[str]) -> ConnectorError:
    """A vendor may repeat what was typed, as it is or as JSON writes it."""
    error.words = redact(error.words, *secrets, *(json.dumps(one)[1:-1] for one in secrets))
    return error
