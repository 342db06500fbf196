"""Where a customer signs in to a vendor that has no consent page of its own: what is typed is tried at once."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from connections import log_ins
from connections.flows import AttemptNotUsable
from connections.links import LinkClaimed
from connections.models import Connection
from connections.services import DifferentCompany
from connectors.kit.errors import ConnectorError, MendSettings
from connectors.kit.flows import Asked, SessionLogin
from jobs.minutes import MinuteCounts
from portal import browsers, servers, stops
from portal.answers import SeeOther
from portal.setups import SetUp, Side
from portal.views import elsewhere, opened, page, stopped
from portal.ways import to_company

FIELD_AT_MOST = 200
TRIES, WINDOW_SECONDS = 5, 15 * 60

tries = MinuteCounts("vendor-log-ins", seconds=WINDOW_SECONDS)


@dataclass(frozen=True)
class Field:
    """`value`: what is shown in it again, which a secret never is."""

    asked: Asked
    value: str = ""

    @property
    def name(self) -> str:
        return self.asked.name

    @property
    def help(self) -> str:
        return self.asked.help.replace("{partner}", settings.PARTNER_NAME)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@opened
def log_in(request: HttpRequest, setup: SetUp, side: Side) -> HttpResponse:
    connection = side.connection
    if connection is None or not isinstance(side.way, SessionLogin):
        return SeeOther(setup.address("portal-side", side.name))
    if servers.is_asked(connection):
        return SeeOther(setup.address("portal-server", side.name))
    if request.method == "POST":
        return _try(request, setup, side, connection, side.way)
    return _page(request, setup, side, {side.way.company: connection.account})


def _try(request: HttpRequest, setup: SetUp, side: Side, connection: Connection, way: SessionLogin) -> HttpResponse:
    typed = {one.name: _typed(request, one) for one in way.asks}
    if not all(typed.values()):
        return _page(request, setup, side, typed, status=422, is_incomplete=True)
    counted = tries.count(str(connection.pk), enough=TRIES)
    if counted.times > TRIES:
        response = _page(request, setup, side, typed, status=429, minutes=-(-counted.seconds_left // 60))
        response["Retry-After"] = str(counted.seconds_left)
        return response
    browser = browsers.made(request)
    try:
        log_ins.connect(connection, typed, actor=setup.actor, through=setup.link, browser=browser)
    except LinkClaimed:
        return elsewhere(request)
    except AttemptNotUsable:
        return SeeOther(setup.address("portal-side", side.name))
    except DifferentCompany:
        return stopped(setup, side, "other-company")
    except MendSettings as problem:
        return stopped(setup, side, stops.why(problem), words=problem.words)
    except ConnectorError as refusal:
        reference = stops.noted("log_in_refused", setup, side, words=refusal.words[:500])
        return _page(request, setup, side, typed, status=422, refusal=refusal, reference=reference)
    response = to_company(setup, side)
    browsers.remember(response, browser)
    return response


def _typed(request: HttpRequest, asked: Asked) -> str:
    """A password may begin with a blank."""
    text = request.POST.get(asked.name, "")[:FIELD_AT_MOST]
    return text if asked.is_secret else text.strip()


def _page(
    request: HttpRequest, setup: SetUp, side: Side, typed: Mapping[str, str], *, status: int = 200, **more: object
) -> HttpResponse:
    assert isinstance(side.way, SessionLogin)  # noqa: S101  the view has looked
    fields = [Field(one, "" if one.is_secret else typed.get(one.name, "")) for one in side.way.asks]
    return page(request, "portal/log_in.html", setup, side, status=status, fields=fields, **more)
