"""The base of a vendor's sandbox: a WSGI application, its state, and its server on loopback."""

import logging
import secrets
import socket
import ssl
import threading
import uuid
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from time import monotonic
from typing import Any, Self

from werkzeug import Request, Response
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.routing import Map, Rule
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from connectors.kit.sandbox import consent, control, tokens
from connectors.kit.sandbox.clock import Clock
from connectors.kit.sandbox.faults import BEFORE, Fault, Faults, Kind
from connectors.kit.sandbox.http import Refused, Routes, answer
from connectors.kit.sandbox.log import RequestLog
from connectors.kit.sandbox.oauth import AuthorizationServer, Choice, Client, Grant, OAuthPolicy
from connectors.kit.sandbox.store import Document, Store

logger = logging.getLogger(__name__)
MAX_BODY = 50 * 1024 * 1024


class Sandbox:
    """Subclass it; see the package's docstring. Use as a context manager, or `start()` and `stop()`."""

    key = "sandbox"
    title = "Sandbox"
    policy = OAuthPolicy()
    routes: Sequence[Routes] = ()
    log_headers: tuple[str, ...] = ()
    #: What its customer in a demo sets about posting to it, so that the seed's books can be posted to.
    settings: Mapping[str, Any] = {}
    tls: ssl.SSLContext | None = None  # of a server with a certificate of its own; set it before `start()`

    def __init__(self, folder: Path | str | None = None, *, port: int = 0, clients: Iterable[Client] = ()) -> None:
        self.port = port
        self.clock, self.faults, self.log = Clock(), Faults(), RequestLog(self.log_headers)
        self.store = Store(Path(folder) / f"{self.key}.sqlite3" if folder is not None else None)
        self.oauth = AuthorizationServer(self, self.policy)
        self.oauth.register(clients)
        self.halted = threading.Event()
        self._map = _map(self.policy, tuple(self.routes))
        self._server: BaseWSGIServer | None = None

    # What a vendor overrides.

    def seed(self) -> None:
        """The first state of an empty folder."""

    def choices(self) -> list[Choice]:
        """What the consent page lets the user choose from."""
        return []

    def typed(self, client_id: str, certificate: str) -> Mapping[str, str]:
        """What a customer who connects types into our pages, by the names of the fields: an account's id, what logs
        in, the id of the certificate that they have uploaded (PEM; empty where they were given none).
        """
        return {}

    def tick(self) -> None:
        """What the passing of time changes; runs before each request in a transaction of its own."""

    def export_some(self, company: str, entries: int, seed: int | str | None = None) -> str:
        """A source's customer: makes entries, clicks Export; the job's id. Raises Refused as the vendor would.

        `seed`: for the same entries each time, by number or by a name that the vendor's sandbox gives; ValueError
        for a name that it does not give.
        """
        raise Refused(self.problem(404, "NO_SOURCE", f"{self.title} has nothing to export"))

    def started(self) -> None:
        """The server is up: start background threads. They end when `self.halted` is set."""

    def stopping(self) -> None:
        """`self.halted` is set: join background threads."""

    def problem(self, status: int, code: str, message: str) -> Response:
        """The vendor's error body."""
        return answer({"type": code, "message": message}, status)

    def mint(self, grant: Grant, expires: float) -> str:
        return secrets.token_urlsafe(36)

    def granted(self, grant: Grant) -> None:
        """A code was exchanged: the application is now connected."""

    def revoked(self, grant: Grant) -> None:
        """The client has revoked its tokens."""

    def token_extras(self, grant: Grant) -> Document:
        return {}

    def introspection_extras(self, grant: Grant) -> Document:
        return {}

    # What tests use.

    def expire_access_tokens(self) -> None:
        self.oauth.expire_access_tokens()

    def revoke(self, choice: str | None = None) -> None:
        """As if the customer had removed the application, for one company or for all."""
        with self.store.transaction():
            self.oauth.revoke_all(choice)

    @staticmethod
    def new_id() -> str:
        return str(uuid.uuid4())

    # Serving.

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://localhost:{self.port}"

    def start(self) -> Self:
        with self.store.transaction():
            if self.store["_sandbox"].get("seeded") is None:
                self.seed()
                self.store["_sandbox"].put("seeded", {})
        with socket.create_server(("127.0.0.1", self.port), backlog=128) as listening:
            self.port = listening.getsockname()[1]
            self._server = make_server(
                "127.0.0.1",
                self.port,
                self,
                threaded=True,
                request_handler=_Handler,
                ssl_context=self.tls,
                fd=listening.fileno(),
            )  # with a socket of ours, for at a taken port werkzeug ends the whole process
        serve, quick = self._server.serve_forever, {"poll_interval": 0.02}  # or stopping takes half a second
        threading.Thread(target=serve, kwargs=quick, name=f"{self.key}-sandbox", daemon=True).start()
        self.started()
        return self

    def stop(self) -> None:
        if self._server is None:
            return
        self.halted.set()
        self._server.shutdown()
        self._server.server_close()
        self._server = None
        self.stopping()
        self.store.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with Request(environ) as request:  # its uploads are files, which are closed with it
            return self._answered(request)(environ, start_response)

    def _answered(self, request: Request) -> Response:
        begun, at = monotonic(), self.clock.time()
        request.max_content_length = MAX_BODY
        private = request.path.startswith("/_sandbox/")
        status: int | None = None
        try:
            response = self._answer(request) if private else self._with_faults(request)
            status = response.status_code
        finally:
            if not private:
                self.log.write(request, status, at, monotonic() - begun)
        return response

    def _with_faults(self, request: Request) -> Response:
        fault = self.faults.take(request.method, request.path)
        if fault is None:
            return self._answer(request)
        if fault.kind in BEFORE:
            return self._strike(fault) or self._answer(request)
        response = self._answer(request)
        return self._strike(fault, response) or response

    def _strike(self, fault: Fault, response: Response | None = None) -> Response | None:
        match fault.kind:
            case Kind.DROP_BEFORE | Kind.DROP_AFTER:
                raise ConnectionAbortedError("a fault drops this connection")
            case Kind.DELAY_BEFORE | Kind.DELAY_AFTER:
                if self.halted.wait(fault.seconds):
                    raise ConnectionAbortedError("the sandbox is stopping")
                return None
            case Kind.RATE_LIMIT:
                return self._rate_limited(fault)
            case Kind.HTML:
                body = fault.body or "<!doctype html><title>Error</title><h1>Something went wrong</h1>"
                return Response(body, fault.status, content_type="text/html")
            case Kind.TRUNCATE:
                return None if response is None else _half(response)
            case Kind.STATUS_BEFORE | Kind.STATUS_AFTER:
                if fault.body is None:
                    return self.problem(fault.status, "SERVICE_UNAVAILABLE", "A fault answers this request")
                return Response(fault.body, fault.status, content_type="application/json")

    def _rate_limited(self, fault: Fault) -> Response:
        response = self.problem(429, "TOO_MANY_REQUESTS", "Too many requests")
        if fault.body is not None:
            response.set_data(fault.body)
        response.headers.pop("Retry-After", None)
        if fault.retry_after is not None:
            response.headers["Retry-After"] = str(fault.retry_after)
        return response

    def _answer(self, request: Request) -> Response:
        """One request, one transaction: returned is committed, raised is rolled back."""
        try:
            request.get_data()  # all of it before the lock is taken
            handler, values = self._map.bind_to_environ(request.environ).match()
            with self.store.transaction():
                self.tick()
            with self.store.transaction():
                response: Response = handler(self, request, **values)
                return response
        except Refused as refused:
            return refused.response
        except HTTPException as error:
            return self._refusal(error)
        except Exception:
            if self.halted.is_set():
                raise ConnectionAbortedError("the sandbox has stopped") from None
            logger.exception("The %s sandbox failed at %s %s", self.key, request.method, request.path)
            return self._refusal(InternalServerError())

    def _refusal(self, error: HTTPException) -> Response:
        code = error.code or 500
        response = self.problem(code, error.name.upper().replace(" ", "_"), error.description or error.name)
        for name, value in error.get_headers():
            if name == "Allow":
                response.headers[name] = value
        return response


@cache
def _map(policy: OAuthPolicy, routes: tuple[Routes, ...]) -> Map:
    """One for all sandboxes of a vendor: to compile some ninety rules takes longer than all else of a start."""
    return Map([*_own_rules(policy), *(rule.empty() for part in routes for rule in part.rules)])


def _own_rules(policy: OAuthPolicy) -> Iterable[Rule]:
    yield from (rule.empty() for rule in control.routes.rules)
    yield Rule(policy.authorize_path, methods=["GET"], endpoint=consent.show)
    yield Rule(policy.authorize_path, methods=["POST"], endpoint=consent.decide)
    yield Rule(policy.token_path, methods=["POST"], endpoint=tokens.token)
    if policy.introspect_path:
        yield Rule(policy.introspect_path, methods=["POST"], endpoint=tokens.introspect)
    if policy.revoke_path:
        yield Rule(policy.revoke_path, methods=["POST"], endpoint=tokens.revoke)


def _half(response: Response) -> Response:
    """The headers promise the whole body; half of it comes, then the connection closes."""
    body = response.get_data()
    cut = Response([body[: len(body) // 2]], response.status_code, response.headers)
    cut.headers["Content-Length"] = str(len(body))
    return cut


class _Handler(WSGIRequestHandler):
    server: Any

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The `Date` of an answer is of the sandbox's clock, like all else in it."""
        return super().date_time_string(self.server.app.clock.time() if timestamp is None else timestamp)

    def connection_dropped(self, error: BaseException, environ: dict[str, Any] | None = None) -> None:
        self.close_connection = True  # or the client waits for ever for an answer that will not come

    def log(self, level: str, message: str, *args: Any) -> None:
        logger.log(logging.ERROR if level == "error" else logging.DEBUG, message, *args)
