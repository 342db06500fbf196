"""No token, signed address or webhook secret leaves by way of an exchange, a payload or a representation."""

import io
from urllib.parse import urlsplit

from connectors.kit import exact_json
from connectors.kit.connector import Environment, Source
from connectors.kit.records import FileLink
from connectors.kit.testing.benches import SourceBench
from connectors.kit.testing.checking import Checks, Failed, expect
from connectors.kit.testing.source.hooks import ADDRESS
from connectors.kit.testing.source.listing import exported, records_of
from connectors.kit.testing.source.telling import begun, success

checks: Checks[SourceBench] = Checks()


def links(bench: SourceBench, source: Source) -> list[FileLink]:
    """Addresses of files in a fresh job; none of them may be read in its payloads."""
    _, job = exported(bench, 20)
    fetched = [one for page in source.records(job) for one in page]
    found = [link for one in fetched for link in one.files if link.address]
    payloads = " ".join(exact_json.dumps(one.payload) for one in fetched)
    for link in found:
        expect(link.address not in payloads, "A payload has the signed address of a file in it.")
        expect(link.address not in repr(fetched), "A signed address is printed with its record.")
    return found


@checks
def signed_addresses_are_hidden(bench: SourceBench) -> None:
    """The signed address of a file stands beside the payload, and in no exchange.
    Take it out of the payload in `records`, and give it as a FileLink.
    """
    source: Source = bench.connector()
    found = links(bench, source)
    if not found:
        raise Failed("No entry of the export has a file; let the fake give some.")
    queries = {urlsplit(link.address).query for link in found} - {""}
    for exchange in bench.recorder.exchanges:
        expect(not any(query in repr(exchange) for query in queries), "An exchange shows a signed address.")


@checks
def files_can_be_fetched(bench: SourceBench) -> None:
    """A file is fetched from its signed address, at a host that the connector names, without our token.
    Name the vendor's file hosts in `file_hosts`.
    """
    source: Source = bench.connector()
    suffixes = source.file_hosts.get(Environment.SANDBOX, ("localhost",))
    found = links(bench, source)
    if not found:
        raise Failed("No entry of the export has a file; let the fake give some.")
    got = io.BytesIO()
    source.client.download(found[0].address, got, suffixes=suffixes, at_most=50_000_000)
    expect(got.getvalue(), "The file is empty.")


@checks
def no_secret_is_shown(bench: SourceBench) -> None:
    """Neither exchanges nor representations show a token or a webhook secret.
    Put tokens nowhere but into the client's own header; mark secrets with `repr=False`.
    """
    source, job, entries = begun(bench)
    records_of(source, job)
    bench.customer.expire()
    source.report(job, [success(entries[0])])
    secret = source.subscribe(ADDRESS).secret
    shown = f"{bench.recorder.exchanges!r} {source!r} {vars(source)!r}"
    for one in (*bench.customer.tokens().given, secret):
        expect(one not in shown, "A secret can be read in an exchange or a representation.")
    addresses = " ".join(call.target for call in bench.wire.calls)
    expect(not any(token in addresses for token in bench.customer.tokens().given), "A token stands in an address.")
