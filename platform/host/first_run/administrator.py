"""Makes the first administrator for who holds the token that the server printed: never an open form."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.models import Group, User
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from unfold.forms import UserCreationForm
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminTextInputWidget

from audit import services as audit
from database.acting import across_tenants
from host import roles
from host.first_run import tokens
from host.logging_in import REASON, after_password


class AdministratorForm(UserCreationForm):  # type: ignore[misc]
    usable_password = None  # Django's way of leaving the choice out: an administrator has one

    class Meta:
        model = User
        fields = ["username", "email"]
        widgets = {
            "username": UnfoldAdminTextInputWidget(attrs={"autocomplete": "username", "autofocus": True}),
            "email": UnfoldAdminEmailInputWidget,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True


@never_cache
@sensitive_post_parameters()
def make(request: HttpRequest, token: str, site: AdminSite) -> HttpResponse:
    with across_tenants(REASON):
        # One at a time: of two who send the form at once the other finds an administrator.
        Group.objects.select_for_update().get(name=roles.ADMINISTRATOR)
        if not tokens.holds(token):
            return _page(request, site, status=410)
        form = AdministratorForm(request.POST or None)
        if not form.is_valid():
            return _page(request, site, form=form)
        person = form.save(commit=False)
        person.is_staff = person.is_superuser = True
        person.save()
        audit.record("user.first_administrator_made", person, actor=audit.PLATFORM, tenant_id=None)
        return after_password(request, person, reverse("admin:first_run"))


def _page(
    request: HttpRequest, site: AdminSite, *, form: AdministratorForm | None = None, status: int = 200
) -> HttpResponse:
    title = "Make the first administrator" if form else "This link is of no use"
    context = {**site.each_context(request), "title": title, "form": form}
    return TemplateResponse(request, "admin/first_administrator.html", context, status=status).render()
