"""Makes in a customer's company at the vendor what posting needs there once, such as a field for our reference."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import OutputWrapper

from audit import services as audit
from database.acting import acting_for
from host.connector_command import doctor


def add_arguments(parser: ArgumentParser) -> None:
    doctor.add_arguments(parser)


def handle(options: dict[str, Any], stdout: OutputWrapper) -> int:
    connection = doctor.chosen(options, stdout)
    if connection is None:
        return 1
    with acting_for(connection.tenant_id):
        audit.record("connection.installed", connection, actor=audit.PLATFORM, tenant_id=connection.tenant_id)
    return doctor.tell(connection, stdout, lambda connector: connector.install())
