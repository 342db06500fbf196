"""What the nightly comparison says of a document whose id is another one by now. Pure."""

from connectors.kit.documents import Found
from exports.comparing import difference
from exports.models import Posting
from exports.states import DiscrepancyKind

POSTING = Posting(document_id="draft/12", document_number="Draft 12")
ADDED, ANOTHER = Found("9001", "26000001"), Found("9002", "26000002")


def test_a_draft_that_a_person_added_is_the_same_document_not_a_second_one() -> None:
    assert difference(POSTING, [ADDED], ADDED, "The ERP") is None


def test_another_one_beside_it_is_a_double() -> None:
    found = difference(POSTING, [ADDED, ANOTHER], ADDED, "The ERP")
    assert found is not None
    assert found.kind is DiscrepancyKind.DOUBLE
