"""Jobs, and the two lists of a job: whole, in order, and from any place on."""

from collections.abc import Callable
from contextlib import suppress

from connectors.kit.connector import Source
from connectors.kit.errors import BeginAgain, ConnectorError, JobIsClosed, TryLater
from connectors.kit.records import Job, JobState
from connectors.kit.testing import troubles
from connectors.kit.testing.benches import SourceBench
from connectors.kit.testing.checking import Checks, Failed, expect
from connectors.kit.testing.wire import Call, Reply, Trouble

checks: Checks[SourceBench] = Checks()


def exported(bench: SourceBench, entries: int = 3) -> tuple[Source, Job]:
    source: Source = bench.connector()
    return source, source.job(bench.customer.export(entries))


def entries_of(source: Source, job: Job, after: str = "") -> list[tuple[list[str], str]]:
    """Each page of the control layer: its entries, and where the next one begins."""
    return [(list(page), page.next) for page in source.entries(job, after)]


def records_of(source: Source, job: Job, after: str = "") -> list[tuple[list[str], str]]:
    return [([one.entry for one in page], page.next) for page in source.records(job, after)]


LAYERS = (("entries", entries_of), ("records", records_of))


def flat(pages: list[tuple[list[str], str]]) -> list[str]:
    return [entry for entries, _ in pages for entry in entries]


@checks
def open_jobs_are_listed(bench: SourceBench) -> None:
    """A job that was exported is listed as open, with the vendor's own count, and reading starts nothing.
    `jobs` gives the chosen company's open jobs, oldest first.
    """
    source, job = exported(bench)
    (listed,) = source.jobs()
    expect(listed.id == job.id, f"The list has {listed.id}, the export made {job.id}.")
    expect(listed.count == 3, f"It counts {listed.count} entries of 3.")
    expect(listed.state is JobState.PENDING, f"Nobody has begun, and it is {listed.state}.")
    expect(bench.customer.state(job.id) == JobState.PENDING, "Reading changed the job.")


@checks
def unknown_job_is_closed(bench: SourceBench) -> None:
    """A job that the vendor does not know is closed to us, and no fault.
    Raise JobIsClosed for the vendor's "not found".
    """
    source, job = exported(bench)
    for stranger in (job.id[::-1], "00000000-0000-4000-8000-000000000000"):
        try:
            found = source.job(stranger)
        except JobIsClosed:
            continue
        raise Failed(f"A job that nobody made is {found.state}.")


@checks
def lists_are_whole(bench: SourceBench) -> None:
    """Both layers give every entry once, over all pages, and both the same.
    Follow the vendor's cursors with `connectors/kit/paging.py`.
    """
    source, job = exported(bench, bench.kit.many)
    entries, records = flat(entries_of(source, job)), flat(records_of(source, job))
    expect(len(set(entries)) == len(entries) == bench.kit.many, f"{len(entries)} of {bench.kit.many} entries came.")
    expect(sorted(records) == sorted(entries), "The two layers name different entries.")


@checks
def lists_go_on_from_a_place(bench: SourceBench) -> None:
    """From a page's `next` on a list gives what came after that page, as it was.
    Give the vendor's own cursor as `next`, and begin with it.
    """
    source, job = exported(bench, bench.kit.many)
    for layer, read in LAYERS:
        pages = read(source, job)
        expect(len(pages) > 2, f"The {layer} have {len(pages)} pages; give more entries (many).")
        expect(pages[-1][1] == "", f"The last page of the {layer} says that more follow.")
        rest = flat(read(source, job, pages[0][1]))
        expect(rest == flat(pages[1:]), f"After a pause the {layer} went on somewhere else.")


@checks
def place_that_is_not_known(bench: SourceBench) -> None:
    """A place that the vendor does not know any more is BeginAgain, and nothing else.
    Raise BeginAgain where the vendor refuses the cursor that it was given first.
    """
    source, job = exported(bench)
    for layer, read in LAYERS:
        try:
            found = flat(read(source, job, "no-such-place"))
        except BeginAgain:
            continue
        expect(len(found) == job.count, f"From a place that nobody knows came {len(found)} {layer}.")


@checks
def list_that_never_ends(bench: SourceBench) -> None:
    """A list that comes back to a page that it has sent already makes no endless loop.
    Walk pages with `pages` of `connectors/kit/paging.py`, which raises ContractBroken.
    """
    source, job = exported(bench, bench.kit.many)
    bench.wire.strike(_first_page_again(), times=2000)
    for _, read in LAYERS:
        with suppress(ConnectorError):
            read(source, job)
    bench.is_quiet()


def _first_page_again() -> Trouble:
    kept: dict[str, Reply] = {}

    def trouble(call: Call, ask: Callable[[], Reply]) -> Reply:
        path = call.target.partition("?")[0]
        if path not in kept:
            kept[path] = ask()
        return kept[path]

    return trouble


@checks
def outage_between_pages(bench: SourceBench) -> None:
    """An outage in the middle of a list is TryLater, and from the kept place on nothing is missing or doubled.
    Never swallow a failed page; the engine keeps the place.
    """
    source, job = exported(bench, bench.kit.many)
    for layer, read in LAYERS:
        whole, kept = flat(read(source, job)), ""
        got: list[str] = []
        pages = source.entries(job) if layer == "entries" else source.records(job)
        try:
            for page in pages:
                got += [one if isinstance(one, str) else one.entry for one in page]
                kept = page.next
                bench.wire.strike(troubles.answered(503, b"{}"))
        except TryLater:
            got += flat(read(source, job, kept))
        expect(got == whole, f"Of {len(whole)} {layer} {len(got)} came.")


@checks
def token_ends_between_pages(bench: SourceBench) -> None:
    """A token that ends in the middle of a list costs one renewal and no entry.
    Leave tokens to the client.
    """
    source, job = exported(bench, bench.kit.many)
    tokens, got = bench.customer.tokens(), 0
    before = tokens.refreshes
    for page in source.records(job):
        if not got:
            bench.customer.expire()
        got += len(page)
    expect(got == job.count, f"{got} of {job.count} records came.")
    expect(tokens.refreshes == before + 1, f"The token was renewed {tokens.refreshes - before} times.")


@checks
def lists_of_a_closed_job(bench: SourceBench) -> None:
    """A job that its user has cancelled is JobIsClosed to whoever goes on reading its records.
    Look the job up when the vendor refuses, and say how it ended.
    """
    source, job = exported(bench)
    bench.customer.cancel(job.id)
    try:
        read = records_of(source, job)
    except JobIsClosed:
        return
    raise Failed(f"Of a cancelled job {len(flat(read))} records were read.")
