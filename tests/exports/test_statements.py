"""SQL statements a record: they are a matter of batches, whatever the ledger's rows have to keep."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.customer import Customer


def statements(customer: Customer, records: int) -> int:
    job = customer.exports(customer.entries(records, "invoice"))
    with CaptureQueriesContext(connection) as captured:
        customer.work()
    assert customer.reread(job).balanced
    return len(captured)


def test_a_record_more_costs_few_statements(customer: Customer) -> None:
    few, many = statements(customer, 50), statements(customer, 150)

    assert (many - few) / 100 < 3
