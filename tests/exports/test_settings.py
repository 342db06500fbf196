"""A job works by the version of the settings with which it began, and waits where its connector cannot read any."""

from database.acting import acting_for
from exports.models import ExportJob
from installations import services as installations
from installations.models import Configuration
from jobs.models import Run
from tests.admin.conftest import page_of
from tests.cast import staff_member
from tests.customer import ACTOR, Customer
from tests.exports.test_holds import assert_each_once, stop_after_one_batch

NEWER = 99


def configure(customer: Customer, **settings: object) -> None:
    with acting_for(customer.tenant.pk):
        installations.configure(customer.installation, settings, actor=ACTOR)


def left_by_a_newer_version(customer: Customer) -> None:
    """As if a newer connector had been installed for a while."""
    with acting_for(customer.tenant.pk):
        Configuration.objects.create(
            tenant=customer.tenant,
            installation=customer.installation,
            version=installations.current(customer.installation).version + 1,
            settings_version=NEWER,
            created_by=ACTOR,
        )


def version_of(job: ExportJob) -> int:
    with acting_for(job.tenant_id):
        return int(ExportJob.objects.select_related("configuration").get(pk=job.pk).configuration.version)


def test_a_job_keeps_the_version_with_which_it_began_and_its_run_says_so(customer: Customer) -> None:
    configure(customer, batch_size=1)
    stop_after_one_batch(customer)
    job = customer.exports(2)
    customer.work()

    configure(customer, batch_size=25)
    customer.carry(job)

    assert version_of(job) == 2
    with acting_for(customer.tenant.pk):
        run = Run.objects.get(subject_id=job.pk)
    page = staff_member().get(page_of(run)).content.decode()
    assert "Version 2" in page
    assert "Version 3" not in page


def test_a_job_whose_settings_cannot_be_read_waits_and_says_what_to_do(customer: Customer) -> None:
    left_by_a_newer_version(customer)
    entries = customer.entries(2)

    job = customer.exports(entries)
    customer.work()

    (incident,) = customer.incidents()
    assert "newer version of the connector" in incident.sentence
    assert [customer.documents(entry) for entry in entries] == [[], []]

    configure(customer)
    customer.carry(job)

    assert_each_once(customer, entries)
    assert job.balanced
    assert customer.incidents() == []
