"""A bookkeeper previews an open export, keeps it back and lets it go; a viewer does none of it."""

from connectors.kit.records import JobState
from database.acting import acting_for
from exports.models import ExportJob, Submission
from jobs.models import Halt
from tests.cast import Visitor, member
from tests.customer import Customer


def page(visitor: Visitor, job: ExportJob, name: str = "") -> str:
    answer = visitor.get(f"/t/{visitor.tenant.pk}/exports/{job.pk}/{name}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def send(visitor: Visitor, job: ExportJob, name: str) -> int:
    return visitor.post(f"/t/{visitor.tenant.pk}/exports/{job.pk}/{name}/").status_code


def submissions(customer: Customer) -> int:
    with acting_for(customer.tenant.pk):
        return Submission.objects.count()


def test_the_preview_shows_documents_in_debit_and_credit_and_sends_nothing(customer: Customer) -> None:
    bookkeeper, job = member(customer.tenant, "bookkeeper"), customer.exports(2)
    before = customer.target.writes
    assert "Preview what would be posted" in page(bookkeeper, job)

    shown = page(bookkeeper, job, "preview/")

    assert "2 would be posted, 0 would fail, 0 would be left out." in shown
    assert shown.count("<caption>") >= 2
    assert customer.target.writes == before
    assert submissions(customer) == 0


def test_a_vendor_that_is_not_to_be_read_is_named_with_what_to_do(customer: Customer) -> None:
    bookkeeper, job = member(customer.tenant, "bookkeeper"), customer.exports(1)
    customer.target.expire_access_tokens()
    customer.target.revoke()

    shown = page(bookkeeper, job, "preview/")

    assert "No preview" in shown
    assert "must be connected again" in shown


def test_nothing_of_an_export_that_is_kept_back_is_posted_until_it_is_let_go(customer: Customer) -> None:
    bookkeeper, job = member(customer.tenant, "bookkeeper"), customer.exports(2)

    assert send(bookkeeper, job, "keep-back") == 303
    assert send(bookkeeper, job, "keep-back") == 303
    customer.work()

    assert submissions(customer) == 0
    assert "Kept back" in page(bookkeeper, job)
    assert send(bookkeeper, job, "let-go") == 303
    assert customer.carry(job).state == JobState.COMPLETED
    assert "Keep it back" not in page(bookkeeper, job)
    assert send(bookkeeper, job, "keep-back") == 404  # it has ended


def test_what_staff_have_paused_is_not_the_customers_to_resume(customer: Customer) -> None:
    bookkeeper, job = member(customer.tenant, "bookkeeper"), customer.exports(1)
    with acting_for(customer.tenant.pk):
        Halt.objects.create(
            tenant=customer.tenant, key=customer.installation.pk, kind="k", name="n", given_by="user:1"
        )

    send(bookkeeper, job, "let-go")
    customer.work()

    assert submissions(customer) == 0


def test_a_viewer_sees_that_it_is_kept_back_and_may_do_nothing_about_it(customer: Customer) -> None:
    viewer, job = member(customer.tenant, "viewer"), customer.exports(1)
    send(member(customer.tenant, "owner"), job, "keep-back")

    shown = page(viewer, job)

    assert "Kept back" in shown
    assert not [name for name in ("preview/", "keep-back/", "let-go/") if name in shown]
    assert [send(viewer, job, name) for name in ("keep-back", "let-go")] == [403, 403]
    assert viewer.get(f"/t/{viewer.tenant.pk}/exports/{job.pk}/preview/").status_code == 403
