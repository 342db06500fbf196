"""How staff log in: a password, then a code of their authenticator app. At first they set that up.

Between the two nobody is logged in: the session only remembers whose password was right, for a few minutes.
"""

import time
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from unfold.widgets import UnfoldAdminTextInputWidget

from audit import services as audit
from database.acting import across_tenants
from desk.callers import address_of
from desk.staff import PROVEN, works_here
from host import second_factor
from host.throttle import TOO_OFTEN, Attempt, LoginForm

HALF = "half_logged_in"
HALF_LASTS = 10 * 60  # seconds
REASON = "staff log in, before they see any tenant"
WRONG = "That is not the code of this moment. Wait for the next one, and look at the clock of your telephone."
WRONG_CODE = f"{WRONG} A recovery code works once."
BACKEND = "django.contrib.auth.backends.ModelBackend"


class CodeForm(forms.Form):
    code = forms.CharField(
        label="Code",
        max_length=40,
        widget=UnfoldAdminTextInputWidget(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}
        ),
    )


class PasswordStep(LoginView):
    authentication_form = LoginForm
    template_name = "admin/login.html"

    def get_default_redirect_url(self) -> str:
        return reverse("admin:index")

    def form_valid(self, form: Any) -> HttpResponse:
        with across_tenants(REASON):
            return after_password(self.request, form.get_user(), self.get_success_url())


def after_password(request: HttpRequest, person: User, onwards: str) -> HttpResponse:
    """To the code, or to setting the app up; at once to `onwards` where none is asked for."""
    has_factor = second_factor.is_set_up(person)
    if not has_factor and not settings.STAFF_TOTP:
        _enter(request, person, proven=False)
        return HttpResponseRedirect(onwards)
    request.session[HALF] = {
        "person": person.pk,
        "password": person.get_session_auth_hash(),
        "until": time.time() + HALF_LASTS,
        "onwards": onwards,
    }
    return HttpResponseRedirect(reverse("admin:login_code" if has_factor else "admin:login_set_up"))


@never_cache
@sensitive_post_parameters()
def password(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    if request.method == "GET" and works_here(request):
        return HttpResponseRedirect(reverse("admin:index"))
    context = {**site.each_context(request), "title": "Log in", "app_path": request.get_full_path()}
    return PasswordStep.as_view(extra_context=context)(request)


@never_cache
@sensitive_post_parameters()
def code(request: HttpRequest, site: AdminSite) -> HttpResponse:
    with across_tenants(REASON):
        person = _half_logged_in(request)
        if person is None or not second_factor.is_set_up(person):
            return HttpResponseRedirect(reverse("admin:login"))
        form = CodeForm(request.POST or None)
        if form.is_valid() and _is_right(request, form, person):
            onwards = request.session[HALF]["onwards"]
            _enter(request, person, proven=True)
            return HttpResponseRedirect(onwards)
        return _page(request, site, "code", form, title="One more step")


@never_cache
@sensitive_post_parameters()
def set_up(request: HttpRequest, site: AdminSite) -> HttpResponse:
    with across_tenants(REASON):
        person = _half_logged_in(request)
        if person is None or second_factor.is_set_up(person):
            return HttpResponseRedirect(reverse("admin:login"))
        factor = second_factor.begin(person)
        form = CodeForm(request.POST or None)
        if form.is_valid() and (codes := _confirmed(request, form, person)):
            onwards = request.session[HALF]["onwards"]
            _enter(request, person, proven=True)
            return _page(request, site, "codes", title="Keep these codes", codes=codes, onwards=onwards)
        shown = {"picture": second_factor.picture(factor), "key": second_factor.key_in_words(factor)}
        return _page(request, site, "set_up", form, title="Set up your authenticator app", **shown)


def _half_logged_in(request: HttpRequest) -> User | None:
    """Whose password was right a moment ago, and is still the same."""
    half = request.session.get(HALF)
    if not half or half["until"] < time.time():
        return None
    person = User.objects.filter(pk=half["person"], is_active=True, is_staff=True).first()
    if person is None or not constant_time_compare(half["password"], person.get_session_auth_hash()):
        return None
    return person


def _is_right(request: HttpRequest, form: CodeForm, person: User) -> bool:
    attempt = Attempt(f"code:{person.pk}", address_of(request))
    if attempt.is_one_too_many():
        form.add_error(None, TOO_OFTEN)
        return False
    if not second_factor.holds(person, form.cleaned_data["code"]):
        form.add_error(None, WRONG_CODE)
        return False
    attempt.was_right()
    return True


def _confirmed(request: HttpRequest, form: CodeForm, person: User) -> list[str]:
    attempt = Attempt(f"code:{person.pk}", address_of(request))
    if attempt.is_one_too_many():
        form.add_error(None, TOO_OFTEN)
        return []
    codes = second_factor.confirm(second_factor.begin(person), form.cleaned_data["code"])
    if codes:
        attempt.was_right()
    else:
        form.add_error(None, WRONG)
    return codes


def _enter(request: HttpRequest, person: User, *, proven: bool) -> None:
    login(request, person, backend=BACKEND)
    request.session.pop(HALF, None)
    request.session[PROVEN] = proven
    audit.record(
        "user.logged_in", person, actor=f"user:{person.pk}", tenant_id=None, detail={"second_factor": proven}
    )


def _page(
    request: HttpRequest, site: AdminSite, name: str, form: CodeForm | None = None, **more: Any
) -> HttpResponse:
    context = {**site.each_context(request), "form": form, **more}
    return TemplateResponse(request, f"admin/login_{name}.html", context).render()
