"""The first-run page, and the trial mail that it sends to who asks for it."""

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from desk.tones import Tone
from host.first_run import findings
from notices import mail


@require_GET
def first_run(request: HttpRequest, site: AdminSite) -> HttpResponse:
    found = findings(request)
    left = [one.title for one in found if one.tone != Tone.DONE]
    context = {**site.each_context(request), "title": "First run", "findings": found, "left": left}
    return TemplateResponse(request, "admin/first_run.html", context)


@require_POST
def trial_mail(request: HttpRequest, site: AdminSite) -> HttpResponse:
    tone, sentence = _send(request)
    messages.add_message(request, tone, sentence)
    return HttpResponseRedirect(reverse("admin:first_run"))


def _send(request: HttpRequest) -> tuple[int, str]:
    address = request.user.email if isinstance(request.user, User) else ""
    try:
        mail.send("trial", address, {"address": settings.BASE_URL})
    except ValidationError:
        return messages.WARNING, "Your own account has no mail address. Give it one under Users."
    except mail.TooManyMails as error:
        return messages.WARNING, str(error)
    return messages.SUCCESS, f"On its way to {address}. Load this page again to see what became of it."
