"""The pages for what goes wrong outside of a set-up. They need no database and show no internals."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.stops import noted


def server_error(request: HttpRequest) -> HttpResponse:
    reference = noted("server_error", path=request.resolver_match.route if request.resolver_match else "")
    return render(None, "500.html", {"reference": reference}, status=500)
