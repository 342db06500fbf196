"""What a server refuses to start with, in one sentence each."""

from django.core import checks

from host.environment import WrongSetting


def refuse_unsafe_start() -> None:
    """For the web server and the worker: they serve nobody with a wall that does not hold."""
    problems = checks.run_checks(tags=[checks.Tags.database], databases=["default"])
    serious = [problem for problem in problems if problem.is_serious()]
    if serious:
        raise WrongSetting("\n".join(f"causeway: {problem.msg} {problem.hint or ''}" for problem in serious))
