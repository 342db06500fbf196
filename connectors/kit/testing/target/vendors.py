"""Vendors that a document names and the books do not have yet: made once, and never taken for one of a like name."""

from dataclasses import replace

from connectors.kit.documents import Kind
from connectors.kit.entries import OWED_TO_EMPLOYEES
from connectors.kit.failures import FailureClass
from connectors.kit.records import Party, Record
from connectors.kit.testing import troubles
from connectors.kit.testing.benches import TargetBench, nothing_to_find
from connectors.kit.testing.checking import Checks, NotDeclared, expect, knob
from connectors.kit.testing.posting import Ledger
from connectors.kit.testing.target.refusing import are_posted, refusal_of

checks: Checks[TargetBench] = Checks()
OUT_OF_USE = {FailureClass.MAPPING_STALE, FailureClass.REFERENCE_NOT_ALLOWED}
makes_vendors = checks.unless(
    lambda kit: (
        nothing_to_find(kit)
        or (
            ""
            if Kind.VENDOR in kit.connector.kinds
            else f"{kit.connector.name} makes no vendors (Kind.VENDOR in kinds)."
        )
    )
)


def bought_from(bench: TargetBench, name: str, entry: str) -> Record:
    """The sample, with another party wherever it names one."""

    def other(party: Party | None) -> Party | None:
        return party and Party(f"id of {name}", name)

    record = bench.record(entry)
    parties = other(record.supplier), other(record.vendor), other(record.employee)
    return replace(record, supplier=parties[0], vendor=parties[1], employee=parties[2])


def posted(bench: TargetBench, *records: Record) -> None:
    """By a worker that knows nothing of what others made."""
    poster = bench.poster(Ledger(), replays=False)
    poster.settle(*records)
    are_posted(poster, list(records))


@makes_vendors
def vendor_is_made_once(bench: TargetBench) -> None:
    """Two entries of one supplier make it once, whoever posts them.
    Say `look_first=True` for vendors, and make their key of what they are known by, not of the entry.
    """
    posted(bench, *(bought_from(bench, "Causeway Eisenbahn", entry) for entry in ("e-1", "e-2")))
    made = bench.vendors_made()
    expect(made == 1, f"A supplier that nobody knew was made {made} times for two entries of one job.")
    posted(bench, bought_from(bench, "Causeway Eisenbahn", "e-3"))
    expect(bench.vendors_made() == 1, "It was made again for an entry of the next job.")


@makes_vendors
def vendor_of_a_like_name_is_another(bench: TargetBench) -> None:
    """A supplier is never taken for one whose name only contains its own, begins like it, or looks like it in ASCII.
    Compare the whole name (or number) with what comes back; vendors search loosely.
    """
    names = ("Causeway Eisenbahn Nord", "Causeway Eisenbahn", "Eisenbahn", "Bäckerei Ö", "Bäckerei Å")
    for place, name in enumerate(names):
        posted(bench, bought_from(bench, name, f"e-{place}"))
        told = (
            f"{name} was taken for another of {', '.join(names[:place])}."
            if place
            else f"No supplier {name} was made."
        )
        expect(bench.vendors_made() == place + 1, told)


@makes_vendors
def inactive_vendor(bench: TargetBench) -> None:
    """Nothing is booked on a supplier that a bookkeeper took out of use: another one is made, or the refusal says so.
    Let `find` leave out vendors that are not in use; where none can be made beside it, map the vendor's refusal.
    """
    name, ledger = "Causeway Eisenbahn", Ledger()
    posted(bench, bought_from(bench, name, "e-1"))
    with knob("knob to take a vendor out of use"):
        bench.customer.retire(name)
    poster, record = bench.poster(ledger), bought_from(bench, name, "e-2")
    poster.settle(record)
    if bench.vendors_made() > 1:
        are_posted(poster, [record])
    else:
        refusal = refusal_of(ledger, record)
        expect(refusal.failure in OUT_OF_USE, f"Its class is {refusal.failure}: {refusal.sentence}")


@makes_vendors
def document_names_its_own_vendor(bench: TargetBench) -> None:
    """Of the entries of one job each is owed to its own supplier.
    Take the vendor's id by the document's own `needs`: `known[document.needs]`.
    """
    names = ["Causeway Eisenbahn", "Bäckerei Ö", "Druckerei"]
    posted(bench, *(bought_from(bench, name, f"e-{place}") for place, name in enumerate(names)))
    found = [one.vendor for one in bench.written(len(names))]
    if not all(found):
        raise NotDeclared("name of the vendor in what is written (Written.vendor)")
    expect(sorted(found) == sorted(names), f"{', '.join(names)} became {', '.join(found)}.")


@checks
def employees_are_owed_what_they_paid(bench: TargetBench) -> None:
    """What an employee has paid, or is due, is owed to them and never to the shop.
    Take `payee(record)` (`connectors/kit/entries.py`) for the one who is owed, and declare them in Written.vendor.
    """
    shop, them = Party("", "Causeway Laden"), bench.kit.sample.employee or Party("u-1", "Causeway Angestellte")
    for kind in sorted(OWED_TO_EMPLOYEES):
        record = bench.record(kind, kind=kind, supplier=shop, vendor=None, employee=them)
        bench.poster().settle(record)
    owed = {one.vendor for one in bench.customer.written()}
    expect(shop.name not in owed, f"The shop is owed what {them.name} has paid.")


@makes_vendors
def vendor_answer_lost(bench: TargetBench) -> None:
    """Where the answer to a vendor's making is lost or a 5xx, the entry is posted, and the vendor is there once.
    `read` and `find` say of a vendor what they would of a document: Unknown, then what is there.
    """
    lost = (troubles.dropped(done=True), troubles.answered(500, b"{}", done=True), troubles.answered(500, b"{}"))
    for place, trouble in enumerate(lost):
        made, name = bench.vendors_made(), f"Causeway Eisenbahn {place}"
        bench.wire.strike(trouble, bench.makes_vendor)
        posted(bench, bought_from(bench, name, f"e-{place}"))
        again = trouble is lost[-1]  # it did nothing, so it has to be sent again
        expect(bench.vendors_made() - made == 1 + again, f"It was sent {bench.vendors_made() - made} times.")
