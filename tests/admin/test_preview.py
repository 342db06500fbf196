"""The preview of an open job, of vendors that run: what would become of each entry, and nothing is written."""

import html
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from connections.models import Application, ConnectionState
from connectors.pleo.sandbox import PleoSandbox
from connectors.xero.sandbox import sandbox_class as XeroSandbox
from database.acting import acting_for
from exports.admin import previews
from exports.models import ExportJob, Posting, Record, Submission
from tests.admin.conftest import colleague_with, now, page_of
from tests.cast import Visitor
from tests.customer import OTHER_COMPANY, Customer, forget_budgets, new_customer, vendors
from tests.factories import NOWHERE, ExportJobFactory


@pytest.fixture
def sandboxes() -> Iterator[tuple[PleoSandbox, XeroSandbox]]:
    with vendors() as running:
        yield running


@pytest.fixture
def customer(transactional_db: None, sandboxes: tuple[PleoSandbox, XeroSandbox]) -> Customer:
    forget_budgets()
    return new_customer(*sandboxes)


@pytest.fixture
def clerk(customer: Customer) -> Visitor:
    """May act on jobs and see records, and no more."""
    return colleague_with("exports.view_exportjob", "exports.change_exportjob", "exports.view_record")


def previewed(visitor: Visitor, job: ExportJob, page: int = 1) -> str:
    answer = visitor.get(page_of(job, "previewed"), {"page": page})
    assert answer.status_code == 200
    return answer.content.decode()


def text(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def entries_of(page: str) -> list[str]:
    return re.findall(r'<section class="panel entry.*?</section>', page, re.DOTALL)


def test_each_entry_stands_in_debit_and_credit_beside_its_request(clerk: Visitor, customer: Customer) -> None:
    job = customer.exports(customer.entries(2, "out_of_pocket"))

    page = previewed(clerk, job)

    assert "2 entries" in text(page)
    assert "2 would be posted" in text(page)
    assert "2 bills" in text(page)
    first, second = entries_of(page)
    for entry in (first, second):
        assert "Account Debit Credit" in text(entry)
        assert '"InvoiceNumber": ' in html.unescape(entry)
        assert re.search(r"<summary>P\w+ /api.xro/2.0/Invoices", entry)


def test_the_sums_agree_and_are_those_of_the_entries(clerk: Visitor, customer: Customer) -> None:
    job = customer.exports(customer.entries(3, "out_of_pocket"))

    page = previewed(clerk, job)

    (sums,) = re.findall(r"All documents Debit Credit EUR ([\d,.]+) ([\d,.]+) ✓", text(page))
    assert sums[0] == sums[1]


def test_nothing_is_written(clerk: Visitor, customer: Customer) -> None:
    job = customer.exports(customer.entries(2))
    before = customer.target.written("bills", customer.organisation), customer.source.items(job.external_id)

    previewed(clerk, job)

    assert (customer.target.written("bills", customer.organisation), customer.source.items(job.external_id)) == before
    with acting_for(customer.tenant.pk):
        assert not Record.objects.exists()
        assert not Posting.objects.exists()
        assert not Submission.objects.exists()
    assert customer.reread(job).started_at is None


def test_what_would_fail_is_grouped_by_its_cause_with_who_must_act(clerk: Visitor, customer: Customer) -> None:
    entries = customer.entries(4, "out_of_pocket")
    for entry in entries[:2]:
        customer.spoil(entry)
    job = customer.exports(entries)

    page = previewed(clerk, job)

    assert "2 would fail" in text(page)
    assert "2 entries would fail: " in text(page)
    assert "The customer : " in text(page)
    assert page.count("Would fail (") == 2
    assert "2 would be posted" in text(page)


def test_entries_that_are_not_stored_lead_nowhere(clerk: Visitor, customer: Customer) -> None:
    assert "/change/" not in previewed(clerk, customer.exports(2))


def test_pages_are_of_fifty(clerk: Visitor, customer: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert previews.PAGE == 50
    monkeypatch.setattr(previews, "PAGE", 2)
    job = customer.exports(3)

    first, second, third = (previewed(clerk, job, page) for page in (1, 2, 3))

    assert (len(entries_of(first)), len(entries_of(second))) == (2, 1)
    assert "1 to 2 of 3" in text(first)
    assert "?page=2" in first
    assert "3 to 3 of 3" in text(second)
    assert "There is no such page." in text(third)


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 30, "\N{SUPERSCRIPT TWO}", ""])
def test_a_page_that_cannot_be_is_the_first(page: str, clerk: Visitor, customer: Customer) -> None:
    job = customer.exports(1)

    assert len(entries_of(previewed(clerk, job, page))) == 1  # type: ignore[arg-type]


def test_a_vendor_that_cannot_be_reached_is_told_of(clerk: Visitor, customer: Customer) -> None:
    job = customer.exports(1)
    for application in Application.objects.all():
        Application.objects.filter(pk=application.pk).update(hosts=dict.fromkeys(application.hosts, NOWHERE))

    said = text(previewed(clerk, job))

    assert "No preview: " in said
    assert "cannot be reached" in said


def test_a_connection_that_is_over_is_told_of(clerk: Visitor, customer: Customer) -> None:
    job = customer.exports(1)
    with acting_for(customer.tenant.pk):
        type(customer.installation.target).objects.update(state=ConnectionState.NEEDS_RECONNECT)

    said = text(previewed(clerk, job))

    assert "is not connected. Connect it again." in said
    assert "The customer : " in said


def test_a_job_that_has_ended_has_no_preview(clerk: Visitor, customer: Customer) -> None:
    job = customer.exports(1)
    with acting_for(customer.tenant.pk):
        ExportJob.objects.update(ended_at=now())

    assert "there is nothing left to preview" in previewed(clerk, job)
    assert page_of(job, "preview") not in clerk.get(page_of(job)).content.decode()


def test_a_job_without_entries_says_so(clerk: Visitor, customer: Customer) -> None:
    job = customer.exports(1)
    with acting_for(customer.tenant.pk):
        ExportJob.objects.update(fetched_at=now())

    assert "gives no entries" in previewed(clerk, job)


def test_hostile_text_stays_text(clerk: Visitor, customer: Customer) -> None:
    def change(payload: dict[str, Any]) -> None:
        payload["note"] = "<script>alert(1)</script>"
        payload["accountingEntryLines"][0]["description"] = "</pre><script>alert(2)</script>"

    (entry,) = customer.entries(1)
    customer.source.edit_entry(entry, change)

    assert "<script>" not in previewed(clerk, customer.exports([entry]))


@pytest.mark.parametrize("name", ["preview", "previewed"])
@pytest.mark.parametrize(
    "permissions",
    [
        ("exports.view_exportjob", "exports.view_record"),
        ("exports.view_exportjob", "exports.change_exportjob"),
        ("exports.change_exportjob", "tenants.view_tenant"),
        (),
    ],
    ids=["may only see", "may not see records", "may see other things", "may see nothing"],
)
def test_it_is_for_those_who_may_act_and_see_records(name: str, permissions: tuple[str, ...], db: None) -> None:
    assert colleague_with(*permissions).get(page_of(ExportJobFactory.create(), name)).status_code == 403


def test_a_visitor_is_asked_to_log_in(customer: Customer, owner: Visitor) -> None:
    job = customer.exports(1)

    assert owner.get(page_of(job, "previewed")).status_code == 302


def test_the_page_comes_before_anything_is_read(clerk: Visitor, customer: Customer) -> None:
    job = customer.exports(1)
    for application in Application.objects.all():
        Application.objects.filter(pk=application.pk).update(hosts=dict.fromkeys(application.hosts, NOWHERE))

    page = clerk.get(page_of(job, "preview"), {"page": 2}).content.decode()

    assert f'hx-get="{page_of(job, "previewed")}?page=2"' in page
    assert page_of(job, "preview") in clerk.get(page_of(job)).content.decode()


def test_it_asks_the_database_no_more_for_more_entries(
    clerk: Visitor, customer: Customer, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    other = new_customer(customer.source, customer.target, OTHER_COMPANY)
    few = customer.exports(customer.entries(1, "out_of_pocket"))
    many = other.exports(other.entries(12, "out_of_pocket"))
    previewed(clerk, few)
    with django_assert_max_num_queries(150) as asked:  # several for each call to a vendor
        previewed(clerk, few)

    with django_assert_max_num_queries(len(asked) + 1):
        previewed(clerk, many)


def test_looking_does_not_keep_a_job_alive(clerk: Visitor, customer: Customer) -> None:
    job = customer.exports(1)

    previewed(clerk, job)

    with acting_for(customer.tenant.pk):
        assert ExportJob.objects.get(pk=job.pk).alive_at is None
