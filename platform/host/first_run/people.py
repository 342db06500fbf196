"""Whether somebody administers the deployment, with a second factor."""

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.urls import reverse

from host.first_run.findings import GOOD, MISSING, TO_MEND, Finding

TITLE = "Administrator"


def administrators() -> QuerySet[User]:
    return User.objects.filter(is_superuser=True, is_staff=True, is_active=True)


def look() -> Finding:
    found = administrators()
    names = ", ".join(found.order_by("username").values_list("username", flat=True)[:5])
    links = [("Users", reverse("admin:auth_user_changelist"))]
    if not names:
        return Finding(
            TITLE, MISSING, "Nobody may do everything.", "Run manage.py first_administrator on the server."
        )
    if not settings.STAFF_TOTP:
        return Finding(TITLE, GOOD, f"{names}. Staff log in with a password alone (STAFF_TOTP).", links=links)
    if not found.exclude(second_factor__confirmed_at=None).exists():
        remedy = "Log in anew: an authenticator app is then asked for."
        return Finding(TITLE, TO_MEND, f"{names}, without a second factor yet.", remedy, links)
    return Finding(TITLE, GOOD, f"{names}, with a password and an authenticator app.", links=links)
