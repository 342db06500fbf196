"""The door stands before Django, whose handling of a request costs a third of a delivery and gives it nothing."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import structlog
from django.db import OperationalError

from connectors.kit.errors import MendSettings
from database.acting import hand_back
from database.patience import Patience, no_longer_than
from webhooks.door import PREFIX, Flooded, Knock, NotAccepted, TooLarge, receive
from webhooks.reading import Body, TooMany, TooSlow
from webhooks.strangers import Allowance

log = structlog.get_logger()

DOOR_SECONDS, PAGE_SECONDS = 10.0, 60.0  # for a body, from its first byte to its last
PATIENCE = Patience(connection=0.5, answer=3.0)

_logged = Allowance(most=5, per_second=1)


@dataclass(frozen=True)
class Answer:
    """`come_again`: seconds."""

    status: HTTPStatus
    detail: str = ""
    come_again: int | None = None

    @property
    def body(self) -> bytes:
        return json.dumps({"detail": self.detail}).encode() if self.detail else b""

    @property
    def headers(self) -> list[tuple[str, str]]:
        kind = [("Content-Type", "application/json")] if self.detail else []
        return kind + ([] if self.come_again is None else [("Retry-After", str(self.come_again))])


TAKEN = Answer(HTTPStatus.NO_CONTENT)
#: One shape for an unknown endpoint, a wrong signature and a stale one.
REFUSED = Answer(HTTPStatus.UNAUTHORIZED, "Not accepted.")
TOO_LARGE = Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "A delivery may be 1 MiB at most.")
TOO_SLOW = Answer(HTTPStatus.REQUEST_TIMEOUT, "The body did not come in time.")
CLOSED = Answer(HTTPStatus.SERVICE_UNAVAILABLE, "Try again in a moment.", come_again=5)


class DoorFirst:
    """Answers what comes to an endpoint, and hands on to `django` all else."""

    def __init__(self, django: WSGIApplication) -> None:
        self._django = django

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith(PREFIX):
            return self._hand_on(environ, start_response)
        answer = _answer(environ)
        start_response(f"{answer.status.value} {answer.status.phrase}", answer.headers)
        return [answer.body]

    def _hand_on(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Whatever Django makes of a body that was broken off, its sender is told the reason."""
        body = environ["wsgi.input"] = Body(environ["wsgi.input"], PAGE_SECONDS)

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            reason = body.broken_off
            return start_response(f"{reason.value} {reason.phrase}" if reason else status, headers, *more)

        return self._django(environ, start)


def _answer(environ: WSGIEnvironment) -> Answer:
    try:
        if environ["REQUEST_METHOD"] != "POST":
            return REFUSED
        with no_longer_than(PATIENCE):
            receive(Knock.of(environ), Body(environ["wsgi.input"], DOOR_SECONDS, may_keep_a_thread=True))
        return TAKEN
    except NotAccepted:
        return REFUSED
    except TooLarge:
        return TOO_LARGE
    except TooSlow:
        return TOO_SLOW
    except Flooded as flooded:
        return Answer(HTTPStatus.TOO_MANY_REQUESTS, "Too many at once.", flooded.seconds)
    except (OperationalError, TooMany, MendSettings) as error:  # the last: its connector is missing
        if _logged.take():
            log.warning("door.closed", error=type(error).__name__)
        return CLOSED
    except Exception:
        if _logged.take():
            log.exception("door.failed")
        return CLOSED
    finally:
        hand_back()
