"""What members see of their installations, incidents and exports, and that it is theirs alone."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from connections.models import ConnectionState
from connectors.kit.failures import FailureClass
from database.acting import acting_for
from exports.models import Report
from installations.models import InstallationState
from tests.admin.conftest import ACCESS_TOKEN, Books, make_books, more_records, written_as
from tests.cast import Visitor, member
from tests.factories import ConnectionFactory, ExportJobFactory, IncidentFactory, InstallationFactory
from tests.portal.test_pages import Inline

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> Books:
    """A job: its first record posted, the second failed, the third waiting; and what holds it up."""
    return make_books()


@pytest.fixture
def viewer(books: Books) -> Visitor:
    return member(books.job.tenant, "viewer")


def page(visitor: Visitor, path: str = "") -> str:
    answer: Any = visitor.get(f"/t/{visitor.tenant.pk}/{path}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def job_page(visitor: Visitor, books: Books, query: str = "") -> str:
    return page(visitor, f"exports/{books.job.pk}/{query}")


def test_it_is_said_how_each_installation_stands(owner: Visitor) -> None:
    tenant = owner.tenant
    InstallationFactory.create(tenant=tenant, source__company_name="Running")
    InstallationFactory.create(tenant=tenant, source__company_name="Resting", state=InstallationState.PAUSED)
    InstallationFactory.create(
        tenant=tenant, target__company_name="Cut off", target__state=ConnectionState.NEEDS_RECONNECT
    )
    ConnectionFactory.create(tenant=tenant, company_name="", state=ConnectionState.AUTHORISED)

    shown = page(owner)

    for words in ("On", "Paused", "Ask Ledgerline when it goes on.", "Stands still", "Must be connected again"):
        assert f">{words}<" in shown, words
    assert "Connect the same company again." in shown
    assert "Choose the company." in shown


def test_an_open_incident_stands_with_its_remedy(owner: Visitor) -> None:
    for failure, words in [(FailureClass.PERIOD_CLOSED, "March is closed."), (FailureClass.CODE_CRASH, "We broke.")]:
        IncidentFactory.create(tenant=owner.tenant, failure=failure, sentence=words)

    shown = page(owner)

    assert "March is closed." in shown
    assert "Open the period or change the entry&#x27;s date, then export again." in shown
    assert "Needs you" in shown
    assert "Ledgerline looks at it. There is nothing for you to do." in shown


def test_what_is_mended_or_anothers_is_not_shown(owner: Visitor, outsider: Visitor) -> None:
    incident = IncidentFactory.create(tenant=owner.tenant, sentence="Was wrong.")
    IncidentFactory.create(tenant=outsider.tenant, sentence="Theirs.")
    with acting_for(owner.tenant.pk):
        incident.mended_at = incident.opened_at
        incident.save()

    for shown in (page(owner), page(owner, "incidents/")):
        assert "Was wrong." not in shown
        assert "Theirs." not in shown


def test_of_many_incidents_some_are_shown_and_all_can_be_reached(owner: Visitor) -> None:
    for n in range(30):
        IncidentFactory.create(tenant=owner.tenant, sentence=f"Trouble no. {n}.")

    assert page(owner).count("Trouble no.") == 5
    assert f"/t/{owner.tenant.pk}/incidents/" in page(owner)
    assert page(owner, "incidents/").count("Trouble no.") == 25
    assert page(owner, "incidents/?page=2").count("Trouble no.") == 5


def test_a_job_is_listed_with_its_counts(viewer: Visitor, books: Books) -> None:
    for shown in (page(viewer), page(viewer, "exports/")):
        assert f"/t/{viewer.tenant.pk}/exports/{books.job.pk}/" in shown
        assert "2 of 3" in shown
        assert "In progress" in shown


def test_a_page_of_jobs_costs_the_same_however_many_they_are(owner: Visitor) -> None:
    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            page(owner, path)
        return len(asked)

    installation = InstallationFactory.create(tenant=owner.tenant)
    ExportJobFactory.create(tenant=owner.tenant, installation=installation)
    few = cost(""), cost("exports/")
    for _ in range(30):
        ExportJobFactory.create(tenant=owner.tenant, installation=installation)
    assert (cost(""), cost("exports/")) == few
    assert page(owner, "exports/?page=2").count("Pending") == 6


def test_a_job_says_what_became_of_each_entry_and_what_to_do(viewer: Visitor, books: Books) -> None:
    shown = job_page(viewer, books)

    assert "1 entry: No counterpart in the ERP" in shown
    assert "Account 4711 is not known." in shown
    assert "Choose a counterpart, then export the entries again." in shown
    for state in ("Posted", "Failed", "Uncertain"):
        assert f">{state}</span>" in shown
    assert "99.50 EUR" in shown
    assert "298.50 EUR" in shown  # the sum of three


def test_entries_are_shown_by_what_became_of_them(viewer: Visitor, books: Books) -> None:
    counts = {show: job_page(viewer, books, f"?show={show}").count("<strong>Lunch") for show in ("failed", "posted")}
    assert counts == {"failed": 1, "posted": 1}
    assert "no such entry" in job_page(viewer, books, "?show=skipped")
    assert job_page(viewer, books, "?show=nonsense&page=-3").count("<strong>Lunch") == 3


def test_many_entries_come_a_page_at_a_time(viewer: Visitor, books: Books) -> None:
    more_records(books, 60)
    assert job_page(viewer, books).count("<strong>Lunch") == 50
    assert job_page(viewer, books, "?show=waiting&page=2").count("<strong>Lunch") == 11
    assert "?show=waiting&amp;page=2" in job_page(viewer, books, "?show=waiting")


def test_a_document_is_linked_where_its_address_is_a_web_page(viewer: Visitor, books: Books) -> None:
    with acting_for(viewer.tenant.pk):
        report = Report.objects.get(record=books.records[0])
        written_as(report, document_url="https://erp.example/d-1")
        assert 'href="https://erp.example/d-1"' in job_page(viewer, books)
        written_as(report, document_url="javascript:alert(1)")
        assert "javascript:" not in job_page(viewer, books)


def test_a_job_of_another_tenant_is_not_there(outsider: Visitor, books: Books) -> None:
    assert outsider.get(f"/t/{outsider.tenant.pk}/exports/{books.job.pk}/").status_code == 404


def test_what_is_empty_says_what_will_be_there(owner: Visitor) -> None:
    assert "Nothing is exported yet." in page(owner)
    assert "No export yet." in page(owner, "exports/")
    assert "None is open" in page(owner, "incidents/")
    installation = InstallationFactory.create(tenant=owner.tenant)
    job = ExportJobFactory.create(tenant=owner.tenant, installation=installation)
    assert "Its entries are not fetched yet." in page(owner, f"exports/{job.pk}/")


def test_no_page_has_anything_inline_or_secret(viewer: Visitor, books: Books) -> None:
    for path in ("", "incidents/", "exports/", f"exports/{books.job.pk}/"):
        answer = viewer.get(f"/t/{viewer.tenant.pk}/{path}")
        assert not Inline(answer.content.decode()).found
        assert ACCESS_TOKEN not in answer.content.decode()
        assert "no-store" in answer["Cache-Control"]


def test_names_with_markup_are_only_names(viewer: Visitor, books: Books, settings: Settings) -> None:
    settings.PARTNER_NAME = "<b>Partner</b>"
    IncidentFactory.create(
        tenant=viewer.tenant, failure=FailureClass.CODE_CRASH, sentence="<script>alert(1)</script>"
    )
    shown = page(viewer)
    assert "<b>Partner" not in shown
    assert "<script>alert" not in shown
