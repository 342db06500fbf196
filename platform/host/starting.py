"""What a server refuses to start with, what it puts right before it serves, and what it says: in a sentence each."""

from typing import Any

import structlog
from django.core import checks

from connectors import registry
from host.environment import WrongSetting
from host.first_run import people
from host.sealed import missing_keys
from host.seeding import seed_applications
from installations.upgrading import upgrade_all

log = structlog.get_logger()


def refuse_unsafe_start() -> None:
    """For the web server, the worker and beat: they serve nobody with a wall that does not hold, or without a key."""
    problems = checks.run_checks(tags=[checks.Tags.database], databases=["default"])
    serious = [problem for problem in problems if problem.is_serious()]
    if serious:
        raise WrongSetting("\n".join(f"causeway: {problem.msg} {problem.hint or ''}" for problem in serious))
    if lacking := missing_keys():
        raise WrongSetting(f"causeway: {lacking}")


def miss_an_administrator() -> None:
    """For the web server: whoever reads its log has the server, and so may make the first one."""
    if not people.administrators().exists():
        log.warning("administrator.missing", remedy="Run manage.py first_administrator for the link.")


def prepare() -> None:
    """For the web server and the worker; any number of them at once."""
    tell_what_was_left_out()
    seed_applications()
    for one in upgrade_all():
        say = log.info if one.is_done else log.warning
        what = "settings.upgraded" if one.is_done else "settings.to_be_chosen"
        say(what, installation=str(one.installation), tenant=str(one.tenant), sentence=one.sentence)


def tell_what_was_left_out() -> None:
    """What cannot be used stops nobody else; its name is on Today, in the log and in `manage.py check`."""
    for one in registry.left_out():
        log.warning("connector.left_out", connector=one.key, origin=one.origin, reason=one.reason, remedy=one.remedy)


def every_connector_can_be_used(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    return [checks.Warning(one.sentence, id="host.W001") for one in registry.left_out()]
