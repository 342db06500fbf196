"""Every way a set-up can stop: what happened, and what to do. One page shows them all."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from connections import oauth
from connectors.kit.errors import AskForPermission, ConnectorError, MendSettings, Reconnect, TryLater
from portal.setups import SetUp, Side

log = structlog.get_logger()


@dataclass(frozen=True)
class Stop:
    """`again` is the primary button: what is tried next, at the set-up or anew at the vendor."""

    title: Promise
    sentence: Promise
    again: Promise
    at_vendor: bool = False
    calm: bool = False  # nothing went wrong


CONTINUE, CONNECT = _("Continue the set-up"), _("Connect {vendor} again")

STOPS = {
    "later": Stop(
        _("Nothing more was connected"),
        _("This link works until {until}. Open it again when you are ready."),
        CONTINUE,
        calm=True,
    ),
    "cancelled": Stop(
        _("You stopped at {vendor}"),
        _("Nothing was changed. Start again when you are ready; this link works until {until}."),
        _("Continue to {vendor}"),
        at_vendor=True,
        calm=True,
    ),
    "refused": Stop(
        _("{vendor} did not accept the connection"),
        _("Sign in to {vendor} as someone who may connect apps, and try again."),
        CONNECT,
        at_vendor=True,
    ),
    "unavailable": Stop(
        _("{vendor} does not answer"),
        _("Nothing was changed. Try again in a few minutes."),
        _("Try again"),
    ),
    "permission": Stop(
        _("A permission is missing in {vendor}"),
        _("The person who signed in may not use what {partner} needs. Connect as an administrator of {vendor}."),
        CONNECT,
        at_vendor=True,
    ),
    "granted-less": Stop(
        _("{vendor} did not give every permission"),
        _(
            "{partner} needs the permissions below as well. Connect again and leave them all switched on, "
            "as an administrator of {vendor}. Nothing was changed."
        ),
        CONNECT,
        at_vendor=True,
    ),
    "other-company": Stop(
        _("That is another company"),
        _(
            "This connection belongs to {company}. Sign in to {vendor} as someone who may use {company}. "
            "To connect another company, ask {partner} for a new link."
        ),
        CONNECT,
        at_vendor=True,
    ),
    "no-company": Stop(
        _("{vendor} shows no company"),
        _("The person who signed in to {vendor} may use none. Connect as someone who works in your company."),
        CONNECT,
        at_vendor=True,
    ),
    "not-set-up": Stop(
        _("{partner} cannot connect {vendor} at the moment"),
        _("Something must be mended at {partner} first. Nothing was changed. Tell {partner} the reference below."),
        _("Try again"),
    ),
    "no-server": Stop(
        _("Your {vendor} server is not listed yet"),
        _("{partner} calls no server that it has not listed for you. Tell {partner} its name and port."),
        CONTINUE,
    ),
    "no-certificate": Stop(
        _("Your {vendor} server does not answer"),
        _("Nothing was sent to it and nothing was changed. See that it is on and can be reached, then try again."),
        _("Try again"),
    ),
    "asked-too-often": Stop(
        _("Your {vendor} server was asked often enough for now"),
        _("Nothing was changed. Wait a minute, then look at its certificate again."),
        CONTINUE,
    ),
    "unexpected": Stop(
        _("{vendor} gave an answer that {partner} does not understand"),
        _("Nothing was changed. Try again; if it stays so, tell {partner} the reference below."),
        _("Try again"),
    ),
    "not-switched-on": Stop(
        _("Both sides are connected, but the export cannot be switched on"),
        _("Another set-up may export {company} already. Ask {partner}, who can see why by the reference below."),
        CONTINUE,
    ),
}


def why(error: ConnectorError) -> str:
    match error:
        case Reconnect():
            return "refused"
        case TryLater():
            return "unavailable"
        case AskForPermission():
            return "permission"
        case MendSettings():
            return "not-set-up"
    return "unexpected"


def asked(side: Side, names: Iterable[str]) -> list[str]:
    """Those of the names that this side asks for: a made-up one is not shown."""
    known = oauth.scopes(side.application, side.way)
    return [name for name in names if name in known]


def noted(event: str, setup: SetUp | None = None, side: Side | None = None, **more: object) -> str:
    """Writes down what the customer is about to be told, under the reference that the page shows."""
    reference = secrets.token_hex(4)
    if setup is not None:
        more |= {"link": str(setup.link.pk), "tenant": str(setup.link.tenant_id)}
    if side is not None:
        more |= {"side": str(side.name), "connector": side.application.connector}
    log.warning(f"portal.{event}", reference=reference, **more)
    return reference


def told(text: Promise, setup: SetUp, side: Side) -> str:
    """A stop's text with its names in it."""
    return str(text).format(
        vendor=side.vendor,
        partner=settings.PARTNER_NAME,
        company=side.company,
        until=date_format(setup.link.expires_at, "j F Y"),
    )
