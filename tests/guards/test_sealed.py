"""No ciphertext is forgotten when keys are rotated: every column that holds one is listed."""

import pytest
from django.apps import apps
from django.db.models import BinaryField

from connections import flows, vault
from connections.models import Application, Authorisation, AuthorisationAttempt
from database.acting import across_tenants, acting_for
from host.sealed import COLUMNS
from tests.factories import ConnectionFactory
from webhooks import subscriptions
from webhooks.models import Endpoint

PLAIN = {
    ("webhooks_deliverybody", "body"),  # a vendor's message, as it came
    ("exports_submission", "body"),  # the bytes of a write
}


def test_every_binary_field_is_listed_as_sealed_or_is_known_to_be_none() -> None:
    found = {
        (model._meta.db_table, field.column)
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, BinaryField)
    }
    listed = {(column.model._meta.db_table, column.name) for column in COLUMNS}

    assert found - PLAIN == listed
    assert all(name.startswith("sealed_") for _, name in listed)


def test_nothing_that_is_called_sealed_is_kept_as_anything_else() -> None:
    for model in apps.get_models():
        for field in model._meta.local_fields:
            assert not field.name.startswith("sealed_") or isinstance(field, BinaryField), (model, field)


@pytest.mark.django_db
def test_what_the_application_seals_opens_at_the_place_that_is_listed() -> None:
    connection = ConnectionFactory.create()
    flows.begin(connection, browser="browser", return_to="/back/")
    with acting_for(connection.tenant_id):
        subscriptions.ensure_address(Endpoint(tenant_id=connection.tenant_id, authorisation=connection.authorisation))

    with across_tenants("the test opens everything"):
        opened = {
            (column.model, column.name)
            for column in COLUMNS
            for row in column.rows()
            if vault.unseal(getattr(row, column.name), column.place(row))
        }
    assert opened >= {
        (Application, "sealed_secret"),
        (Authorisation, "sealed_tokens"),
        (AuthorisationAttempt, "sealed_verifier"),
        (AuthorisationAttempt, "sealed_return_to"),
        (Endpoint, "sealed_token"),
    }
