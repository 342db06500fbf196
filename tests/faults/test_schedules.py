"""Nobody beats: workers sweep by themselves, and what was missed is caught up once."""

from datetime import timedelta

from django.db.models.functions import Now

from database.acting import acting_for
from exports.models import ExportJob
from jobs import services
from jobs.models import Run, Schedule, Trigger
from tests.customer import Customer
from tests.faults.checker import Verdict, judge
from tests.faults.house import House
from tests.waiting import until

EVERY, MISSED = timedelta(minutes=1), timedelta(hours=1)


def test_without_a_beat_for_an_hour_what_was_missed_is_caught_up_once(house: House, customer: Customer) -> None:
    """Sixty slots of polling went by, and in them a job came of which no webhook told."""
    with acting_for(customer.tenant.pk):
        services.schedule(customer.tenant.pk, "poll", customer.installation.pk, EVERY)
        Schedule.objects.filter(kind="poll").update(next_at=Now() - MISSED)
        grid = Schedule.objects.get(kind="poll").next_at
    customer.source.export(customer.company, customer.entries(4))

    for _ in range(2):
        house.worker()
    job = until(lambda: _found(customer), seconds=60)
    assert job
    until(lambda: not customer.reread(job).is_open, seconds=60)

    with acting_for(customer.tenant.pk):
        slots = list(Trigger.objects.filter(run__kind="poll").exclude(slot=None).values_list("slot", flat=True))
        assert Run.objects.filter(kind="poll").count() == len(slots)
        schedule = Schedule.objects.get(kind="poll")
    assert len(slots) == len(set(slots)) <= 2  # the last one that was missed; and a minute may have turned since
    assert not any((slot - grid) % EVERY for slot in [*slots, schedule.next_at] if slot)
    assert judge(customer) == Verdict()


def _found(customer: Customer) -> ExportJob | None:
    with acting_for(customer.tenant.pk):
        return ExportJob.objects.first()
