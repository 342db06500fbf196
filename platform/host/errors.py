"""What is answered where no view could answer: a page for people, JSON for programs."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views import defaults

from api import errors as api
from api.views import is_api
from portal import errors as portal


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    return api.bad_request(request) if is_api(request) else defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    return api.server_error(request) if is_api(request) else portal.server_error(request)
