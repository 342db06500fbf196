"""The OpenAPI file in docs/ is what the views say and what they do: no made-up call is answered otherwise."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import yaml
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.api.conftest import Make, Program
from tests.factories import SOURCES, TARGETS, ApplicationFactory, IncidentFactory, PostingFactory

FILE = Path(__file__).parents[2] / "docs" / "openapi-v1.yaml"
MAKE = "manage.py spectacular --urlconf api.described --validate --fail-on-warn --file docs/openapi-v1.yaml"

schema = schemathesis.openapi.from_dict(yaml.safe_load(FILE.read_text()))
schema.app = WSGIHandler()


def test_the_file_is_up_to_date(tmp_path: Path) -> None:
    made = tmp_path / "made.yaml"
    call_command("spectacular", urlconf="api.described", validate=True, fail_on_warn=True, file=str(made))
    assert made.read_text() == FILE.read_text(), f"Make it anew: {MAKE}"


@pytest.mark.django_db
def test_the_same_is_served_to_everybody() -> None:
    served = Client().get("/api/v1/openapi.yaml")
    assert served.status_code == 200
    assert yaml.safe_load(served.content)["paths"] == yaml.safe_load(FILE.read_text())["paths"]


@pytest.fixture
def one_connection() -> Iterator[None]:
    """As Django's own test client does it: a request must not close the connection that the test's rows are on."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def caller(program: Make, one_connection: None) -> Program:
    """With something of each kind to find."""
    ApplicationFactory.create(connector=TARGETS[0])
    ApplicationFactory.create(connector=SOURCES[0])
    PostingFactory.create()
    IncidentFactory.create()
    return program()


@pytest.mark.django_db
@schema.parametrize()
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_call_is_answered_but_as_the_file_says(case: Any, caller: Program) -> None:
    """Odd values, wrong types, missing fields, unknown methods: never a 5xx, never an undocumented answer.

    That all fitting data is accepted cannot be asked: which cursors and connectors there are is not in the file.
    """
    case.call_and_validate(
        headers={"Authorization": f"Bearer {caller.secret}"}, excluded_checks=[positive_data_acceptance]
    )
