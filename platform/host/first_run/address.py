"""The public address: of a form that vendors take, and the one by which this page was reached."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host

from host.first_run.findings import GOOD, TO_MEND, Finding

TITLE = "Public address"


def look(request: HttpRequest) -> Finding:
    remedy = _of_settings() or _as_reached(request)
    if remedy:
        return Finding(TITLE, TO_MEND, f"Customers and vendors are told {settings.BASE_URL}.", remedy)
    if settings.SECURE:
        return Finding(TITLE, GOOD, f"{settings.BASE_URL} reaches this deployment: you came by it.")
    return Finding(TITLE, GOOD, f"{settings.BASE_URL} leads to this machine only, which is enough for sandboxes.")


def _of_settings() -> str:
    host = urlsplit(settings.BASE_URL).hostname or ""
    if not validate_host(host, settings.ALLOWED_HOSTS):
        return f"Add {host} to ALLOWED_HOSTS: requests for it are refused."
    if settings.SECURE:
        return "" if _is_public(host) else f"Vendors cannot reach {host}. Set BASE_URL to a public host name."
    if settings.ALLOW_SANDBOX and not _is_public(host):
        return ""
    return "Vendors send customers back to https addresses only. Set BASE_URL to https://… and let the proxy end TLS."


def _is_public(host: str) -> bool:
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".local", ".internal", ".localhost"))


def _as_reached(request: HttpRequest) -> str:
    """This very request is the proof that the address leads here, with the proxy's word for the host and TLS."""
    told = urlsplit(settings.BASE_URL)
    host, _ = split_domain_port(request.get_host())
    if host != told.hostname:
        return (
            f"You came by {host}. Open this page at {settings.BASE_URL}; if you did, the proxy does not pass on the"
            " Host header."
        )
    if settings.SECURE and not request.is_secure():
        return (
            "The proxy does not say that you came by https. Let it set X-Forwarded-Proto, and set BEHIND_PROXY=true."
        )
    return ""
