"""Answers that lead on."""

from urllib.parse import urlsplit

from django.http import HttpResponse, HttpResponseRedirect

from connections.models import Application
from connectors.kit.egress import Network


class SeeOther(HttpResponseRedirect):
    status_code = 303


def lead_to(application: Application, response: HttpResponse) -> HttpResponse:
    """A page whose form leads to the vendor's consent page.

    Browsers hold the whole chain of redirects behind a form to the policy's list, and a vendor may send its user on
    to the customer's own identity provider, which nobody can name beforehand.
    """
    origins = {
        "{0.scheme}://{0.netloc}".format(urlsplit(url)) for url in application.hosts.values() if "{" not in url
    }
    if application.network is Network.PUBLIC:
        origins.add("https:")
    response.csp_forms = sorted(origins)  # type: ignore[attr-defined]
    return response
