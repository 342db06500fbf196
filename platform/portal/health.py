"""Whether this process serves, and whether anybody works."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jobs.pulses import liveness


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """It serves if its database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except DatabaseError:
        return HttpResponse("The database does not answer.\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def workers(request: HttpRequest) -> HttpResponse:
    """They work if one of them is alive and hears the queue."""
    try:
        found = liveness()
    except DatabaseError:
        return HttpResponse("The database does not answer.\n", status=503, content_type="text/plain")
    if found.is_well:
        return HttpResponse("ok\n", content_type="text/plain")
    sentence = "No worker hears the queue.\n" if found.workers else "No worker is alive.\n"
    return HttpResponse(sentence, status=503, content_type="text/plain")
