"""Which incident a record names: the one that it failed by, whatever is opened or mended later."""

import pytest

from connectors.kit.failures import FailureClass
from database.acting import acting_for
from exports.models import Record
from exports.selectors import with_incident
from incidents import services as incidents
from incidents.models import Incident
from tests.customer import Customer

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_record_names_the_incident_that_it_failed_by(customer: Customer) -> None:
    """Not a later one of the same cause."""
    [entry] = customer.entries(1)
    customer.spoil(entry)
    job = customer.carry(customer.exports([entry]))
    with acting_for(customer.tenant.pk):
        first = Incident.objects.get()
        incidents.mend(first, actor="user:1")
        about = first.fingerprint.partition(":")[2]
        incidents.open_incident(customer.tenant.pk, FailureClass(first.failure), about=about, sentence="Again.")

        assert with_incident(Record.objects.filter(job=job)).get().incident_id == first.pk
