"""When members signed in is known for as long as any run is; a session is long over by then."""

from datetime import datetime

from portal.models import MemberSession, SignInLink
from retention.rules import Batch, Rule, register
from retention.services import next_batch


def remove_links(since: datetime | None, before: datetime) -> Batch:
    return next_batch(SignInLink.objects.all(), "asked_at", since, before)


def remove_sessions(since: datetime | None, before: datetime) -> Batch:
    return next_batch(MemberSession.objects.all(), "began_at", since, before)


def register_rules() -> None:
    reason = "a sign-in is no tenant's"
    register(Rule("sign_in_links", "Sign-in links of members", "RUN_DAYS", reason, remove_links))
    register(Rule("member_sessions", "Sessions of members", "RUN_DAYS", reason, remove_sessions))
