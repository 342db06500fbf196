"""What is Acme's alone; the rest is the conformance suite's."""

from dataclasses import replace

from acme_connector.conformance import RECORD
from acme_connector.connector import Acme, AcmeSettings
from connectors.kit.http import Client
from connectors.kit.testing import ports


def test_an_entry_without_a_supplier_names_whom_the_settings_name() -> None:
    connector = Acme(Client({}, ports()), AcmeSettings(nobody="Diverse"), "birch")

    (document,) = connector.plan(replace(RECORD, supplier=None), {})

    assert document.content["supplier"] == "Diverse"
