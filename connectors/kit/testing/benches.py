"""Where one check works: a fake of the vendor, a wire to it, and the connector as the engine makes it."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from threading import Thread
from typing import Any, Generic, TypeVar

from connectors.kit.connector import Connector, Source, Target
from connectors.kit.documents import Attachment, Draft, Part
from connectors.kit.egress import Network
from connectors.kit.http import Client
from connectors.kit.money import Money
from connectors.kit.records import Account, Record
from connectors.kit.testing.checking import Failed, expect
from connectors.kit.testing.declaring import Books, Exporter, SourceKit, TargetKit, Written
from connectors.kit.testing.ports import ListRecorder, ports
from connectors.kit.testing.posting import Ledger, Poster
from connectors.kit.testing.wire import Call, Wire

ConnectorT = TypeVar("ConnectorT", bound=Connector)
PDF = b"%PDF-1.4 a receipt"


@dataclass
class Bench(Generic[ConnectorT]):
    """`recorder` keeps the exchanges of every client that was made here."""

    kit: Any
    customer: Any
    wire: Wire
    recorder: ListRecorder = field(default_factory=ListRecorder)
    clients: list[Client] = field(default_factory=list)
    threads: list[set[Thread]] = field(default_factory=list)  # of each client: where its calls began

    def client(self, read_seconds: float = 20.0, address: str = "") -> Client:
        kind: type[Connector] = self.kit.connector
        names = {name for hosts in kind.hosts.values() for name in hosts}
        threads: set[Thread] = set()
        self.threads.append(threads)
        made = Client(
            dict.fromkeys(names, address or self.wire.url),
            ports(
                self.customer.tokens(),
                recorder=self.recorder,
                before_call=lambda: threads.add(threading.current_thread()),
            ),
            Network.SANDBOX,
            read_seconds,
            kind.name,
            kind.flows[0],
            self.customer.account,
        )
        self.clients.append(made)
        return made

    def connector(
        self, *, company: str | None = None, settings: Mapping[str, Any] | None = None, **client: Any
    ) -> ConnectorT:
        chosen = self.customer.company if company is None else company
        kind: type[ConnectorT] = self.kit.connector
        read = kind.settings_model.model_validate(self.kit.settings if settings is None else settings)
        return kind(self.client(**client), read, chosen)

    def is_quiet(self) -> None:
        """Raises Failed if the connector asks without end, or by another way than its client."""
        expect(not self.wire.overrun, f"More than {len(self.wire.calls) - 1} calls were made: it asks without end.")
        hidden = len(self.wire.calls) - len(self.recorder.exchanges)
        expect(hidden <= 0, f"{hidden} calls were made around `self.client`: nobody would ever see them.")
        own = any(len(threads) > 1 for threads in self.threads)
        expect(not own, "It calls from a thread of its own: `self.client` is not shared, and a lock would not hold.")


@dataclass
class SourceBench(Bench[Source]):
    kit: SourceKit
    customer: Exporter


@dataclass
class TargetBench(Bench[Target]):
    kit: TargetKit
    customer: Books
    _sent: set[tuple[str, str, bytes]] = field(default_factory=set)
    _of_vendors: set[tuple[str, str, bytes]] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def poster(
        self, ledger: Ledger | None = None, *, replays: bool = True, crash: str = "", **connector: Any
    ) -> Poster:
        made: Target = self.connector(**connector)
        return Poster(made, ledger, replays=replays, crash=crash, notice=self._notice)

    def is_write(self, call: Call) -> bool:
        """This call makes a document (not a vendor that it needs)."""
        with self._lock:
            return (call.method, call.target, call.body) in self._sent

    def writes(self) -> list[Call]:
        return [call for call in self.wire.calls if self.is_write(call)]

    def makes_vendor(self, call: Call) -> bool:
        with self._lock:
            return (call.method, call.target, call.body) in self._of_vendors

    def vendors_made(self) -> int:
        return sum(1 for call in self.wire.calls if self.makes_vendor(call))

    def _notice(self, draft: Draft) -> None:
        is_document = any(document.key.part is not Part.VENDOR for document in draft.documents)
        with self._lock:
            kept = self._sent if is_document else self._of_vendors
            kept.add((draft.request.method, draft.request.target, draft.request.body))

    def record(self, entry: str = "e-1", **changes: Any) -> Record:
        """The sample under another entry, with these changes."""
        return replace(self.kit.sample, entry=entry, book_id=f"BOOK-{entry}", **changes)

    def records(self, count: int) -> list[Record]:
        return [self.record(f"e-{place}") for place in range(1, count + 1)]

    def priced(self, entry: str, *amounts: str, currency: str = "") -> Record:
        """The sample with lines of these amounts, all of its own account and without tax."""
        code, (line, *_) = currency or self.kit.sample.amount.currency, self.kit.sample.lines
        lines = tuple(
            replace(line, id=f"line-{place}", amount=Money(Decimal(amount), code), tax=None)
            for place, amount in enumerate(amounts, 1)
        )
        return self.record(entry, amount=Money(sum(map(Decimal, amounts), Decimal(0)), code), lines=lines)

    def booked_on(self, entry: str, account: Account | None) -> Record:
        return self.record(entry, lines=tuple(replace(line, account=account) for line in self.kit.sample.lines))

    def written(self, entries: int = 1) -> Sequence[Written]:
        """The documents in the books, which must be so many."""
        self.is_quiet()
        found = self.customer.written()
        if len(found) != entries:
            raise Failed(f"The books have {_documents(len(found))} for {_entries(entries)}.")
        return found

    def receipt(self, entry: str, body: bytes = PDF, place: int = 1) -> Attachment:
        return Attachment(entry, place, "pdf", "application/pdf", body)


def nothing_to_find(kit: TargetKit) -> str:
    """Why a check cannot apply that ends with a look-up."""
    return "" if kit.connector.idempotency.can_be_found else "Nothing can be found there again; a person looks."


@contextmanager
def target_bench(kit: TargetKit) -> Iterator[TargetBench]:
    with kit.books() as books, Wire(books.url) as wire, _closing(TargetBench(kit, books, wire)) as bench:
        yield bench


@contextmanager
def source_bench(kit: SourceKit) -> Iterator[SourceBench]:
    with kit.exporter() as exporter, Wire(exporter.url) as wire, _closing(SourceBench(kit, exporter, wire)) as bench:
        yield bench


BenchT = TypeVar("BenchT", bound=Bench[Any])


@contextmanager
def _closing(bench: BenchT) -> Iterator[BenchT]:
    try:
        yield bench
        bench.is_quiet()
    except Exception:
        bench.is_quiet()
        raise
    finally:
        for client in bench.clients:
            client.close()


def _documents(count: int) -> str:
    return "no document" if not count else f"{count} document{'s' * (count > 1)}"


def _entries(count: int) -> str:
    return "no entry" if not count else "one entry" if count == 1 else f"{count} entries"
