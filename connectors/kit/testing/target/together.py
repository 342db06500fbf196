"""Several workers at once, and a token that ends in the middle."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from connectors.kit import exact_json
from connectors.kit.testing import troubles
from connectors.kit.testing.benches import TargetBench, target_bench
from connectors.kit.testing.checking import Checks, expect
from connectors.kit.testing.posting import Ledger, Poster
from connectors.kit.testing.target.refusing import are_posted

WORKERS = 8
checks: Checks[TargetBench] = Checks()


def at_once(works: list[Callable[[], None]]) -> None:
    """Each in a thread of its own; what one raises is raised."""
    with ThreadPoolExecutor(len(works)) as pool:
        for future in [pool.submit(work) for work in works]:
            future.result()


def workers(bench: TargetBench, count: int) -> list[tuple[Poster, str]]:
    """Each with an entry of its own; the vendors that all of them need are there already."""
    made = []
    for place in range(count):
        ledger, entry = Ledger(), f"e-{place}"
        bench.poster(ledger).prepare(bench.record(entry))
        made.append((bench.poster(ledger), entry))
    return made


def _work(bench: TargetBench, poster: Poster, entry: str) -> Callable[[], None]:
    return lambda: poster.settle(bench.record(entry))


@checks
def two_workers_at_once(bench: TargetBench) -> None:
    """Two workers post their entries side by side, and none takes the other's answer.
    Keep no state in the class or the module; everything hangs on the connector's own object.
    """
    made = workers(bench, 2)
    at_once([_work(bench, poster, entry) for poster, entry in made])
    for poster, entry in made:
        are_posted(poster, [bench.record(entry)])
    bench.written(2)


@checks
def one_refresh_for_all(bench: TargetBench) -> None:
    """When the token ends under eight workers it is renewed once, and every entry is posted once.
    Leave tokens to the client: it renews after a 401, which says that nothing was done.
    """
    made, tokens = workers(bench, WORKERS), bench.customer.tokens()
    before = tokens.refreshes
    bench.customer.expire()
    at_once([_work(bench, poster, entry) for poster, entry in made])
    for poster, entry in made:
        are_posted(poster, [bench.record(entry)])
    bench.written(WORKERS)
    expect(tokens.refreshes == before + 1, f"The token was renewed {tokens.refreshes - before} times.")


@checks
def customers_are_kept_apart(bench: TargetBench) -> None:
    """What was read for one customer is never used for another, in the same process as the same class.
    Keep nothing in the class or the module, and no `lru_cache`; `cached_property` on the connector is right.
    """
    code = str(bench.kit.other_account.code)
    target = bench.connector()
    first = exact_json.dumps(target.reference())
    bench.poster().settle(bench.record("e-1"))
    calls = len(bench.wire.calls)
    with target_bench(bench.kit) as other:
        with suppress(NotImplementedError):
            other.customer.deactivate(code)
        second = exact_json.dumps(other.connector().reference())
        other.poster().settle(other.record("e-2"))
        other.written()
    expect(len(bench.wire.calls) == calls, "For the second customer the first one's books were called.")
    expect(
        code not in first or first != second, "The second customer's entries are planned by the first one's books."
    )


@checks
def token_ends_in_mid_batch(bench: TargetBench) -> None:
    """A 401 in the middle of a batch costs one renewal and no document.
    Let the client handle it; never treat a 401 as a refusal of the document.
    """
    poster, records = bench.poster(), bench.records(3)
    poster.settle(records[0])
    bench.customer.expire()
    poster.settle(*records)
    are_posted(poster, records)
    bench.written(3)


@checks
def authorisation_ends_in_mid_batch(bench: TargetBench) -> None:
    """Where the authorisation is over in mid batch, what was not posted waits; nothing is called refused.
    A second 401 is Reconnect for the call as a whole.
    """
    poster, records = bench.poster(), bench.records(2)
    poster.settle(records[0])
    bench.wire.strike(troubles.answered(401, b"{}"), bench.is_write, times=2)
    poster.post(*records)
    expect(
        poster.errors and type(poster.errors[-1]).__name__ == "Reconnect",
        f"Two 401 became {poster.errors[-1:] or poster.ledger.of(records[1]).outcome}.",
    )
    poster.settle(*records)
    are_posted(poster, records)
    bench.written(2)
