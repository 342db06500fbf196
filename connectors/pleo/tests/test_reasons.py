from connectors.kit.failures import FailureClass
from connectors.pleo.reasons import (
    ITEM_REASON,
    ITEM_REASONS,
    JOB_REASON,
    JOB_REASONS,
    LONGEST_REASON,
    shortened,
)


def test_every_class_of_failure_has_a_reason_for_items_and_for_jobs() -> None:
    assert set(ITEM_REASON) == set(JOB_REASON) == set(FailureClass)


def test_every_reason_is_one_that_pleo_knows() -> None:
    assert set(ITEM_REASON.values()) <= ITEM_REASONS
    assert set(JOB_REASON.values()) <= JOB_REASONS


def test_a_long_reason_is_cut_visibly() -> None:
    assert shortened("x" * LONGEST_REASON) == "x" * LONGEST_REASON
    assert len(shortened("x" * 10_000)) == LONGEST_REASON
    assert shortened("x" * 10_000).endswith("…")
