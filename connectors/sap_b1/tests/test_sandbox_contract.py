import pytest

from connectors.sap_b1.sandbox import shape
from connectors.sap_b1.tests import contract

pytestmark = contract.needed


@pytest.mark.parametrize("name", shape.TYPES)
def test_every_property_that_may_be_written_is_in_the_metadata(name: str) -> None:
    declared = contract.metadata()["types"][name]["properties"]
    assert {*shape.TYPES[name], *shape.LINES.get(name, {}), *shape.READ_ONLY.get(name, set())} - {*declared} == set()


def test_the_judge_finds_wrong_names_types_and_enumerations() -> None:
    wrong = {"CardCode": 1, "DocType": "dDocument_Nothing", "Nothing": 1, "DocumentLines": [{"LineTotal": "1"}]}
    assert [fault.partition(" ")[0] for fault in contract.faults("Document", wrong)] == [
        "CardCode",
        "DocType",
        "Nothing",
        "DocumentLines[0].LineTotal",
    ]
