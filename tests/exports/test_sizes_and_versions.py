"""Large entries are entries like others, and a job keeps the settings that it began with."""

from copy import deepcopy

from connectors.kit.sandbox import Document, Fault, Kind
from connectors.pleo.sandbox import amounts
from exports.models import ReportOutcome
from tests.customer import Customer
from tests.exports.test_every_kind import configure
from tests.faults.checker import Verdict, judge


def test_settings_that_change_in_mid_job_count_from_the_next_job_on(customer: Customer) -> None:
    configure(customer, batch_size=1, approved_batch_size=1, description="before {kind}")
    job = customer.exports(customer.entries(4, "card_purchase"))
    customer.target.faults.add(Fault("PUT *BankTransactions*", Kind.STATUS_BEFORE, times=None, after=1))
    customer.work()
    assert 0 < len(customer.target.written("bank_transactions", customer.organisation)) < 4

    configure(customer, batch_size=1, approved_batch_size=1, description="after {kind}")
    customer.target.faults.clear()
    customer.carry(job)
    assert said(customer) == ["before"] * 4

    customer.carry(customer.exports(customer.entries(1, "card_purchase")))
    assert said(customer) == ["before"] * 4 + ["after"]
    assert judge(customer) == Verdict()


def said(customer: Customer) -> list[str]:
    written = customer.target.written("bank_transactions", customer.organisation)
    return [str(one["LineItems"][0]["Description"]).split()[0] for one in written]


def test_an_entry_of_five_hundred_lines_is_one_document(customer: Customer) -> None:
    (entry,) = customer.entries(1, "card_purchase")
    customer.source.edit_entry(entry, of_many_lines)
    job = customer.carry(customer.exports([entry]))

    (document,) = customer.documents(entry)

    assert len(document["LineItems"]) == 500
    assert customer.report(job, entry).outcome == ReportOutcome.POSTED
    assert judge(customer) == Verdict()


def of_many_lines(payload: Document) -> None:
    lines = payload["accountingEntryLines"]
    first = lines[0]
    payload["accountingEntryLines"] = [
        {**deepcopy(first), "accountingEntryLineId": f"{first['accountingEntryLineId'][:-3]}{number:03}"}
        for number in range(500)
    ]
    payload["amount"] = amounts.total([line["lineAmount"] for line in payload["accountingEntryLines"]])
