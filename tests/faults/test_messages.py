"""Messages that come late, in the wrong order, or about jobs that there is nothing to do for."""

from concurrent.futures import ThreadPoolExecutor

import requests

from connections import vault
from connectors.kit.sandbox import Fault, Kind
from connectors.kit.signatures import sign
from database.acting import acting_for
from exports.models import ExportJob
from jobs.models import Run
from tests.customer import OTHER_COMPANY, Customer, new_customer
from tests.faults.checker import Verdict, judge
from tests.faults.house import House
from tests.faults.test_door import listen
from tests.waiting import until
from tests.webhooks.conftest import event
from webhooks import subscriptions
from webhooks.models import Delivery, DeliveryState, Endpoint

UNKNOWN = "11111111-2222-4333-8444-555555555555"
NOT_KNOWN = "Pleo does not know this export job, or not any more. Export the entries again in Pleo."


def tell(endpoint: Endpoint, message: str, at: int, body: bytes) -> int:
    """As the vendor does."""
    secret = vault.unseal(bytes(endpoint.sealed_secret), endpoint.place("secret")).decode()
    signature = sign(secret, message, at, body)
    headers = {"webhook-id": message, "webhook-timestamp": str(at), "webhook-signature": signature}
    return requests.post(subscriptions.address(endpoint), body, headers=headers, timeout=60).status_code


def states(customer: Customer) -> list[str]:
    with acting_for(customer.tenant.pk):
        return list(Delivery.objects.order_by("received_at").values_list("state", flat=True))


def test_a_hundred_messages_in_reverse_order_are_one_run_posted_once(house: House, customer: Customer) -> None:
    """The newest first, while the job is worked on and after it has ended."""
    customer.target.faults.add(Fault("PUT *", Kind.DELAY_AFTER, times=None, seconds=0.2))
    house.web()
    endpoint = listen(customer)
    house.worker()
    made = customer.source.export(customer.company, customer.entries(12))
    body, now = event(str(made["id"]), customer.company), int(customer.source.clock.time())

    with ThreadPoolExecutor(4) as crowd:
        answers = list(crowd.map(lambda age: tell(endpoint, f"msg_{100 - age}", now - 2 * age, body), range(100)))
    job = customer.note(str(made["id"]))
    until(lambda: not customer.reread(job).is_open, seconds=60)
    until(lambda: set(states(customer)) == {DeliveryState.PROCESSED}, seconds=60)

    assert set(answers) == {204}
    with acting_for(customer.tenant.pk):
        assert Run.objects.filter(kind="export").count() == ExportJob.objects.count() == 1
    assert judge(customer) == Verdict()


def test_messages_about_jobs_that_there_is_nothing_to_do_for(house: House, customer: Customer) -> None:
    """One that was cancelled, one that nobody knows, and one of another customer's company."""
    other = new_customer(customer.source, customer.target, OTHER_COMPANY)
    house.web()
    endpoint = listen(customer)
    cancelled = str(customer.source.export(customer.company, customer.entries(3))["id"])
    customer.source.cancel(cancelled)
    others = str(other.source.export(other.company, other.entries(3))["id"])
    now = int(customer.source.clock.time())

    told = [(cancelled, customer.company), (UNKNOWN, customer.company)]
    told += [(others, customer.company), (others, other.company)]
    for number, (job, company) in enumerate(told):
        assert tell(endpoint, f"msg_{number}", now, event(job, company)) == 204
    house.worker()
    own = customer.exports(3)
    until(lambda: not customer.reread(own).is_open, seconds=60)
    until(lambda: DeliveryState.RECEIVED not in states(customer), seconds=60)
    until(lambda: len(ends(customer)) == 4, seconds=60)

    assert ends(customer) == {
        own.external_id: ("completed", ""),
        cancelled: ("failed", "The job was cancelled in Pleo."),
        UNKNOWN: ("failed", NOT_KNOWN),
        others: ("failed", NOT_KNOWN),  # by our customer's token nobody can read it
    }
    assert states(customer).count(DeliveryState.QUARANTINED) == 1  # what speaks of the other company
    assert ends(other) == {}
    assert customer.target.bills(other.organisation) == []
    assert judge(customer) == Verdict()


def ends(customer: Customer) -> dict[str, tuple[str, str]]:
    with acting_for(customer.tenant.pk):
        return {job.external_id: (job.state, job.reason) for job in ExportJob.objects.exclude(ended_at=None)}
