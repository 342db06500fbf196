"""What the portal adds to a customer's page: a look at it as the customer, and the first of its members."""

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminSelectWidget

from desk.pages import actor, asked
from jobs.admin.customers import SteeredTenantAdmin
from notices import mail
from portal import inviting, watching
from tenants import members
from tenants.models import Role, Tenant

SEEING = (
    "You see the pages of this customer as an owner does, for half an hour, and can change nothing there. Each page"
    " that you open is written to the trail."
)
INVITING = "A mail tells them how to sign in. An owner invites others, and decides what each may do."
REFUSED: dict[type[Exception], str] = {
    members.AlreadyHere: "This person is a member already.",
    members.NotToBeAdded: "The address is that of somebody who works here, or may not sign in any more.",
    members.TooMany: f"A customer has {members.AT_MOST} members at most.",
    mail.TooManyMails: "The address got many mails within the hour. Try again later.",
}


class InvitationForm(BaseDialogForm):  # type: ignore[misc]
    address = forms.EmailField(
        label="Email address",
        validators=[MaxLengthValidator(members.LONGEST_ADDRESS)],
        widget=UnfoldAdminEmailInputWidget,
    )
    role = forms.ChoiceField(choices=Role.choices, initial=Role.OWNER, widget=UnfoldAdminSelectWidget)


admin.site.unregister(Tenant)


@admin.register(Tenant)
class CustomerAdmin(SteeredTenantAdmin):
    actions_detail = [*SteeredTenantAdmin.actions_detail, "see_as_customer", "invite"]

    def has_watch_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm(watching.PERMISSION)

    def has_invite_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("tenants.add_membership")

    @asked("See as this customer", SEEING, button="See", icon="visibility", permission="watch")
    def see_as_customer(self, request: HttpRequest, form: object, object_id: str) -> HttpResponse:
        tenant = self.row(request, object_id)
        watching.begin(request, tenant)
        return HttpResponse(headers={"HX-Redirect": reverse("portal-home", args=[tenant.pk])})

    @asked("Invite a member", INVITING, button="Invite", icon="person_add", permission="invite", form=InvitationForm)
    def invite(self, request: HttpRequest, form: forms.Form, object_id: str) -> HttpResponse:
        tenant, said = self.row(request, object_id), form.cleaned_data
        try:
            inviting.invite(
                tenant, said["address"], Role(said["role"]), actor=actor(request), by=settings.PARTNER_NAME
            )
        except tuple(REFUSED) as why:
            return self.done(request, tenant, REFUSED[type(why)], fine=False)
        return self.done(request, tenant, f"A mail tells {said['address']} how to sign in.")
