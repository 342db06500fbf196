"""What is in the ledger at once goes in batches too: each element has its own fate, whatever befalls the call."""

import pytest

from connectors.kit.sandbox import Fault, Kind
from exports.models import ReportOutcome
from tests.customer import Customer, on_account
from tests.exports.test_every_kind import TROUBLES, configure
from tests.faults.checker import Verdict, judge

WRITE = "PUT /api.xro/2.0/BankTransactions"
MONEY = ("card_purchase", "refund", "fee", "cashback")
POSTED, FAILED = ReportOutcome.POSTED, ReportOutcome.FAILED


def writes(customer: Customer) -> int:
    return len(customer.target.log.entries(WRITE))


@pytest.mark.parametrize(("size", "calls"), [(1, 12), (5, 3), (10, 2)])
def test_they_share_calls(customer: Customer, size: int, calls: int) -> None:
    configure(customer, approved_batch_size=size)

    job = customer.carry(customer.exports(customer.entries(12, *MONEY)))

    assert (writes(customer), job.state) == (calls, "completed")
    assert judge(customer) == Verdict()


def test_one_that_xero_refuses_holds_up_none_of_the_others(customer: Customer) -> None:
    """The account was archived after the books were read, so that only Xero can tell."""
    entries = customer.entries(8, "card_purchase")
    for place, entry in enumerate(entries):
        customer.source.edit_entry(entry, on_account("6570" if place == 3 else "5800"))
    customer.target.faults.add(Fault(WRITE, Kind.STATUS_BEFORE, status=503))
    job = customer.exports(entries)
    customer.work()
    customer.target.people.change_account(customer.organisation, "6570", Status="ARCHIVED")

    customer.later(minutes=6)
    customer.carry(job)

    assert customer.outcomes(job) == {**dict.fromkeys(entries, POSTED), entries[3]: FAILED}
    assert "6570 is archived" in customer.item(job, entries[3])["failureReason"]
    assert judge(customer) == Verdict()


def test_among_all_troubles_and_spoiled_entries_nothing_is_lost_or_doubled(customer: Customer) -> None:
    made = customer.source.add_entries(customer.company, 60, "hostile/7", kinds=MONEY)
    for trouble, status in TROUBLES[:4]:
        customer.target.faults.add(Fault(WRITE, trouble, status=status))

    job = customer.carry(customer.exports(made), minutes=30)

    outcomes = list(customer.outcomes(job).values())
    assert min(outcomes.count(POSTED), outcomes.count(FAILED)) > 10
    assert judge(customer) == Verdict()
    assert job.balanced
