"""Lists come in pages; whoever follows the cursors sees each row once, also where many share a moment."""

import base64
import json
from datetime import UTC, datetime

import pytest

from database.acting import across_tenants, acting_for
from incidents.models import Incident
from tests.api.conftest import Make, Program
from tests.factories import ExportJobFactory, IncidentFactory, RecordFactory, TenantFactory

pytestmark = pytest.mark.django_db


def walk(program: Program, path: str, limit: int) -> list[str]:
    seen, cursor, joint = [], "", "&" if "?" in path else "?"
    while True:
        page = program.read(f"{path}{joint}limit={limit}{cursor}")
        assert len(page["data"]) <= limit
        seen += [row["id"] for row in page["data"]]
        if page["next_cursor"] is None:
            return seen
        cursor = f"&cursor={page['next_cursor']}"


def test_rows_of_one_moment_are_each_seen_once(program: Make) -> None:
    tenant = TenantFactory.create()
    made = {str(IncidentFactory.create(tenant=tenant).pk) for _ in range(23)}
    with acting_for(tenant.pk):
        Incident.objects.update(opened_at=datetime(2026, 11, 25, tzinfo=UTC))

    seen = walk(program(tenant=tenant), "incidents", 5)
    assert len(seen) == 23
    assert set(seen) == made


def test_the_newest_come_first_and_new_ones_do_not_move_a_page(program: Make) -> None:
    tenant = TenantFactory.create()
    jobs = [ExportJobFactory.create(tenant=tenant) for _ in range(4)]
    ours = program(tenant=tenant)
    first = ours.read("export-jobs?limit=2")
    ExportJobFactory.create(tenant=tenant)
    second = ours.read(f"export-jobs?limit=2&cursor={first['next_cursor']}")

    assert len({row["id"] for row in first["data"] + second["data"]}) == 4
    assert {row["id"] for row in first["data"] + second["data"]} == {str(job.pk) for job in jobs}


def test_records_are_walked_in_their_order(program: Make) -> None:
    job = ExportJobFactory.create()
    made = [str(RecordFactory.create(tenant=job.tenant, job=job, position=n).pk) for n in range(7)]
    assert walk(program(), f"export-jobs/{job.pk}/records", 3) == made


def test_a_full_last_page_has_no_next(program: Make) -> None:
    tenant = TenantFactory.create()
    for _ in range(4):
        IncidentFactory.create(tenant=tenant)
    assert walk(program(tenant=tenant), "incidents?state=open", 2)
    assert program(tenant=tenant).read("incidents?limit=4")["next_cursor"] is None


def made_up(*place: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        *("", "x", "!", "a" * 400, "\u00e9", made_up(), made_up(1), made_up("2026-11-25", "x"), made_up(None, None)),
        *(made_up({}, []), made_up("9999-99-99", "x")),
        base64.urlsafe_b64encode(b"[" * 200).decode(),
    ],
)
def test_a_cursor_that_no_list_has_given_is_told(program: Make, cursor: str) -> None:
    answer = program().call("GET", f"incidents?cursor={cursor}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_cursor")


def test_a_cursor_of_records_holds_a_number_that_fits(program: Make) -> None:
    job = ExportJobFactory.create()
    huge = made_up(10**30, "0" * 8 + "-0000-0000-0000-" + "0" * 12)
    assert program().call("GET", f"export-jobs/{job.pk}/records?cursor={huge}").status_code == 400


def test_progress_is_counted_for_each_job(program: Make) -> None:
    job = ExportJobFactory.create()
    for _ in range(3):
        RecordFactory.create(tenant=job.tenant, job=job)
    with across_tenants("a test asks as the partner"):
        told = program().read(f"export-jobs/{job.pk}")
    assert (told["fetched"], told["decided"], told["failed"]) == (3, 0, 0)
