"""What a server refuses to start with, in one sentence each."""

from django.core import checks

from host.environment import WrongSetting
from host.sealed import missing_keys


def refuse_unsafe_start() -> None:
    """For the web server, the worker and beat: they serve nobody with a wall that does not hold, or without a key."""
    problems = checks.run_checks(tags=[checks.Tags.database], databases=["default"])
    serious = [problem for problem in problems if problem.is_serious()]
    if serious:
        raise WrongSetting("\n".join(f"causeway: {problem.msg} {problem.hint or ''}" for problem in serious))
    if lacking := missing_keys():
        raise WrongSetting(f"causeway: {lacking}")
