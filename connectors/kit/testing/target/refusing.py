"""What cannot be posted is refused by name, alone, and with what to do."""

from dataclasses import replace
from decimal import Decimal

from connectors.kit import exact_json
from connectors.kit.documents import Created, Refused
from connectors.kit.errors import RefuseRecord
from connectors.kit.failures import FailureClass as F
from connectors.kit.money import Money
from connectors.kit.records import Account, Record
from connectors.kit.testing import troubles
from connectors.kit.testing.benches import TargetBench
from connectors.kit.testing.checking import Checks, Failed, NotDeclared, expect, knob
from connectors.kit.testing.posting import Ledger, Poster, State

checks: Checks[TargetBench] = Checks()
OF_ACCOUNTS = {F.MAPPING_MISSING, F.MAPPING_STALE, F.REFERENCE_NOT_ALLOWED}
Refusal = RefuseRecord | Refused


def refusal_of(ledger: Ledger, record: Record) -> Refusal:
    """By planning or by the vendor. Raises Failed if it was neither."""
    told = ledger.turned_away.get(record.entry)
    if isinstance(told, RefuseRecord):
        return told
    posting = next((p for key, p in ledger.postings.items() if key.entry == record.entry), None)
    if posting is None or not isinstance(posting.outcome, Refused):
        raise Failed(f"It was not refused, but {posting.state if posting else 'left out'}.")
    return posting.outcome


def names(refusal: Refusal, what: str, classes: set[F]) -> None:
    """People read the sentence; their way to the mending goes by the subject."""
    expect(what in refusal.sentence, f"The refusal does not name {what}: {refusal.sentence}")
    expect(what in refusal.subject, f"The refusal's subject does not name {what}: {refusal.subject!r}")
    expect(refusal.failure in classes, f"Its class is {refusal.failure}: {refusal.sentence}")


def with_old_reference(bench: TargetBench) -> Ledger:
    """As a job that began before somebody changed the books."""
    return Ledger(reference=bench.connector().reference())


def is_refused(bench: TargetBench, before: Ledger, old: Record, new: Record, what: str, classes: set[F]) -> None:
    """`old` by the vendor, as its job began `before` the books changed; `new` by `plan`, if that was told of it."""
    fresh = Ledger()
    for record, ledger in ((old, before), (new, fresh)):
        bench.poster(ledger).settle(record)
        bench.written(0)
        names(refusal_of(ledger, record), what, classes)
    tells = exact_json.dumps(before.reference) != exact_json.dumps(fresh.reference)
    expect(new.entry in fresh.turned_away or not tells, "`reference` tells of it, and it was sent to be refused.")


@checks
def missing_mapping_is_named(bench: TargetBench) -> None:
    """An entry without an account is refused before anything is sent, and says on which line.
    Raise RefuseRecord with mapping.missing, the line's place in the sentence and "account" as the subject.
    """
    record = bench.booked_on("e-1", None)
    poster = bench.poster()
    poster.settle(record)
    bench.written(0)
    names(refusal_of(poster.ledger, record), "account", {F.MAPPING_MISSING})


@checks
def entry_that_says_little(bench: TargetBench) -> None:
    """An entry without a supplier, without money or without lines is posted or refused with a sentence; none crashes.
    Look at each optional part of `Record` before using it, and raise RefuseRecord for what cannot do without.
    """
    bare = {"supplier": None, "vendor": None, "employee": None, "contra": None, "invoice": None, "link": ""}
    nothing = Money(Decimal(0), bench.kit.sample.amount.currency)
    sparse = (
        replace(bench.record("e-1"), **bare),  # type: ignore[arg-type]
        replace(bench.priced("e-2", "0.00"), amount=nothing),
        bench.record("e-3", lines=()),
    )
    for record in sparse:
        poster = bench.poster()
        poster.settle(record)
        if record.entry in poster.ledger.turned_away:
            continue
        posting = poster.ledger.of(record)
        expect(isinstance(posting.outcome, Created | Refused), f"It is neither posted nor refused: {posting.outcome}")
        for one in bench.customer.written():
            wrong = one.document_id == posting.document_id and one.total.amount != record.amount.amount
            expect(not wrong, f"An entry of {record.amount} stands in the books as {one.total}.")


@checks
def unknown_account_is_named(bench: TargetBench) -> None:
    """An account that the books do not have is refused by its code.
    Put the code into the sentence and into the subject, "account:4711".
    """
    record = bench.booked_on("e-1", Account("x", "Nowhere", code="987654"))
    poster = bench.poster()
    poster.settle(record)
    bench.written(0)
    names(refusal_of(poster.ledger, record), "987654", OF_ACCOUNTS)


@checks
def inactive_account(bench: TargetBench) -> None:
    """An account that is out of use is refused, and nothing is booked on another one instead.
    Look at the account's state in `plan`, and map the vendor's refusal for a job that began before.
    """
    code = str(bench.kit.other_account.code)
    before = with_old_reference(bench)
    with knob("knob to deactivate an account"):
        bench.customer.deactivate(code)
    old, new = (bench.booked_on(entry, bench.kit.other_account) for entry in ("e-1", "e-2"))
    is_refused(bench, before, old, new, code, OF_ACCOUNTS)


@checks
def closed_period(bench: TargetBench) -> None:
    """An entry in a closed period is refused as just that, also where it was closed after the job began.
    Use period.closed and name the day, with the subject "date:2026-02-27", in `plan` and for the vendor's refusal.
    """
    before, day = with_old_reference(bench), bench.kit.sample.date
    with knob("knob to close a period"):
        bench.customer.close(day)
    is_refused(bench, before, bench.record("e-1"), bench.record("e-2"), str(day), {F.PERIOD_CLOSED})


@checks
def mixed_batch_with_one_bad(bench: TargetBench) -> None:
    """One bad entry among good ones fails alone; the others are posted, each once.
    Judge each document of an answer by its own words; never take the call's 2xx for all of them.
    """
    ledger = with_old_reference(bench)
    with knob("knob to deactivate an account"):
        bench.customer.deactivate(str(bench.kit.other_account.code))
    good = [bench.record(entry) for entry in ("e-1", "e-3", "e-4")]
    bad = bench.booked_on("e-2", bench.kit.other_account)
    poster = bench.poster(ledger)
    poster.settle(good[0], bad, *good[1:])
    refusal_of(ledger, bad)
    are_posted(poster, good)
    bench.written(3)


@checks
def warning_is_kept(bench: TargetBench) -> None:
    """What the vendor remarks on a document that it took is kept with it.
    Give the answer's warnings to `Created(remarks=...)`.
    """
    warn, words = bench.kit.warn, "The supplier is blocked for payments"
    if warn is None:
        raise NotDeclared("place for a warning in the vendor's answers (warn)")
    bench.wire.strike(troubles.changed(lambda body: warn(body, words)), bench.is_write)
    poster, record = bench.poster(), bench.record()
    poster.settle(record)
    outcome = poster.ledger.of(record).outcome
    remarks = getattr(outcome, "remarks", ())
    expect(any(words in remark for remark in remarks), f"The vendor warned, and all we have is {outcome}.")


def are_posted(poster: Poster, records: list[Record]) -> None:
    for record in records:
        posting = poster.ledger.of(record)
        expect(posting.state is State.POSTED, f"{record.entry} is {posting.state}: {posting.outcome}")
