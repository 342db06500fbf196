"""What is Acme's alone; the rest is the conformance suite's."""

from dataclasses import replace
from typing import Any

from acme_connector.conformance import RECORD
from acme_connector.connector import Acme, AcmeSettings
from connectors.kit.entries import EntryKind
from connectors.kit.http import Client
from connectors.kit.testing import ports


def owed(**changes: Any) -> Any:
    connector = Acme(Client({}, ports()), AcmeSettings(nobody="Diverse"), "birch")
    (document,) = connector.plan(replace(RECORD, **changes), {})
    return document.content["supplier"]


def test_what_an_employee_paid_is_owed_to_them_and_not_to_the_shop() -> None:
    assert owed() == "Ada Holm"
    assert owed(kind=EntryKind.INVOICE) == "RAIL AB"


def test_an_entry_that_names_nobody_names_whom_the_settings_name() -> None:
    assert owed(employee=None) == "Diverse"
