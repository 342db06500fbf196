"""The judge sees what it is there to see: else a run that passes shows nothing."""

from connectors.kit.sandbox import Document
from exports.models import ExportJob
from tests.customer import Customer
from tests.faults.checker import Verdict, judge


def exported(customer: Customer) -> tuple[ExportJob, list[str]]:
    entries = customer.entries(3, "out_of_pocket")
    job = customer.carry(customer.exports(entries))
    assert judge(customer) == Verdict()
    return job, entries


def test_a_second_document_is_a_duplicate(customer: Customer) -> None:
    _, entries = exported(customer)
    customer.copy(entries[0])

    assert judge(customer).duplicates == [f"{entries[0]} is 2 documents"]


def test_a_document_that_is_gone_is_lost_unless_a_person_took_it(customer: Customer) -> None:
    _, entries = exported(customer)
    customer.void(entries[0])

    assert len(judge(customer).lost) == 1
    assert judge(customer, voided=entries[:1]) == Verdict()


def test_an_entry_that_the_source_was_never_told_of_is_lost(customer: Customer) -> None:
    job, entries = exported(customer)
    with customer.source.store.transaction():
        customer.source.store["items"].change(f"{job.external_id}:{entries[0]}", status="pending")

    assert judge(customer).lost == [f"{entries[0]}: told posted, pending at the source"]


def test_an_amount_that_differs_by_a_cent_is_unbalanced(customer: Customer) -> None:
    _, entries = exported(customer)
    (bill,) = customer.documents(entries[0])
    change_bill(customer, bill, Total=bill["Total"] + 1)

    assert len(judge(customer).unbalanced) == 1


def test_a_document_of_nobodys_entry_is_unbalanced(customer: Customer) -> None:
    _, entries = exported(customer)
    (bill,) = customer.documents(entries[0])
    with customer.target.store.transaction():
        twin = customer.target.new_id()
        customer.target.store["bills"].put(twin, {**bill, "id": twin, "InvoiceNumber": "by hand"})

    assert len(judge(customer).unbalanced) == 1


def change_bill(customer: Customer, bill: Document, **fields: object) -> None:
    with customer.target.store.transaction():
        customer.target.store["bills"].change(bill["id"], **fields)
