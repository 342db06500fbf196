"""Items and export items: outcomes, pages, payloads, receipts."""

from typing import Any

import pytest

from connectors.pleo.sandbox import PleoSandbox
from connectors.pleo.sandbox.reasons import ITEM_REASONS, JOB_REASONS
from connectors.pleo.sandbox.tests.app import App, refusal

CLOSED = (422, "EXPORT_JOB_STATUS_UNPROCESSABLE")


def test_outcomes_are_kept_and_shown(app: App) -> None:
    job = app.export(2)
    first, second = app.entries(job)
    told: list[dict[str, Any]] = [
        {
            "accountingEntryId": first,
            "status": "successful",
            "exportedAt": "2026-03-02T09:05:11Z",
            "externalId": "B-1",
            "externalUrl": "https://erp.example/B-1",
        },
        {
            "accountingEntryId": second,
            "status": "failed",
            "failureReason": "No such tax",
            "failureReasonType": "tax_code_unknown",
        },
    ]
    answered = app.report(job, *told)
    assert (answered.status_code, answered.json()["errors"]) == (200, [])
    for shown in (answered.json()["data"], app.get(f"/v3/export-jobs/{job}/items").json()["data"]):
        assert [{name: item[name] for name in one} for item, one in zip(shown, told, strict=True)] == told
        assert {item["exportJobId"] for item in shown} == {job}
    assert set(answered.json()["data"][0]) == {
        *("accountingEntryId", "exportJobId", "status", "exportedAt", "externalId"),
        *("externalUrl", "failureReason", "failureReasonType"),
    }


def test_items_can_be_filtered_by_status(app: App) -> None:
    job = app.export(3)
    app.report(job, {"accountingEntryId": app.entries(job)[1], "status": "in_progress"})
    found = app.get(f"/v3/export-jobs/{job}/items", status="in_progress").json()["data"]
    assert [item["accountingEntryId"] for item in found] == [app.entries(job)[1]]
    assert app.get(f"/v3/export-jobs/{job}/items", status="done").status_code == 400


def test_one_refused_item_does_not_refuse_the_others(app: App, pleo: PleoSandbox) -> None:
    old = app.export(1)
    stranger = app.entries(old)[0]
    app.event(old, "failed")
    fresh = pleo.add_entries(app.company, 1, "plain/2")
    job = str(pleo.export(app.company, fresh)["id"])
    answered = app.report(
        job,
        {"accountingEntryId": stranger, "status": "successful"},
        {"accountingEntryId": fresh[0], "status": "successful"},
    ).json()
    assert [item["accountingEntryId"] for item in answered["data"]] == fresh
    assert [(error["accountingEntryId"], error["type"]) for error in answered["errors"]] == [
        (stranger, "ACCOUNTING_ENTRY_DOES_NOT_EXIST")
    ]
    assert answered["errors"][0]["message"]


def test_an_outcome_may_be_told_twice_and_success_is_not_taken_back(app: App, pleo: PleoSandbox) -> None:
    job = app.export(1)
    (entry,) = app.entries(job)
    for _ in range(2):
        told = app.report(job, {"accountingEntryId": entry, "status": "successful", "externalId": "B-1"})
        assert told.json()["errors"] == []
    for status in ("failed", "pending", "abandoned"):
        refused = app.report(job, {"accountingEntryId": entry, "status": status}).json()
        assert refused["errors"][0]["type"] == "EXPORT_ENTRY_STATUS_UPDATE_FAILED"
    assert pleo.items(job)[0]["history"] == ["pending", "successful", "successful"]


@pytest.mark.parametrize("final", ["successful", "failed"])
def test_an_item_has_one_final_status(app: App, final: str) -> None:
    job = app.export(1)
    (entry,) = app.entries(job)
    for status in ("in_progress", "pending", "in_progress", final, final):
        assert app.report(job, {"accountingEntryId": entry, "status": status}).json()["errors"] == []
    for status in {"in_progress", "pending", "successful", "failed", "abandoned"} - {final}:
        refused = app.report(job, {"accountingEntryId": entry, "status": status}).json()
        assert refused["errors"][0]["type"] == "EXPORT_ENTRY_STATUS_UPDATE_FAILED"
        assert refused["data"] == []


def test_an_entry_that_could_not_be_updated_is_told_again(app: App, pleo: PleoSandbox) -> None:
    job = app.export(2)
    first, second = app.entries(job)
    pleo.stubborn.add(first)
    told = [{"accountingEntryId": entry, "status": "successful"} for entry in (first, second)]
    refused = app.report(job, *told).json()
    assert [item["accountingEntryId"] for item in refused["data"]] == [second]
    assert [(one["accountingEntryId"], one["type"]) for one in refused["errors"]] == [
        (first, "ACCOUNTING_ENTRY_UPDATE_FAILED")
    ]
    assert app.report(job, *told).json()["errors"] == []


def test_more_than_a_hundred_at_once_is_413(app: App, pleo: PleoSandbox) -> None:
    job = app.export(101)
    told = [{"accountingEntryId": entry, "status": "successful"} for entry in app.entries(job)]
    assert refusal(app.report(job, *told)) == (413, "EXPORT_JOB_ITEMS_UPDATE_LIMIT")
    assert {item["status"] for item in pleo.items(job)} == {"pending"}
    assert app.report(job, *told[:100]).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "done"},
        {"status": None},
        {"status": "failed", "failureReasonType": "bad_luck"},
        {"status": "failed", "failureReasonType": "job_expired"},
        {"status": "successful", "failureReason": "none"},
        {"status": "successful", "exportedAt": "yesterday"},
        {"status": "successful", "exportedAt": "2026-03-02T09:05:11"},
        {"status": "successful", "externalId": 7},
        {"status": "successful", "colour": "red"},
    ],
)
def test_an_element_that_is_not_in_the_contract_refuses_the_batch(
    app: App, pleo: PleoSandbox, wrong: dict[str, Any]
) -> None:
    job = app.export(2)
    first, second = app.entries(job)
    refused = app.report(
        job, {"accountingEntryId": first, "status": "successful"}, {"accountingEntryId": second, **wrong}
    )
    assert refused.status_code == 400
    assert {item["status"] for item in pleo.items(job)} == {"pending"}


def test_the_body_is_a_bare_array(app: App) -> None:
    job = app.export(1)
    refused = app.put(f"/v3/export-jobs/{job}/items", {"items": []})
    assert refusal(refused) == (400, "JSON_MAPPING_EXCEPTION")


def test_after_the_end_nothing_is_told_and_no_payload_is_read(app: App) -> None:
    job = app.export(1)
    (entry,) = app.entries(job)
    app.event(job, "failed")
    assert refusal(app.report(job, {"accountingEntryId": entry, "status": "successful"})) == CLOSED
    assert refusal(app.get("/v3/export-items", job_id=job)) == CLOSED
    assert app.get(f"/v3/export-jobs/{job}/items").json()["data"][0]["status"] == "abandoned"


def test_payloads_are_read_while_the_job_is_open(app: App) -> None:
    job = app.export(2)
    for _ in range(2):
        data = app.get("/v3/export-items", job_id=job).json()["data"]
        assert [item["accountingEntryId"] for item in data] == app.entries(job)
        app.event(job, "started")
    assert app.get("/v3/export-items").status_code == 400
    assert app.get("/v3/export-items", job_id="x").status_code == 400


def test_all_pages_together_hold_each_item_once(app: App) -> None:
    job = app.export(45)
    pages, query = [], {"limit": "20"}
    while True:
        page = app.get(f"/v3/export-jobs/{job}/items", **query).json()
        pages.append(page)
        if not page["pagination"]["hasNextPage"]:
            break
        query["after"] = page["pagination"]["endCursor"]
    entries = [item["accountingEntryId"] for page in pages for item in page["data"]]
    assert entries == app.entries(job)
    assert [len(page["data"]) for page in pages] == [20, 20, 5]
    assert [page["pagination"]["hasPreviousPage"] for page in pages] == [False, True, True]
    assert {page["pagination"]["total"] for page in pages} == {45}
    back = app.get(f"/v3/export-jobs/{job}/items", before=pages[1]["pagination"]["startCursor"]).json()
    assert back["data"] == pages[0]["data"]


def test_twenty_come_when_no_limit_is_asked_for_and_an_offset_skips(app: App) -> None:
    job = app.export(25)
    first = app.get("/v3/export-items", job_id=job).json()
    assert len(first["data"]) == 20
    assert first["pagination"]["currentRequestPagination"]["parameters"] == {"job_id": [job]}
    rest = app.get("/v3/export-items", job_id=job, offset=20).json()
    assert [item["accountingEntryId"] for item in rest["data"]] == app.entries(job)[20:]


def test_the_newest_come_first_when_asked_for(app: App) -> None:
    job = app.export(3)
    order = {"sorting_keys": "createdAt", "sorting_order": "DESC_NULLS_LAST", "limit": 2}
    first = app.get(f"/v3/export-jobs/{job}/items", **order).json()
    after = first["pagination"]["endCursor"]
    last = app.get(f"/v3/export-jobs/{job}/items", after=after, **order).json()
    found = [item["accountingEntryId"] for page in (first, last) for item in page["data"]]
    assert found == app.entries(job)[::-1]
    assert (first["pagination"]["hasNextPage"], last["pagination"]["hasNextPage"]) == (True, False)


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 101},
        {"limit": -1},
        {"limit": "x"},
        {"offset": -1},
        {"after": "not-a-cursor"},
        {"after": "AAAA"},
        {"after": "GEYTA===", "offset": 1},
        {"after": "GEYTA===", "before": "GEYTA==="},
        {"sorting_keys": "createdAt"},
        {"sorting_keys": "amount", "sorting_order": "ASC"},
        {"sorting_keys": "createdAt", "sorting_order": "UP"},
    ],
)
def test_pages_are_asked_for_properly(app: App, query: dict[str, Any]) -> None:
    refused = app.get("/v3/export-jobs", **query)
    assert refusal(refused) == (400, "PARAMETER_VALIDATION_FAILED")


def test_every_failure_reason_is_of_the_contract() -> None:
    assert (len(ITEM_REASONS), len(JOB_REASONS)) == (18, 15)
