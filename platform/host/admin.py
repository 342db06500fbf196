"""Who works here, and what they may do. Nobody is deleted: the trail speaks of them."""

from django.contrib import admin
from django.contrib.auth import admin as django_auth
from django.contrib.auth.models import Group, User
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from audit.pages import AuditedPage

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
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("What they may do", {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )


@admin.register(Group)
class GroupAdmin(django_auth.GroupAdmin, AuditedPage):
    list_display = ["name"]
    filter_horizontal = ()
