"""The roles of staff: who sees what, who acts on it, who makes it. Groups, written anew after each migration.

Administrators may do all there is. What concerns the whole deployment (applications, keys, people) only they change.
"""

from collections.abc import Iterator

from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.db.models import Q, QuerySet

SUPPORT, OPERATIONS, DEVELOPER = "Support", "Operations", "Connector developer"
AUDITOR, ADMINISTRATOR = "Auditor", "Administrator"
ROLES = (SUPPORT, OPERATIONS, DEVELOPER, AUDITOR, ADMINISTRATOR)
LETTERS = {SUPPORT: "S", OPERATIONS: "O", DEVELOPER: "D", AUDITOR: "U"}

# By kind of row: who sees it, who changes it or acts on it, who makes it. Whoever acts sees.
RIGHTS = {
    "api.apikey": ("OU", "", ""),
    "audit.auditentry": ("OU", "", ""),
    "auth.group": ("U", "", ""),
    "auth.user": ("U", "", ""),
    "connections.application": ("SODU", "", ""),
    "connections.authorisation": ("SODU", "", ""),
    "connections.connection": ("SODU", "SO", ""),
    "connections.connectlink": ("SOU", "SO", "SO"),
    "connections.exchange": ("OD", "", ""),
    "connections.privatehost": ("SODU", "O", "O"),
    "exports.exportjob": ("SODU", "SO", ""),
    "exports.posting": ("SODU", "", ""),
    "exports.record": ("SODU", "SO", ""),
    "exports.submission": ("OD", "", ""),
    "incidents.incident": ("SODU", "SO", ""),
    "installations.installation": ("SODU", "SO", ""),
    "jobs.run": ("SODU", "O", ""),
    "leaving.leaving": ("SOU", "", ""),
    "notices.mail": ("SOU", "", ""),
    "retention.round": ("OU", "O", ""),
    "tenants.membership": ("SOU", "SO", "SO"),
    "tenants.tenant": ("SODU", "SO", "SO"),
    "webhooks.delivery": ("SODU", "O", ""),
    "webhooks.deliverybody": ("OD", "", ""),
    "webhooks.endpoint": ("SODU", "O", ""),
    "webhooks.refusedknock": ("ODU", "", ""),
}
BESIDES = {"tenants.see_as_customer": "SO", "leaving.let_leave": "O", "leaving.export_all": "O"}


def make() -> None:
    """What somebody else put into a role's group goes out again."""
    if Group._meta.db_table not in connection.introspection.table_names():
        return  # a database that is migrated to its first steps only
    for role in ROLES:
        Group.objects.get_or_create(name=role)[0].permissions.set(permissions_of(role))


def permissions_of(role: str) -> QuerySet[Permission]:
    if role == ADMINISTRATOR:
        return Permission.objects.all()
    wanted = Q(pk=None)
    for name in _names(LETTERS[role]):
        app, _, codename = name.partition(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    return Permission.objects.filter(wanted)


def _names(letter: str) -> Iterator[str]:
    for label, (see, act, add) in RIGHTS.items():
        app, _, model = label.partition(".")
        if letter in see + act + add:
            yield f"{app}.view_{model}"
        if letter in act:
            yield f"{app}.change_{model}"
        if letter in add:
            yield f"{app}.add_{model}"
    yield from (name for name, letters in BESIDES.items() if letter in letters)
