"""Mails to people. `send` writes a row in the transaction of what it speaks of; workers send it after the commit."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import timedelta
from uuid import UUID

from django.core.validators import validate_email
from django.db import transaction

from connections import vault
from database import clock
from database.acting import across_tenants, acting_for
from jobs import hints
from notices import letters
from notices.models import Mail

TASK = "notices.tasks.send"
HOUR = timedelta(hours=1)
AN_HOUR = 20  # mails to one address; whoever asks for more floods somebody's mailbox
USEFUL_FOR = timedelta(days=1)


class TooManyMails(Exception):
    """The address got as many mails within the hour as one may get."""


def send(
    kind: str,
    to: str,
    context: Mapping[str, object],
    *,
    tenant_id: UUID | None = None,
    useful_for: timedelta = USEFUL_FOR,
) -> Mail:
    """`kind` names the text in templates/notices. Not sent once `useful_for` is over: give the life of its link.

    Inside a block or outside. Raises ValidationError for what is no address, and TooManyMails.
    """
    validate_email(to)
    subject, text = letters.write(kind, context)
    now = clock.now()
    with _room_of(tenant_id):
        _refuse_a_flood(to)
        mail = Mail(tenant_id=tenant_id, kind=kind, to=to, subject=subject, try_at=now, useless_at=now + useful_for)
        mail.sealed_body = vault.seal(text.encode(), mail.place)
        mail.save(force_insert=True)
        transaction.on_commit(lambda: hints.send_soon(TASK))
    return mail


def _room_of(tenant_id: UUID | None) -> AbstractContextManager[None]:
    return acting_for(tenant_id) if tenant_id else across_tenants("a mail to staff is no tenant's")


def _refuse_a_flood(to: str) -> None:
    with across_tenants("an address may get mails of several tenants"):
        if Mail.objects.filter(to__iexact=to, created_at__gt=clock.now() - HOUR).count() >= AN_HOUR:
            raise TooManyMails(f"{AN_HOUR} mails went to this address within the hour.")
