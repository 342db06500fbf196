"""Webhooks: who sent it, what it says, and that the vendor sends it to us."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from connectors.kit.connector import Source
from connectors.kit.errors import ContractBroken
from connectors.kit.records import Event
from connectors.kit.signatures import SignatureRefused
from connectors.kit.testing.benches import SourceBench
from connectors.kit.testing.checking import Checks, Failed, expect

checks: Checks[SourceBench] = Checks()
ADDRESS = "https://localhost:9/hooks/abc"  # nobody answers there


def delivered(bench: SourceBench) -> tuple[Source, str, Mapping[str, str], bytes, str]:
    """A connector, our secret, a delivery signed with it, and the job that it is about."""
    source: Source = bench.connector()
    secret = source.subscribe(ADDRESS).secret
    job = bench.customer.export(1)
    headers, body = bench.customer.deliver(job, secret)
    return source, secret, headers, body, job


@checks
def delivery_is_verified(bench: SourceBench) -> None:
    """A delivery that the vendor signed is taken, by any secret that is active, and has the same id each time.
    Compare in constant time; `connectors/kit/signatures.py` does Standard Webhooks.
    """
    source, secret, headers, body, _ = delivered(bench)
    now = datetime.now(UTC)
    first = source.verify_webhook([secret], headers, body, now)
    other = source.subscribe(ADDRESS, renew=True).secret
    second = source.verify_webhook([other, secret], headers, body, now)
    expect(first and first == second, f"The delivery's id is {first!r}, then {second!r}.")


@checks
def forged_delivery_is_refused(bench: SourceBench) -> None:
    """A delivery that was changed, is old, comes from the future, or lacks a header is refused, and crashes nothing.
    Raise SignatureRefused for every one of them; headers are whatever a stranger sends.
    """
    source, secret, headers, body, _ = delivered(bench)
    now, day = datetime.now(UTC), timedelta(days=1)
    _is_refused(source, secret, headers, body + b" ", now, "with another body")
    _is_refused(source, secret, headers, body, now + day, "a day later")
    _is_refused(source, secret, headers, body, now - day, "from a day ahead")
    _is_refused(source, "", headers, body, now, "without a secret of ours")
    for name in headers:
        kept = {key: value for key, value in headers.items() if key != name}
        if name not in {"content-type", "user-agent"}:
            _is_refused(source, secret, kept, body, now, f"without {name}")
            for odd in ("", "💥", "v1", "v1,", "\x00", "9" * 400, ", , ,"):
                _is_refused(source, secret, {**headers, name: odd}, body, now, f"with {name} {odd!r}")


def _is_refused(
    source: Source, secret: str, headers: Mapping[str, str], body: bytes, now: datetime, how: str
) -> None:
    try:
        source.verify_webhook([secret] if secret else [], headers, body, now)
    except SignatureRefused:
        return
    raise Failed(f"The delivery was taken {how}.")


@checks
def event_says_whose_it_is(bench: SourceBench) -> None:
    """A new job's event names the job and its company.
    The engine looks the job up; the event is a hint and nothing more.
    """
    source, _, _, body, job = delivered(bench)
    event = source.read_webhook(body)
    expect(event.kind == "job.created", f"Its kind is {event.kind!r}.")
    expect(event.company_id == bench.customer.company, f"Its company is {event.company_id!r}.")
    expect(event.subject_id == job, f"Its job is {event.subject_id!r}, not {job!r}.")


@checks
def unreadable_event_is_broken(bench: SourceBench) -> None:
    """A body that cannot be read is ContractBroken, and crashes nothing.
    Let `exact_json.loads` read it, and check the shape.
    """
    for body in (b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"{}", b'{"data": []}', b"9" * 9, b"[" * 5000):
        _read(bench.connector(), body)


def _read(source: Source, body: bytes) -> Event | None:
    try:
        return source.read_webhook(body)
    except ContractBroken:
        return None


@checks
def subscription_is_made_once(bench: SourceBench) -> None:
    """Asked twice, the vendor tells our address once; a renewed secret is another one.
    Look at the vendor's subscriptions first, and take those that are known for what they are.
    """
    source: Source = bench.connector()
    first = source.subscribe(ADDRESS)
    again = source.subscribe(ADDRESS, known=[first.id])
    expect(again.id == first.id, "It was subscribed twice.")
    expect(not again.mended, f"Nothing was wrong, and it says: {again.mended}")
    renewed = source.subscribe(ADDRESS, known=[first.id], renew=True)
    expect(renewed.secret != first.secret, "The renewed secret is the old one.")
    expect(first.secret not in repr(first), "The secret is printed.")
