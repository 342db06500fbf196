"""The staff's site, on Unfold. What it shows is in `host.unfold`, Today in `host.dashboard`."""

from unfold.sites import UnfoldAdminSite

from host.throttle import LoginForm


class CausewayAdminSite(UnfoldAdminSite):
    index_title = "Today"
    login_form = LoginForm
