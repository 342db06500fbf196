"""Sends the mails that are due. A lost hint costs seconds: the sweep finds what it missed.

A mail is claimed, sent outside any transaction, and marked. A worker that dies between the server's answer and the
mark sends it a second time, with the same Message-ID, by which mailboxes know a copy.
"""

import threading
from datetime import timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection

from connections import vault
from database import clock
from database.acting import across_tenants
from notices import letters
from notices.models import Mail, MailState

log = structlog.get_logger()

REASON = "mails of every tenant are sent"
WAITS = [timedelta(minutes=minutes) for minutes in (2, 5, 15, 60)]  # longer than any call to the mail server
NO_SERVER = "No mail server is set. See EMAIL_URL."
TOO_LATE = "It could not be sent while it was of use."

_busy = threading.Lock()


def send_due_aside() -> None:
    """For the sweep, which does not wait for a mail server."""
    with across_tenants(REASON):
        is_due = Mail.objects.filter(state=MailState.WAITING, try_at__lte=clock.now()).exists()
    if is_due:
        threading.Thread(target=_send_and_hang_up, name="mails", daemon=True).start()


def _send_and_hang_up() -> None:
    try:
        send_due()
    finally:
        connection.close()


def send_due() -> int:
    """How many were tried. One thread of a process at a time."""
    tried = 0
    if _busy.acquire(blocking=False):
        try:
            while mail := _claim():
                _settle(mail)
                tried += 1
        finally:
            _busy.release()
    return tried


def _claim() -> Mail | None:
    with across_tenants(REASON):
        due = Mail.objects.filter(state=MailState.WAITING, try_at__lte=clock.now()).order_by("try_at")
        mail = due.select_for_update(skip_locked=True).first()
        if mail:
            mail.try_at = clock.now() + WAITS[min(mail.tries, len(WAITS) - 1)]
            mail.tries += 1
            mail.save(update_fields=["try_at", "tries"])
    return mail


def _settle(mail: Mail) -> None:
    try:
        if mail.useless_at <= clock.now():
            _give_up(mail, mail.error or TOO_LATE)
        elif not settings.MAIL:
            _note(mail, error=NO_SERVER)
        else:
            _post(mail)
            _note(mail, error="", state=MailState.SENT, sent_at=clock.now(), **_wiped(keep=settings.MAILBOX))
    except vault.CannotOpen as error:
        _give_up(mail, str(error))
    except (SMTPException, OSError) as error:
        log.warning("mail.not_sent", mail=str(mail.pk), error=type(error).__name__)
        if _is_final(error):
            _give_up(mail, str(error))
        else:
            _note(mail, error=f"{type(error).__name__}: {error}"[:500])


def _post(mail: Mail) -> None:
    text = vault.unseal(mail.sealed_body, mail.place).decode()
    host = urlsplit(settings.BASE_URL).hostname
    message = EmailMultiAlternatives(
        mail.subject,
        text,
        settings.MAIL_FROM,
        [mail.to],
        headers={"Message-ID": f"<{mail.pk}@{host}>", "Auto-Submitted": "auto-generated"},
        connection=get_connection(**settings.MAIL),
    )
    message.attach_alternative(letters.as_html(mail.subject, text), "text/html")
    message.send()


def _is_final(error: Exception) -> bool:
    """The server will not take this mail for this address, however often it is asked."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, SMTPDataError) and error.smtp_code >= 500


def _give_up(mail: Mail, error: str) -> None:
    _note(mail, error=error[:500], state=MailState.FAILED, **_wiped())


def _wiped(*, keep: bool = False) -> dict[str, bytes]:
    """The demo's mailbox shows what was sent; nobody else needs a link twice."""
    return {} if keep else {"sealed_body": b""}


def _note(mail: Mail, **what: object) -> None:
    with across_tenants(REASON):
        Mail.objects.filter(pk=mail.pk, state=MailState.WAITING).update(**what)
