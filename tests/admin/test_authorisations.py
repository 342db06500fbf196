"""Staff see what hangs on one authorisation: every connection, every installation, and what mends them."""

import pytest

from connections import services
from connections.models import Authorisation, Connection, ConnectionState
from connectors.kit.records import Company, Probe
from database.acting import acting_for
from installations.models import Installation
from tests.admin.conftest import Books, page_of
from tests.cast import Visitor
from tests.factories import ConnectionFactory, InstallationFactory


@pytest.fixture
def sister(books: Books) -> Installation:
    """Of the same customer, its source on the same authorisation as that of the books."""
    ours: Connection = books.job.installation.source
    source = ConnectionFactory.create(
        tenant=ours.tenant, application=ours.application, authorisation=ours.authorisation, company_name="Sister ApS"
    )
    return InstallationFactory.create(tenant=ours.tenant, source=source)


def shown(staff: Visitor, row: Authorisation | Connection) -> str:
    return staff.get(page_of(row)).content.decode()


def test_an_authorisation_shows_all_that_hangs_on_it(staff: Visitor, books: Books, sister: Installation) -> None:
    html = shown(staff, sister.source.authorisation)

    for row in (books.job.installation.source, sister.source, books.job.installation, sister):
        assert page_of(row) in html
    assert page_of(sister.target) not in html


def test_a_connection_shows_its_authorisation_and_those_beside_it(
    staff: Visitor, books: Books, sister: Installation
) -> None:
    html = shown(staff, books.job.installation.source)

    assert page_of(sister.source.authorisation) in html
    assert "Same authorisation" in html
    assert page_of(sister.source) in html
    assert page_of(sister) not in html


def test_a_connection_shows_what_the_last_probe_remarked(staff: Visitor, books: Books) -> None:
    target: Connection = books.job.installation.target
    with acting_for(target.tenant_id):
        services.keep_remarks(target, Probe(Company("c-1", "Nordwind ApS"), ("Ask them to add a field.",)))

    assert "Ask them to add a field." in shown(staff, target)


def test_one_that_was_refused_says_how_it_is_mended(staff: Visitor, sister: Installation) -> None:
    with acting_for(sister.tenant_id):
        Connection.objects.filter(pk=sister.source_id).update(state=ConnectionState.NEEDS_RECONNECT)

    html = shown(staff, sister.source.authorisation)

    assert "One sign-in that sees all of its companies connects all of them again." in html
    assert "Connect Sister ApS again" in html
