"""The door stands before Django, whose handling of a request costs a third of a delivery and gives it nothing."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import structlog
from django.db import OperationalError

from connectors.kit.errors import MendSettings
from database.acting import hand_back
from database.patience import Patience, no_longer_than
from webhooks.door import PREFIX, Flooded, Knock, NotAccepted, TooLarge, receive
from webhooks.strangers import Allowance

log = structlog.get_logger()

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
CLOSED = Answer(HTTPStatus.SERVICE_UNAVAILABLE, "Try again in a moment.", come_again=5)


class DoorFirst:
    """Answers what comes to an endpoint, and hands on to `django` all else."""

    def __init__(self, django: WSGIApplication) -> None:
        self._django = django

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith(PREFIX):
            return self._django(environ, start_response)
        answer = _answer(environ)
        start_response(f"{answer.status.value} {answer.status.phrase}", answer.headers)
        return [answer.body]


def _answer(environ: WSGIEnvironment) -> Answer:
    try:
        if environ["REQUEST_METHOD"] != "POST":
            return REFUSED
        with no_longer_than(PATIENCE):
            receive(Knock.of(environ), environ["wsgi.input"])
        return TAKEN
    except NotAccepted:
        return REFUSED
    except TooLarge:
        return TOO_LARGE
    except Flooded as flooded:
        return Answer(HTTPStatus.TOO_MANY_REQUESTS, "Too many at once.", flooded.seconds)
    except (OperationalError, MendSettings) as error:  # the second: its connector is missing
        if _logged.take():
            log.warning("door.closed", error=type(error).__name__)
        return CLOSED
    except Exception:
        if _logged.take():
            log.exception("door.failed")
        return CLOSED
    finally:
        hand_back()
