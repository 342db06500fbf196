"""Who works here, and what they may do. Nobody is deleted: the trail speaks of them."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import admin as django_auth
from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from audit.pages import AuditedPage
from desk.pages import actor, asked
from host import roles, second_factor

admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(django_auth.UserAdmin, AuditedPage):  # type: ignore[type-arg]
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["username", "email", "is_staff", "is_superuser", "is_active", "last_login"]
    list_filter = ["is_staff", "is_active", "groups"]
    filter_horizontal = ()
    autocomplete_fields = ["groups"]
    readonly_fields = ["last_login", "date_joined", "factor"]
    actions_detail = ["forget_factor"]
    fieldsets = (
        (None, {"fields": ("username", "password", "factor")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("What they may do", {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )

    @admin.display(description="Second factor")
    def factor(self, person: User) -> str:
        if not second_factor.is_set_up(person):
            return "Not set up" if settings.STAFF_TOTP and person.is_staff else "None"
        return f"An authenticator app; {second_factor.codes_left(person)} recovery codes are left"

    @asked(
        "Forget second factor",
        "For a colleague who has lost the telephone and the recovery codes. See that it is them who ask: whoever"
        " knows the password sets up another app at the next log-in.",
        button="Forget it",
        icon="phonelink_erase",
    )
    def forget_factor(self, request: HttpRequest, form: object, object_id: str) -> HttpResponse:
        person = self.row(request, object_id)
        if not self.has_change_permission(request, person):
            raise PermissionDenied
        gone = second_factor.forget(person, actor=actor(request))
        said = "It is set up anew at the next log-in." if gone else "There was none."
        return self.done(request, person, said, fine=gone)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Only who has all rights gives some: whoever may change users could else give themselves all."""
        given = [] if _is_superuser(request) else ["is_superuser", "user_permissions"]
        if not _gives_rights(request):
            given.append("groups")
        return [*super().get_readonly_fields(request, obj), *given]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) and not _is_above(obj, request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Of nobody who may do more than oneself: with a new password their rights would be one's own."""
        return super().has_change_permission(request, obj) and not _is_above(obj, request)


@admin.register(Group)
class GroupAdmin(django_auth.GroupAdmin, AuditedPage):
    list_display = ["name"]
    filter_horizontal = ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        given = [] if _gives_rights(request) else ["permissions"]
        return [*super().get_readonly_fields(request, obj), *given]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A role is what `host.roles` says, and is written anew by the next migration."""
        is_role = obj is not None and obj.name in roles.ROLES
        return super().has_change_permission(request, obj) and not is_role


def _is_superuser(request: HttpRequest) -> bool:
    return bool(request.user.is_active and getattr(request.user, "is_superuser", False))


def _gives_rights(request: HttpRequest) -> bool:
    return _is_superuser(request) or request.user.groups.filter(name=roles.ADMINISTRATOR).exists()


def _is_above(person: User | None, request: HttpRequest) -> bool:
    """Asked of the rows: `get_all_permissions` says that somebody who has left has none."""
    if person is None or _is_superuser(request):
        return False
    held = Permission.objects.filter(Q(user=person) | Q(group__user=person)).values_list(
        "content_type__app_label", "codename"
    )
    return person.is_superuser or not {".".join(one) for one in held} <= request.user.get_all_permissions()
