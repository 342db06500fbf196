"""No secret leaves by way of an exchange, an error, a document or a representation."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from itertools import product

from connectors.kit.documents import Refused, Unknown
from connectors.kit.testing import troubles
from connectors.kit.testing.benches import TargetBench
from connectors.kit.testing.checking import Checks, expect

checks: Checks[TargetBench] = Checks()


def leaks(bench: TargetBench, *shown: object) -> None:
    """Raises Failed if a token of this customer can be read there, or in any exchange."""
    places = [*shown, *bench.recorder.exchanges]
    for token in bench.customer.tokens().given:
        for place in places:
            expect(token not in _text(place), f"A token can be read in {_kind(place)}.")


def _kind(place: object) -> str:
    return "what was printed or logged" if isinstance(place, str) else type(place).__name__


def _text(place: object) -> str:
    if isinstance(place, Exception):
        return " ".join(str(part) for part in (place, *vars(place).values()))
    return f"{place!r} {place}"


@contextmanager
def _said_aloud() -> Iterator[StringIO]:
    """What is printed, and what is logged at whatever level."""
    said, root = StringIO(), logging.getLogger()
    handlers, level = root.handlers, root.level
    root.handlers = [logging.StreamHandler(said)]  # the program's own would print all of it
    root.setLevel(logging.DEBUG)
    try:
        with redirect_stdout(said), redirect_stderr(said):
            yield said
    finally:
        root.handlers = handlers
        root.setLevel(level)


@checks
def no_secret_is_shown(bench: TargetBench) -> None:
    """Neither exchanges, representations, logs nor prints show a token, also where it was renewed on the way.
    Put tokens nowhere but into the client's own header; mark secrets with `repr=False`.
    """
    with _said_aloud() as said:
        poster = bench.poster()
        poster.target.probe()
        poster.settle(bench.record("e-1"))
        bench.customer.expire()
        poster.settle(bench.record("e-2"))
    target = poster.target
    leaks(bench, said.getvalue())
    leaks(bench, target, vars(target), target.settings, poster.ledger, *poster.ledger.postings.values())
    addresses = [call.target for call in bench.wire.calls]
    tokens = bench.customer.tokens().given
    expect(not any(token in one for token in tokens for one in addresses), "A token stands in an address.")


@checks
def no_secret_is_repeated(bench: TargetBench) -> None:
    """A vendor that repeats our token in its error does not get it shown by us.
    Take the vendor's words from `Answer.text`, which hides them, or through `redaction.redact`.
    """
    envelopes = (troubles.plain, bench.customer.refusal)
    for place, (status, envelope) in enumerate(product((400, 403, 422, 500), envelopes)):
        poster, record = bench.poster(replays=False), bench.record(f"e-{place}")
        poster.plan([record])
        bench.wire.strike(troubles.echoed(status, envelope), bench.is_write)
        poster.post(record)
        outcome = poster.ledger.of(record).outcome
        words = [outcome.words] if isinstance(outcome, Refused | Unknown) else []
        leaks(bench, outcome, *words, *poster.errors)
