"""The staff's site, on Unfold. What it shows is in `host.unfold`, Today in `host.dashboard`."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from unfold.sites import UnfoldAdminSite

from desk.staff import works_here
from host.throttle import LoginForm


class CausewayAdminSite(UnfoldAdminSite):
    index_title = "Today"
    login_form = LoginForm

    def has_permission(self, request: HttpRequest) -> bool:
        return works_here(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """Not Django's, which logs in on a password alone."""
        from host import logging_in  # the site is made before there are models

        return logging_in.password(request, self)

    def get_urls(self) -> list[URLPattern]:
        from host import connector_pages, logging_in
        from host.first_run import administrator, pages

        steps = [
            path("login/code/", lambda request: logging_in.code(request, self), name="login_code"),
            path("login/set-up/", lambda request: logging_in.set_up(request, self), name="login_set_up"),
            path("first-run/", self.admin_view(lambda request: pages.first_run(request, self)), name="first_run"),
            path(
                "first-run/trial-mail/",
                self.admin_view(lambda request: pages.trial_mail(request, self)),
                name="first_run_trial_mail",
            ),
            path("first/<str:token>/", lambda request, token: administrator.make(request, token, self), name="first"),
        ]
        connectors = [
            path(
                "connectors/",
                self.admin_view(lambda request: connector_pages.every(request, self)),
                name="connectors",
            ),
            path(
                "connectors/<slug:key>/",
                self.admin_view(lambda request, key: connector_pages.one(request, self, key)),
                name="connector",
            ),
        ]
        return [*steps, *connectors, *super().get_urls()]
