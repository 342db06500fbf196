"""A retry of an ended job: the source is asked for a new job of what was left undone."""

from database.acting import acting_for
from exports.models import ExportJob, ReportOutcome
from tests.customer import Customer, on_account


def jobs_of(customer: Customer) -> list[ExportJob]:
    with acting_for(customer.tenant.pk):
        return list(ExportJob.objects.order_by("noticed_at"))


def test_what_failed_and_was_corrected_is_posted_by_a_new_job(customer: Customer) -> None:
    fine, bad = entries = customer.entries(2, "out_of_pocket")
    customer.source.edit_entry(bad, on_account("9999"))
    old = customer.carry(customer.exports(entries))
    customer.source.edit_entry(bad, on_account("5800"))

    sentence = customer.retry(old)
    customer.work()

    assert "a new job of its 1 entries" in sentence
    first, second = jobs_of(customer)
    assert first == old
    assert customer.outcomes(second) == {bad: ReportOutcome.POSTED}
    assert [len(customer.documents(entry)) for entry in (fine, bad)] == [1, 1]


def test_what_the_sources_own_end_left_behind_is_exported_again(customer: Customer) -> None:
    entries = customer.entries(3, "out_of_pocket")
    job = customer.exports(entries)
    customer.source.cancel(job.external_id)
    customer.carry(job)
    customer.retry(job)
    customer.work()

    assert [len(customer.documents(entry)) for entry in entries] == [1, 1, 1]


def test_while_the_source_runs_another_job_it_is_asked_again_later(customer: Customer) -> None:
    (bad,) = customer.entries(1, "out_of_pocket")
    customer.source.edit_entry(bad, on_account("9999"))
    old = customer.carry(customer.exports([bad]))
    customer.source.edit_entry(bad, on_account("5800"))
    other = customer.source.export(customer.company, customer.entries(1, "out_of_pocket"))

    customer.retry(old)
    customer.work()
    customer.carry(customer.note(str(other["id"])))
    customer.later(minutes=5)
    customer.work()

    assert len(customer.documents(bad)) == 1


def test_asking_twice_makes_one_job(customer: Customer) -> None:
    (bad,) = customer.entries(1, "out_of_pocket")
    customer.source.edit_entry(bad, on_account("9999"))
    old = customer.carry(customer.exports([bad]))

    customer.retry(old)
    customer.retry(old)
    customer.work()

    assert len(jobs_of(customer)) == 2
