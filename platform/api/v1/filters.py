"""The parameters that lists are narrowed by, as the OpenAPI file tells of them."""

from collections.abc import Sequence
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter

TENANT = OpenApiParameter("tenant", UUID, description="Only this tenant's.")
INSTALLATION = OpenApiParameter("installation", UUID, description="Only this installation's.")


def STATE(words: Sequence[str]) -> OpenApiParameter:
    return OpenApiParameter("state", str, enum=list(words), description="Only those in this state.")
