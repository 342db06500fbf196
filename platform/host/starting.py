"""What a server refuses to start with, in one sentence each, and what it says when it starts."""

import sys

from django.core import checks

from host.environment import WrongSetting
from host.first_run import people
from host.sealed import missing_keys


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
        sys.stderr.write("causeway: nobody administers this yet. Run manage.py first_administrator for the link.\n")
