"""Posts sample records to the connector's sandbox, started here, and shows every exchange and what came of it."""

from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import OutputWrapper

from connectors import registry
from connectors.kit.http import Exchange
from connectors.kit.records import EntryOutcome, Record, Result
from connectors.kit.testing import suite
from connectors.kit.testing.benches import SourceBench, TargetBench, source_bench, target_bench
from connectors.kit.testing.declaring import Kit, SourceKit, TargetKit
from connectors.kit.testing.posting import Poster, State
from desk.formats import pretty

ENTRIES = 3
LINES_AT_MOST = 40  # of a body


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("key", help="the connector's key")
    parser.add_argument(
        "--sandbox", action="store_true", help="at its sandbox: nothing else is ever called from here"
    )


def handle(options: dict[str, Any], stdout: OutputWrapper) -> int:
    if not options["sandbox"]:
        stdout.write("Say --sandbox. A real account is connected in the portal, and its exchanges are in the admin.")
        return 1
    try:
        kit = suite.declaration_of(registry.get(options["key"]))
    except (registry.UnknownConnector, suite.NotDeclaredAtAll) as error:
        stdout.write(str(error))
        return 1
    exchanges, came_of_it = _carried_out(kit)
    for place, exchange in enumerate(exchanges, 1):
        stdout.write("\n".join(_shown(place, exchange)))
    stdout.write("\n".join(["What came of it:", *came_of_it]))
    return 0


def _carried_out(kit: Kit) -> tuple[Sequence[Exchange], list[str]]:
    if isinstance(kit, TargetKit):
        with target_bench(kit) as target:
            return target.recorder.exchanges, list(_posted(target))
    assert isinstance(kit, SourceKit)  # noqa: S101  there are two kinds
    with source_bench(kit) as source:
        return source.recorder.exchanges, list(_exported(source))


def _posted(bench: TargetBench) -> Iterator[str]:
    """A usual entry, another account, money back, what the declaration has besides, and one that is refused."""
    records = [
        bench.record("sample"),
        bench.booked_on("other-account", bench.kit.other_account),
        bench.priced("money-back", "-12.34"),
        *bench.kit.more,
        bench.booked_on("without-account", None),
    ]
    poster = bench.poster()
    poster.target.probe()
    poster.settle(*records)
    for record in records:
        yield f"  {record.entry}, {record.amount}: {_outcome(poster, record)}"
        yield from _preview(poster, record)


def _outcome(poster: Poster, record: Record) -> str:
    if told := poster.ledger.turned_away.get(record.entry):
        return f"turned away before anything was sent. {told.sentence or 'It is left out.'}"
    posting = poster.ledger.of(record)
    if posting.state is State.POSTED:
        return f"posted, {poster.target.document_url(posting.document, posting.document_id)}"
    return f"{posting.state}. {getattr(posting.outcome, 'sentence', '') or posting.outcome}"


def _preview(poster: Poster, record: Record) -> Iterator[str]:
    """Its lines as a bookkeeper sees them before anything is sent."""
    for posting in poster.ledger.postings.values():
        if posting.document.key.entry == record.entry:
            for line in posting.document.lines:
                side = f"debit {line.debit}" if line.debit else f"credit {line.credit}"
                yield f"      {line.account}: {side}"


def _exported(bench: SourceBench) -> Iterator[str]:
    """The customer exports; everything is fetched, reported as posted, and the job is finished."""
    source, job_id = bench.connector(), bench.customer.export(ENTRIES)
    source.probe()
    job = next(one for one in source.jobs() if one.id == job_id)
    source.start(job)
    for page in source.records(job):
        for fetched in page:
            record = source.interpret(fetched.payload)
            outcome = EntryOutcome(record.entry, Result.SUCCESSFUL, datetime.now(UTC), document_id="sample")
            refusals = source.report(job, [outcome])
            yield f"  {record.entry}, {record.amount}: {'not accepted' if refusals else 'reported'}"


def _shown(place: int, exchange: Exchange) -> Iterator[str]:
    yield f"{place}. {exchange.method} {exchange.address}"
    yield from (f"   {name}: {value}" for name, value in exchange.request_headers.items())
    yield from _body(exchange.request_body)
    yield f"   -> {exchange.status or exchange.error}, {exchange.milliseconds} ms"
    yield from _body(exchange.answer_body)
    yield ""


def _body(text: str) -> Iterator[str]:
    lines = pretty(text).splitlines()
    yield from (f"   {line}" for line in lines[:LINES_AT_MOST])
    if more := lines[LINES_AT_MOST:]:
        yield f"   … and {len(more)} more lines"
