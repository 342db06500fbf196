"""Whether mails go out: what became of the last one, or a trial mail."""

from django.conf import settings
from django.urls import reverse

from host.first_run.findings import GOOD, MISSING, TO_MEND, Finding
from notices.models import Mail, MailState

TITLE = "Mail"


def look() -> Finding:
    links = [("Mails", reverse("admin:notices_mail_changelist"))]
    if not settings.MAIL:
        remedy = "Set EMAIL_URL, such as smtp+tls://user:password@host:587. Until then mails wait."
        return Finding(TITLE, MISSING, "No mail server is set: no invitation and no sign-in link goes out.", remedy)
    if settings.MAILBOX:
        return Finding(TITLE, GOOD, "Nothing is sent: the demo's mailbox shows every mail.", links=links)
    last = Mail.objects.filter(tries__gt=0).order_by("created_at").last()
    if last is None:
        return Finding(TITLE, TO_MEND, "No mail was sent yet.", "Send a test mail.", links, has_trial_mail=True)
    if last.state == MailState.SENT:
        sentence = f"The mail server took the last mail. Mails are from {settings.MAIL_FROM}."
        return Finding(TITLE, GOOD, sentence, links=links, has_trial_mail=True)
    sentence = f"The last mail was not sent. {last.error}"
    remedy = "Mend EMAIL_URL or MAIL_FROM, then send a test mail."
    return Finding(TITLE, TO_MEND, sentence, remedy, links, has_trial_mail=True)
