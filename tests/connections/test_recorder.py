"""An exchange is written down without the tokens of our own addresses, which vendors are told and repeat."""

import secrets
from datetime import UTC, datetime

import pytest

from connections.models import Exchange as ExchangeRow
from connections.recorder import ExchangeRecorder
from connectors.kit.http import Exchange
from database.acting import acting_for
from tests.factories import ConnectionFactory

pytestmark = pytest.mark.django_db

TOKEN = secrets.token_urlsafe(32)


@pytest.mark.parametrize("way", ["https://here.example/hooks/{}", r"https:\/\/here.example\/hooks\/{}"])
def test_the_token_of_an_endpoint_is_left_out_of_what_was_said_and_answered(way: str) -> None:
    connection = ConnectionFactory.create()
    body = f'{{"endpointUrl": "{way.format(TOKEN)}", "status": "ACTIVE"}}'

    ExchangeRecorder(connection.tenant_id, connection.pk).record(
        Exchange(datetime.now(UTC), "POST", "https://vendor.example/connect/token", {}, body, 200, {}, body, 7)
    )

    with acting_for(connection.tenant_id):
        row = ExchangeRow.objects.get(connection_id=connection.pk)
    assert TOKEN not in row.request_body + row.answer_body
    assert '"status": "ACTIVE"' in row.answer_body
    assert row.address == "https://vendor.example/connect/token"
