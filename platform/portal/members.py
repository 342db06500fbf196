"""The members' page: who belongs to the customer, and what an owner does about it."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from jobs.minutes import MinuteCounts
from notices import mail
from portal import inviting
from portal.answers import SeeOther
from portal.visits import Visit, needs
from tenants import members
from tenants.models import Role
from tenants.roles import Right

INVITATIONS_A_MINUTE = 10

invited = MinuteCounts("invitations")

ROLES: dict[str, Promise] = {
    Role.OWNER: gettext_lazy("Sees everything, acts on work, connects accounts, decides who belongs here."),
    Role.BOOKKEEPER: gettext_lazy("Sees everything and has work tried again."),
    Role.VIEWER: gettext_lazy("Sees everything and changes nothing."),
}
LAST = gettext_lazy("{who} is the only owner who can sign in. Make somebody else an owner first.")


class Invitation(forms.Form):
    address = forms.EmailField(validators=[MaxLengthValidator(members.LONGEST_ADDRESS)])
    role = forms.ChoiceField(choices=Role.choices)


class NewRole(forms.Form):
    role = forms.ChoiceField(choices=Role.choices)


@needs(Right.MEMBERS)
@require_http_methods(["GET", "HEAD", "POST"])
def everybody(request: HttpRequest, visit: Visit) -> HttpResponse:
    form = Invitation(request.POST or None)
    if request.method == "POST" and form.is_valid():
        problem = _invite(visit, form.cleaned_data["address"], Role(form.cleaned_data["role"]))
        if not problem:
            messages.success(
                request, _("A mail tells {who} how to sign in.").format(who=form.cleaned_data["address"])
            )
            return SeeOther(reverse("portal-members", args=[visit.tenant.pk]))
        form.add_error("address", problem)
    context = {
        "visit": visit,
        "members": members.of(visit.tenant.pk),
        "roles": [(role, role.label, ROLES[role]) for role in Role],
        "form": form,
    }
    return render(request, "portal/members.html", context, status=422 if form.errors else 200)


@needs(Right.MEMBERS)
@require_http_methods(["GET", "HEAD", "POST"])
def member(request: HttpRequest, visit: Visit, member: UUID) -> HttpResponse:
    membership = get_object_or_404(members.of(visit.tenant.pk), pk=member)
    form, problem = NewRole(request.POST), ""
    if request.method == "POST" and form.is_valid():
        try:
            members.change_role(membership, Role(form.cleaned_data["role"]), actor=visit.actor)
        except members.LastOwner:
            problem = str(LAST).format(who=membership.user.email)
        else:
            said = _("{who} is now {role}.").format(who=membership.user.email, role=membership.get_role_display())
            return _done(request, visit, said)
    context = {
        "visit": visit,
        "membership": membership,
        "roles": [(role, role.label, ROLES[role]) for role in Role],
        "problem": problem,
    }
    return render(request, "portal/membership.html", context, status=422 if request.method == "POST" else 200)


@needs(Right.MEMBERS)
@require_POST
def remove(request: HttpRequest, visit: Visit, member: UUID) -> HttpResponse:
    membership = get_object_or_404(members.of(visit.tenant.pk), pk=member)
    who = membership.user.email
    try:
        members.remove(membership, actor=visit.actor)
    except members.LastOwner:
        messages.error(request, str(LAST).format(who=who))
        return SeeOther(reverse("portal-member", args=[visit.tenant.pk, member]))
    return _done(request, visit, _("{who} does not belong here any more.").format(who=who))


def _done(request: HttpRequest, visit: Visit, said: str) -> HttpResponse:
    """Whoever has just given up their own right is led to where they still may be."""
    messages.success(request, said)
    still = members.of(visit.tenant.pk).filter(user=visit.person).first()
    if still is None:
        return SeeOther(reverse("portal-tenants"))
    page = "portal-members" if still.role == Role.OWNER else "portal-home"
    return SeeOther(reverse(page, args=[visit.tenant.pk]))


def _invite(visit: Visit, address: str, role: Role) -> str:
    """What stands against it."""
    counted = invited.count(str(visit.tenant.pk), enough=INVITATIONS_A_MINUTE)
    if counted.times > INVITATIONS_A_MINUTE:
        return _("Too many invitations at once. Try again in {n} seconds.").format(n=counted.seconds_left)
    try:
        inviting.invite(visit.tenant, address, role, actor=visit.actor, by=visit.person.email)
    except members.AlreadyHere:
        return _("This person belongs here already.")
    except members.NotToBeAdded:
        return _("This address cannot be invited. Take another one.")
    except members.TooMany:
        return _("More than {n} people cannot belong here. Remove somebody first.").format(n=members.AT_MOST)
    except mail.TooManyMails:
        return _("This address got many mails within the hour. Try again later.")
    return ""
