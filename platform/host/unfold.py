"""How the admin looks and where its pages stand: by task, not by table. Read by the settings; imports no room."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy

# Lightness and share of the partner's chroma. 600 is the partner's own colour, dark enough for white text on it.
SHADES = {
    "50": (0.98, 0.15),
    "100": (0.95, 0.3),
    "200": (0.9, 0.5),
    "300": (0.83, 0.8),
    "400": (0.75, 1),
    "500": (0.64, 1),
    "700": (0.43, 1),
    "800": (0.37, 0.9),
    "900": (0.32, 0.8),
    "950": (0.24, 0.7),
}


def unfold(partner: str, colour: str) -> dict[str, Any]:
    return {
        "SITE_TITLE": partner,
        "SITE_HEADER": partner,
        "SITE_SUBHEADER": "Operations",
        "SITE_URL": None,
        "SITE_SYMBOL": "swap_horiz",
        "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("desk/icon.svg")}],
        "SHOW_HISTORY": False,
        "SHOW_VIEW_ON_SITE": False,
        "STYLES": [lambda request: static("desk/desk.css")],
        "COLORS": {"primary": shades(colour)},
        "ENVIRONMENT": "host.views.standing",
        "DASHBOARD_CALLBACK": "host.dashboard.today",
        "COMMAND": {"search_callback": "host.searching.search"},
        "SIDEBAR": {"show_search": True, "command_search": True, "navigation": NAVIGATION},
        "TABS": "host.views.saved_views",
    }


def shades(colour: str) -> dict[str, str]:
    scale = {name: f"oklch(from {colour} {light} calc(c * {share}) h)" for name, (light, share) in SHADES.items()}
    return {**scale, "600": f"oklch(from {colour} min(l, 0.5) c h)"}


def may_see(label: str) -> Callable[[HttpRequest], bool]:
    app, _, model = label.partition(".")
    return lambda request: request.user.has_perm(f"{app}.view_{model}")


def _item(title: str, icon: str, label: str) -> dict[str, Any]:
    address = reverse_lazy(f"admin:{label.replace('.', '_')}_changelist")
    return {"title": title, "icon": icon, "link": address, "permission": may_see(label)}


NAVIGATION = [
    {"items": [{"title": "Today", "icon": "today", "link": reverse_lazy("admin:index")}]},
    {
        "title": "Work",
        "items": [
            _item("Export jobs", "sync_alt", "exports.exportjob"),
            _item("Records", "receipt_long", "exports.record"),
            _item("Incidents", "report", "incidents.incident"),
            _item("Deliveries", "move_to_inbox", "webhooks.delivery"),
            _item("Runs", "directions_run", "jobs.run"),
        ],
    },
    {
        "title": "Customers",
        "items": [
            _item("Tenants", "domain", "tenants.tenant"),
            _item("Connections", "link", "connections.connection"),
            _item("Authorisations", "key", "connections.authorisation"),
            _item("Installations", "route", "installations.installation"),
            _item("Connect links", "forward_to_inbox", "connections.connectlink"),
            _item("Leaving", "logout", "leaving.leaving"),
        ],
    },
    {
        "title": "Connectors",
        "items": [
            {
                "title": "Connectors",
                "icon": "extension",
                "link": reverse_lazy("admin:connectors"),
                "permission": may_see("connections.application"),
            },
            _item("Applications", "apps", "connections.application"),
            _item("Private hosts", "dns", "connections.privatehost"),
            _item("Endpoints", "webhook", "webhooks.endpoint"),
        ],
    },
    {
        "title": "Trail",
        "items": [
            _item("Audit", "history", "audit.auditentry"),
            _item("Postings", "menu_book", "exports.posting"),
            _item("Submissions", "upload", "exports.submission"),
            _item("Exchanges", "http", "connections.exchange"),
            _item("Mails", "mail", "notices.mail"),
            _item("Refused knocks", "door_front", "webhooks.refusedknock"),
            _item("Retention", "auto_delete", "retention.round"),
        ],
    },
    {
        "title": "Settings",
        "items": [
            _item("Users", "person", "auth.user"),
            _item("Groups", "group", "auth.group"),
            _item("API keys", "vpn_key", "api.apikey"),
            {"title": "First run", "icon": "checklist", "link": reverse_lazy("admin:first_run")},
        ],
    },
]
