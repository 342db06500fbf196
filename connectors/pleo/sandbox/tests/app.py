"""An application that is connected to the Pleo sandbox, and an endpoint that receives its webhooks."""

import base64
import hashlib
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

from connectors.kit.sandbox import Client, consent
from connectors.pleo.sandbox import PleoSandbox

CALLBACK = "http://localhost:9/callback"
CLIENT = Client("app", "s3cret", (CALLBACK,))
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
SCOPES = "export-jobs:read export-jobs:write export-items:read companies:read"


class App:
    """Connected to one company, with the scopes it asked for."""

    def __init__(self, sandbox: PleoSandbox, company: str = "Nordwind GmbH", scopes: str = SCOPES) -> None:
        self.sandbox, self.company = sandbox, sandbox.company_id(company)
        location = consent(authorise_url(sandbox, scope=scopes), company)
        code = parse_qs(urlsplit(location).query)["code"][0]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
        self.tokens = self.token(code_verifier=VERIFIER, **form).json()

    def token(self, **form: str) -> requests.Response:
        auth = (CLIENT.id, CLIENT.secret)
        return requests.post(f"{self.sandbox.url}/oauth/token", form, auth=auth, timeout=10)

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.tokens['access_token']}"}
        return requests.request(method, self.sandbox.url + path, headers=headers, timeout=30, **options)

    def get(self, path: str, **query: Any) -> requests.Response:
        return self.call("GET", path, params=query)

    def post(self, path: str, body: Any = None) -> requests.Response:
        return self.call("POST", path, json=body)

    def put(self, path: str, body: Any) -> requests.Response:
        return self.call("PUT", path, json=body)

    def event(self, job_id: str, event: str, **reason: str) -> requests.Response:
        return self.post("/v3/export-job-events", {"jobId": job_id, "event": event, **reason})

    def report(self, job_id: str, *items: dict[str, Any]) -> requests.Response:
        return self.put(f"/v3/export-jobs/{job_id}/items", list(items))

    def export(self, count: int, seed: int | str = "plain") -> str:
        """So many new entries in a new job; its id."""
        self.sandbox.add_entries(self.company, count, seed)
        return str(self.sandbox.export(self.company)["id"])

    def entries(self, job_id: str) -> list[str]:
        return [item["accountingEntryId"] for item in self.sandbox.items(job_id)]


def authorise_url(sandbox: PleoSandbox, **changed: str | None) -> str:
    asked = {
        "response_type": "code",
        "client_id": CLIENT.id,
        "redirect_uri": CALLBACK,
        "scope": SCOPES,
        "state": "s",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    } | changed
    return f"{sandbox.url}/oauth/authorize?" + urlencode({k: v for k, v in asked.items() if v})


def refusal(response: requests.Response) -> tuple[int, str]:
    """Status and Pleo's type; each refusal also has a sentence."""
    body = response.json()
    assert body["message"]
    return response.status_code, body["type"]


class Endpoint:
    """Answers with the statuses it was given, then with 204."""

    def __init__(self, address: str, statuses: list[int]) -> None:
        self.address, self.statuses = address, statuses
        self.received: queue.Queue[tuple[dict[str, str], bytes]] = queue.Queue()

    def next(self) -> tuple[dict[str, str], bytes]:
        return self.received.get(timeout=20)


@contextmanager
def endpoint(*statuses: int) -> Iterator[Endpoint]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            listening.received.put((dict(self.headers), body))
            self.send_response(listening.statuses.pop(0) if listening.statuses else 204)
            self.send_header("Location", listening.address)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening = Endpoint(f"http://localhost:{server.server_port}/hooks", list(statuses))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield listening
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
