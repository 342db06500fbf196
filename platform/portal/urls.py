"""The customer's pages and the way back from vendors."""

from django.urls import URLPattern, path, register_converter
from django.urls.converters import StringConverter
from django.views.generic import TemplateView

from exports import attaching_later, retrying
from portal import (
    acting,
    brand,
    callbacks,
    choosing_servers,
    entrance,
    exporting,
    health,
    home,
    log_ins,
    logos,
    members,
    previewing,
    starting,
    views,
    ways,
)
from portal.setups import SideName
from portal.stops import STOPS

JOB = "t/<uuid:tenant>/exports/<uuid:job>/"


class SideConverter(StringConverter):
    regex = "|".join(SideName)


class StopConverter(StringConverter):
    regex = "|".join(STOPS)


register_converter(SideConverter, "side")
register_converter(StopConverter, "stop")


def pages(start: str) -> list[URLPattern]:
    """Of one pair of connections."""
    return [
        path(start, views.set_up, name="portal-set-up"),
        path(f"{start}switch-on/", views.switch_on, name="portal-switch-on"),
        path(f"{start}another/", views.another, name="portal-another"),
        path(f"{start}<side:side>/", views.consent, name="portal-side"),
        path(f"{start}<side:side>/server/", choosing_servers.server, name="portal-server"),
        path(
            f"{start}<side:side>/server/certificate/",
            choosing_servers.certificate,
            name="portal-server-certificate",
        ),
        path(f"{start}<side:side>/account/", ways.account, name="portal-account"),
        path(f"{start}<side:side>/log-in/", log_ins.log_in, name="portal-log-in"),
        path(f"{start}<side:side>/certificate/", ways.certificate, name="portal-certificate"),
        path(f"{start}<side:side>/certificate.pem", ways.download, name="portal-certificate-file"),
        path(f"{start}<side:side>/company/", views.company, name="portal-company"),
        path(f"{start}<side:side>/disconnect/", views.disconnect, name="portal-disconnect-side"),
        path(f"{start}<side:side>/stopped/<stop:why>/", views.stop, name="portal-stop"),
    ]


urlpatterns = [
    path("", TemplateView.as_view(template_name="portal/landing.html"), name="portal-landing"),
    path("healthz", health.healthz, name="healthz"),
    path("healthz/workers", health.workers, name="workers"),
    path("brand.css", brand.stylesheet, name="brand"),
    path("logos/<slug:connector>.svg", logos.logo, name="logo"),
    *pages("connect/<str:token>/"),
    *pages("connect/<str:token>/<uuid:pair>/"),
    path("start/<slug:connector>/", starting.start, name="start"),
    path("start/<slug:connector>/connected/", starting.connected, name="start-connected"),
    path("sign-in/", entrance.sign_in, name="sign-in"),
    path("sign-in/sent/", entrance.sent, name="sign-in-sent"),
    path("sign-in/<str:token>/", entrance.link, name="sign-in-link"),
    path("sign-out/", entrance.sign_out, name="sign-out"),
    path("leave/", entrance.leave, name="portal-leave"),
    path("t/", home.tenants, name="portal-tenants"),
    path("t/<uuid:tenant>/", home.home, name="portal-home"),
    path("t/<uuid:tenant>/incidents/", home.incidents, name="portal-incidents"),
    path("t/<uuid:tenant>/exports/", exporting.jobs, name="portal-jobs"),
    path(JOB, exporting.job, name="portal-job"),
    path(f"{JOB}retry/", acting.retry, {"what": retrying.retry}, name="portal-retry"),
    path(f"{JOB}receipts/", acting.retry, {"what": attaching_later.retry}, name="portal-retry-receipts"),
    path("t/<uuid:tenant>/exports/<uuid:job>/preview/", previewing.preview, name="portal-preview"),
    path("t/<uuid:tenant>/exports/<uuid:job>/keep-back/", acting.keep_back, name="portal-keep-back"),
    path("t/<uuid:tenant>/exports/<uuid:job>/let-go/", acting.let_go, name="portal-let-go"),
    path("t/<uuid:tenant>/members/", members.everybody, name="portal-members"),
    path("t/<uuid:tenant>/members/<uuid:member>/", members.member, name="portal-member"),
    path("t/<uuid:tenant>/members/<uuid:member>/remove/", members.remove, name="portal-remove"),
    path("t/<uuid:tenant>/connect/", acting.connect, name="portal-connect"),
    path("t/<uuid:tenant>/connect/<uuid:installation>/", acting.connect_again, name="portal-connect-again"),
    path("t/<uuid:tenant>/connections/<uuid:connection>/disconnect/", acting.disconnect, name="portal-disconnect"),
    path("oauth/callback/<slug:connector>/", callbacks.callback, name="oauth-callback"),
]
