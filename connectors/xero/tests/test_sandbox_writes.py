"""What holds for every write alike: replays, both refusals of a batch, budgets, scopes, lists, other eyes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import requests

from connectors.xero.sandbox import HARBOUR, NORDWIND, Limits
from connectors.xero.tests.app_in_xero import AppInXero

Make = Callable[[AppInXero], dict[str, Any]]
#: Plural, collection, id, granular scope, a good one.
KINDS: list[tuple[str, str, str, str, Make]] = [
    ("Invoices", "bills", "InvoiceID", "invoices", lambda app: app.bill()),
    ("CreditNotes", "credit_notes", "CreditNoteID", "invoices", lambda app: app.credit_note()),
    ("BankTransactions", "bank_transactions", "BankTransactionID", "banktransactions", lambda app: app.spend()),
    ("ManualJournals", "journals", "ManualJournalID", "manualjournals", lambda app: app.journal()),
    ("Payments", "payments", "PaymentID", "payments", lambda app: app.payment(app.approved(), Amount=1)),
]
BAD = {
    "Invoices": {"Url": "nowhere"},
    "CreditNotes": {"CreditNoteNumber": "Ü"},
    "BankTransactions": {"BankAccount": {}},
    "ManualJournals": {"Narration": ""},
    "Payments": {"Amount": 0},
}
every_kind = pytest.mark.parametrize("kind", KINDS, ids=[kind[0] for kind in KINDS])


def put(app: AppInXero, plural: str, body: Any, key: str = "k1", method: str = "PUT") -> requests.Response:
    return app.call(method, f"/{plural}", {plural: [body]}, headers={"Idempotency-Key": key})


@every_kind
def test_a_replay_is_the_same_bytes_and_writes_nothing(nordwind: AppInXero, kind: Any) -> None:
    plural, collection, _, _, make = kind
    body = make(nordwind)
    first = put(nordwind, plural, body)
    assert put(nordwind, plural, body).content == first.content
    assert len(nordwind.sandbox.written(collection, NORDWIND)) == 1


@every_kind
def test_a_key_with_another_body_or_method_is_refused(nordwind: AppInXero, kind: Any) -> None:
    plural, collection, _, _, make = kind
    body = make(nordwind)
    put(nordwind, plural, body)
    for answer in (
        put(nordwind, plural, body | {"Status": "AUTHORISED"}),
        put(nordwind, plural, body, method="POST"),
    ):
        assert answer.status_code == 400
        assert answer.json()["Message"] == "Idempotency Key: k1 is used with a different request."
    assert len(nordwind.sandbox.written(collection, NORDWIND)) == 1


@every_kind
def test_after_six_minutes_a_second_one_is_made(nordwind: AppInXero, kind: Any) -> None:
    plural, collection, _, _, make = kind
    body = make(nordwind)
    put(nordwind, plural, body)
    nordwind.sandbox.clock.advance(361)
    put(nordwind, plural, body)
    assert len(nordwind.sandbox.written(collection, NORDWIND)) == 2


@every_kind
@pytest.mark.parametrize(("after", "written"), [(False, 0), (True, 1)])
def test_a_500_is_replayed_too(nordwind: AppInXero, kind: Any, after: bool, written: int) -> None:
    plural, collection, _, _, make = kind
    body = make(nordwind)
    nordwind.sandbox.errors_due.append(after)
    assert [put(nordwind, plural, body).status_code for _ in range(2)] == [500, 500]
    assert len(nordwind.sandbox.written(collection, NORDWIND)) == written


@every_kind
def test_a_refusal_is_replayed_though_the_reason_is_gone(nordwind: AppInXero, kind: Any) -> None:
    plural, collection, _, _, make = kind
    body = make(nordwind)
    nordwind.sandbox.change_organisation(NORDWIND, PeriodLockDate="2026-12-31")
    first = put(nordwind, plural, body)
    assert (first.status_code, first.json()["ErrorNumber"]) == (400, 10)
    nordwind.sandbox.change_organisation(NORDWIND, PeriodLockDate="")
    assert put(nordwind, plural, body).content == first.content
    assert put(nordwind, plural, body, "k2").status_code == 200
    assert len(nordwind.sandbox.written(collection, NORDWIND)) == 1


@every_kind
def test_a_batch_is_judged_one_by_one_or_refused_as_a_whole(nordwind: AppInXero, kind: Any) -> None:
    plural, collection, key, _, make = kind
    good = make(nordwind)
    batch = {plural: [good, good | BAD[plural], good]}
    whole = nordwind.call("PUT", f"/{plural}", batch)
    assert (whole.status_code, len(whole.json()["Elements"])) == (400, 1)
    assert nordwind.sandbox.written(collection, NORDWIND) == []
    judged = nordwind.call("PUT", f"/{plural}?summarizeErrors=false", batch).json()[plural]
    assert [bool(one.get("ValidationErrors")) for one in judged] == [False, True, False]
    assert judged[1][key] == "00000000-0000-0000-0000-000000000000"
    assert len(nordwind.sandbox.written(collection, NORDWIND)) == 2


@every_kind
def test_each_write_costs_a_call_of_the_minute(nordwind: AppInXero, kind: Any) -> None:
    plural, collection, _, _, make = kind
    body = make(nordwind)
    nordwind.sandbox.limits = Limits(minute=0)
    answer = put(nordwind, plural, body)
    assert (answer.status_code, answer.headers["X-Rate-Limit-Problem"]) == (429, "minute")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    nordwind.sandbox.limits = Limits(concurrent=1)
    with nordwind.sandbox.budget.flight(NORDWIND):
        crowded = put(nordwind, plural, body)
    assert (crowded.status_code, crowded.headers["X-Rate-Limit-Problem"]) == (429, "concurrent")
    assert "Retry-After" not in crowded.headers
    assert nordwind.sandbox.written(collection, NORDWIND) == []
    nordwind.sandbox.limits = Limits()
    assert put(nordwind, plural, body).status_code == 200  # a 429 is not remembered by its key


@every_kind
@pytest.mark.parametrize("broad", [False, True])
def test_each_kind_has_its_scope_and_the_broad_one_covers_all(nordwind: AppInXero, kind: Any, broad: bool) -> None:
    plural, _, _, scope, make = kind
    body = make(nordwind)
    name = "accounting.transactions" if broad else f"accounting.{scope}"
    nordwind.connect("All organisations", scope="accounting.contacts")
    assert put(nordwind, plural, body).status_code == 401
    nordwind.connect("All organisations", scope=f"{name}.read")
    assert nordwind.call("GET", f"/{plural}").status_code == 200
    assert put(nordwind, plural, body).status_code == 401
    nordwind.connect("All organisations", scope=name)
    assert put(nordwind, plural, body).status_code == 200


@every_kind
def test_another_organisation_neither_sees_nor_changes_it(nordwind: AppInXero, harbour: AppInXero, kind: Any) -> None:
    plural, _, key, _, make = kind
    [made] = nordwind.send(plural, make(nordwind))
    assert harbour.call("GET", f"/{plural}/{made[key]}").status_code == 404
    assert harbour.call("POST", f"/{plural}/{made[key]}", {"Status": "DELETED"}).status_code == 404
    assert harbour.read(f"/{plural}")[plural] == []
    answer = nordwind.call("GET", f"/{plural}", headers={"xero-tenant-id": HARBOUR})
    assert answer.status_code == 403


@every_kind
def test_what_changed_since_a_moment_is_asked_in_pages(nordwind: AppInXero, kind: Any) -> None:
    plural, _, key, _, make = kind
    nordwind.send(plural, make(nordwind))
    nordwind.sandbox.clock.advance(100)
    since = (nordwind.sandbox.clock.now() - timedelta(seconds=50)).strftime("%Y-%m-%dT%H:%M:%S")
    [made] = nordwind.send(plural, make(nordwind))
    found = nordwind.read(f"/{plural}", {"If-Modified-Since": since}, page="1", pageSize="1000")
    assert [one[key] for one in found[plural]] == [made[key]]
    assert nordwind.read(f"/{plural}", page="2", pageSize="1")["pagination"]["page"] == 2


@every_kind
def test_xml_is_the_answer_to_who_does_not_ask_for_json(nordwind: AppInXero, kind: Any) -> None:
    plural, _, _, _, make = kind
    nordwind.send(plural, make(nordwind))
    answer = nordwind.call("GET", f"/{plural}", headers={"Accept": "*/*"})
    assert answer.headers["Content-Type"].startswith("text/xml")


@every_kind
def test_a_slow_filter_over_many_documents_is_refused(nordwind: AppInXero, kind: Any) -> None:
    plural, _, _, _, make = kind
    nordwind.send(plural, make(nordwind), make(nordwind))
    nordwind.sandbox.switch(high_volume=1)
    slow = {"where": "UpdatedDateUTC>DateTime(2020,01,01)"}
    answer = nordwind.call("GET", f"/{plural}", params=slow)
    assert (answer.status_code, answer.json()["ErrorNumber"], answer.json()["Type"]) == (
        400,
        51,
        "HighVolumeException",
    )
    quick = {"where": f"{slow['where']} AND Date>DateTime(2020,01,01)"}
    assert nordwind.call("GET", f"/{plural}", params=quick).status_code == 200
