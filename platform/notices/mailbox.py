"""The demo's mailbox: what was sent, for a deployment that sends no real mail (EMAIL_URL=mailbox:)."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from connections import vault
from database.acting import across_tenants
from notices import letters
from notices.models import Mail, MailState

SHOWN = 50


@require_safe
@never_cache
def mailbox(request: HttpRequest) -> HttpResponse:
    if not settings.MAILBOX:
        raise Http404
    with across_tenants("the demo's mailbox is everybody's"):
        sent = list(Mail.objects.filter(state=MailState.SENT).order_by("-sent_at")[:SHOWN])
    return render(request, "notices/mailbox.html", {"mails": [(mail, _body(mail)) for mail in sent]})


def _body(mail: Mail) -> list[letters.Paragraph]:
    try:
        return letters.paragraphs(vault.unseal(mail.sealed_body, mail.place).decode())
    except vault.CannotOpen:
        return [letters.Paragraph("Its text is not kept.")]
