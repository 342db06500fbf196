"""What stands above every page of the admin: saved views of its list as tabs, and that everything is paused."""

from typing import Any
from urllib.parse import parse_qs

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

from desk.pages import Page
from desk.staff import works_here
from desk.tones import LABELS, Tone
from jobs.selectors import is_everything_paused


def standing(request: HttpRequest) -> tuple[str, str] | None:
    """The badge beside the person's name."""
    if not works_here(request) or not is_everything_paused():
        return None
    return "Everything is paused", LABELS[Tone.NEEDS_SOMEBODY]


def saved_views(request: HttpRequest) -> list[dict[str, Any]]:
    return [
        {"models": [model._meta.label_lower], "items": [_item(request, page, *view) for view in page.views]}
        for model, page in admin.site._registry.items()
        if isinstance(page, Page) and page.views
    ]


def _item(request: HttpRequest, page: Page, title: str, query: str) -> dict[str, Any]:
    address = reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_changelist")
    return {
        "title": title,
        "link": f"{address}?{query}" if query else address,
        "active": _is_shown(request, page, query),
    }


def _is_shown(request: HttpRequest, page: Page, query: str) -> bool:
    """The view whose query is in the address, whole; the one without a query where no other is."""
    asked = {name for _, one in page.views for name in parse_qs(one)}
    here = {name: values for name, values in request.GET.lists() if name in asked}
    return here == parse_qs(query)
