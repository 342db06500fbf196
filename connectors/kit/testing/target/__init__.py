"""What every target must keep, by subject; a check's docstring says what holds, and what to do where it does not."""

from collections.abc import Iterator
from typing import Any

from connectors.kit.testing.checking import Check
from connectors.kit.testing.declaring import TargetKit
from connectors.kit.testing.target import (
    amounts,
    answering,
    attaching,
    connecting,
    hiding,
    kinds,
    looking,
    planning,
    refusing,
    repeating,
    texts,
    together,
    vendors,
)

CHECKS: tuple[Check[Any], ...] = tuple(
    check
    for subject in (
        connecting,
        planning,
        amounts,
        texts,
        refusing,
        repeating,
        answering,
        together,
        looking,
        vendors,
        attaching,
        hiding,
    )
    for check in subject.checks.all
)

#: What guards against a document that is lost, double or another's. Each costs a fake of its own for every kind.
_OF_EACH_KIND = (
    amounts.amount_is_exact,
    texts.long_text,
    repeating.same_record_twice,
    repeating.answer_lost,
    answering.server_error_with_the_write,
    looking.what_is_not_there_is_not_found,
    looking.standing_documents,
    looking.voided_document,
    attaching.receipt_is_on_its_document,
)


def of_each_kind(kit: TargetKit) -> Iterator[Check[Any]]:
    """These checks again for whatever else records become: `answer_lost[card_purchase]`."""
    for name, record in kinds.beside_the_sample(kit):
        yield from (kinds.of(check, name, record) for check in CHECKS if check.run in _OF_EACH_KIND)
