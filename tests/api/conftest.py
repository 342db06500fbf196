"""Partners' programs: each calls the API with a key of its own, over Django's test client."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from api import keys
from api.models import ApiKey
from api.scopes import SCOPES
from connectors.kit.connector import Environment
from database.acting import across_tenants
from tenants.models import Tenant

ACTOR = "user:1"


class Program(Client):
    """`program.get("tenants")` is `GET /api/v1/tenants` with its key."""

    def __init__(self, row: ApiKey, key: str) -> None:
        super().__init__(headers={"Authorization": f"Bearer {key}"})
        self.row, self.secret = row, key

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        return self.generic(
            method,
            f"/api/v1/{path}",
            data=body if isinstance(body, bytes) else b"" if body is None else _json(body),
            content_type="application/json",
            headers=headers,
        )

    def read(self, path: str) -> Any:
        answer = self.call("GET", path)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def make(self, path: str, body: Any, **headers: str) -> Any:
        return self.call("POST", path, body, **headers)


def _json(body: Any) -> bytes:
    return json.dumps(body).encode()


Make = Callable[..., Program]


@pytest.fixture
def program(db: None) -> Make:
    def make(
        *scopes: str, tenant: Tenant | None = None, environment: str = Environment.SANDBOX, days: int = 30
    ) -> Program:
        with across_tenants("staff make a key"):
            row, key = keys.make(
                "their own app",
                environment=environment,
                scopes=scopes or tuple(SCOPES),
                expires_at=timezone.now() + timedelta(days=days),
                tenant=tenant,
                actor=ACTOR,
            )
        return Program(row, key)

    return make
