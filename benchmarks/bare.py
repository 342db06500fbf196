"""What the door is measured against: a plain Django view that checks an HMAC, reads JSON and inserts one row."""

import json
import os

from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from connectors.kit.signatures import sign

#: Of the same width as a delivery and its body, with a unique key.
TABLE = """
create table if not exists bench_inbox (
    id uuid primary key default gen_random_uuid(), message text not null unique, body jsonb not null,
    received_at timestamptz not null default now());
grant insert, select on bench_inbox to public
"""
INSERT = "insert into bench_inbox (message, body) values (%s, %s)"


@csrf_exempt
def insert(request: HttpRequest) -> HttpResponse:
    name, at = request.headers["webhook-id"], int(request.headers["webhook-timestamp"])
    if sign(os.environ["BENCH_SECRET"], name, at, request.body) != request.headers["webhook-signature"]:
        return HttpResponse(status=401)
    json.loads(request.body)
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [name, request.body.decode()])
    return HttpResponse(status=204)


urlpatterns = [path("hooks/bare", insert)]
application = get_wsgi_application()
