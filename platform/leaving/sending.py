"""The zip as an answer: sent while it is made."""

from collections.abc import Iterator

from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.text import slugify

from tenants.models import Tenant


def as_file(tenant: Tenant, pieces: Iterator[bytes]) -> StreamingHttpResponse:
    name = f"{slugify(tenant.name) or tenant.pk}-{timezone.localdate():%Y-%m-%d}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingHttpResponse(pieces, content_type="application/zip", headers=headers)
