"""Whom we wrote to is personal data: known for a while, to answer who got what."""

from datetime import datetime

from notices.models import Mail, MailState
from retention.rules import Batch, Rule, register
from retention.services import next_batch


def remove_mails(since: datetime | None, before: datetime) -> Batch:
    return next_batch(Mail.objects.exclude(state=MailState.WAITING), "created_at", since, before)


def register_rules() -> None:
    register(Rule("mails", "Mails", "MAIL_DAYS", "mails of every tenant grow old", remove_mails))
