"""A page shows of other kinds of rows only what its viewer may open: tables, numbers, tasks and links."""

import pytest
from django.db.models import Model

from connections.models import ConnectionState, Exchange
from database.acting import acting_for
from exports.models import ExportJob, Posting, Record, Submission
from incidents.models import Incident
from installations.models import Installation
from jobs.models import Run
from tenants.models import Tenant
from tests.admin.conftest import Books, colleague_with, list_of, page_of
from tests.cast import Visitor

VIEWS = {
    "tenants.view_tenant": lambda books: books.job.tenant,
    "connections.view_connection": lambda books: books.job.installation.target,
    "connections.view_authorisation": lambda books: books.job.installation.target.authorisation,
    "installations.view_installation": lambda books: books.job.installation,
    "jobs.view_run": lambda books: books.run,
    "incidents.view_incident": lambda books: books.incident,
    "exports.view_exportjob": lambda books: books.job,
    "exports.view_record": lambda books: books.records[1],
    "exports.view_posting": lambda books: books.postings[1],
    "exports.view_submission": lambda books: books.submission,
    "webhooks.view_delivery": lambda books: books.delivery,
    "connections.view_exchange": lambda books: books.exchange,
}
KINDS: list[type[Model]] = [Tenant, ExportJob, Posting, Record, Submission, Incident, Installation, Run, Exchange]


def shown(visitor: Visitor, row: Model) -> str:
    return visitor.get(page_of(row)).content.decode()


def test_a_tenants_page_alone_shows_nothing_of_other_rooms(books: Books) -> None:
    html = shown(colleague_with("tenants.view_tenant"), books.job.tenant)

    assert books.job.tenant.name in html
    for word in (
        "Connections",
        "Installations",
        "Export jobs",
        "People",
        "What was done",
        str(books.job.installation.pk),
    ):
        assert word not in html, word


def test_a_tenants_page_shows_the_tables_that_may_be_seen(books: Books) -> None:
    html = shown(colleague_with("tenants.view_tenant", "connections.view_connection"), books.job.tenant)

    assert page_of(books.connection) in html
    assert page_of(books.job) not in html


@pytest.mark.parametrize("permission", VIEWS)
def test_no_page_leads_where_its_viewer_may_not_go(permission: str, books: Books) -> None:
    row = VIEWS[permission](books)

    html = shown(colleague_with(permission), row)

    for kind in KINDS:
        if not isinstance(row, kind):
            assert list_of(kind) not in html, kind


def test_the_health_of_a_connection_is_for_those_who_may_see_exchanges(books: Books) -> None:
    health = "Last 24 hours"

    assert health not in shown(colleague_with("connections.view_connection"), books.connection)
    both = colleague_with("connections.view_connection", "connections.view_exchange")
    assert health in shown(both, books.connection)


def test_an_incident_is_told_to_those_who_may_see_incidents(books: Books) -> None:
    with acting_for(books.job.tenant_id):
        Incident.objects.filter(pk=books.incident.pk).update(connection_id=books.connection.pk)

    assert books.incident.sentence not in shown(colleague_with("connections.view_connection"), books.connection)
    both = colleague_with("connections.view_connection", "incidents.view_incident")
    assert books.incident.sentence in shown(both, books.connection)


def test_a_connect_link_is_offered_to_those_who_may_make_one(books: Books) -> None:
    with acting_for(books.job.tenant_id):
        books.connection.state = ConnectionState.NEEDS_RECONNECT
        books.connection.save()
    offer = "Make a connect link"

    assert offer not in shown(colleague_with("connections.view_connection"), books.connection)
    both = colleague_with("connections.view_connection", "connections.add_connectlink")
    assert offer in shown(both, books.connection)
