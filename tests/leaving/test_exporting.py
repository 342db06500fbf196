"""All that is kept of a customer in one zip, without what lets somebody in; its size costs no memory."""

import json
import tracemalloc
from io import BytesIO
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest

from database.acting import across_tenants, acting_for
from exports.models import Record
from leaving import exporting, fates
from leaving.fates import FATES
from tests.admin.conftest import SECRETS
from tests.factories import RecordFactory
from tests.leaving import planting
from tests.leaving.conftest import House

MEGABYTE = 1 << 20


def opened(tenant_id: UUID) -> ZipFile:
    file = ZipFile(BytesIO(b"".join(exporting.pieces(tenant_id))))
    assert file.testzip() is None
    return file


def rows(file: ZipFile, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read(name).decode().splitlines()]


def test_every_row_of_every_kind_is_in_it(theirs: House, ours: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "ROWS", 2)
    theirs.leave()

    file = opened(theirs.pk)

    for label in FATES:
        with across_tenants("a test counts"):
            there = sorted(str(pk) for pk in fates.rows_of(label, theirs.pk).values_list("pk", flat=True))
        assert sorted(row["id"] for row in rows(file, f"{label.replace('.', '/')}.jsonl")) == there, label
    assert "exports/record.jsonl: 3" in file.read("README.txt").decode()


def test_every_word_that_is_theirs_is_in_it(theirs: House) -> None:
    """What the erasure would take: each column of each kind of row."""
    planting.plant(theirs.pk)

    file = opened(theirs.pk)

    for label in planting.PLANTED:
        name = f"{label.replace('.', '/')}.jsonl"
        for column, _value in planting.values(label):
            if column.endswith("_hash"):  # it would let somebody in
                continue
            assert all(planting.WORD in json.dumps(row[column]) for row in rows(file, name)), (label, column)


def test_nothing_that_lets_somebody_in_is_in_it(theirs: House) -> None:
    file = opened(theirs.pk)
    text = "".join(file.read(name).decode() for name in file.namelist())

    assert not [secret for secret in SECRETS if secret in text]
    named = {column for name in file.namelist() if name.endswith("l") for row in rows(file, name) for column in row}
    assert not [name for name in named if "sealed" in name or "hash" in name or "password" in name]


def test_nothing_of_another_customer_is_in_it(theirs: House, ours: House) -> None:
    file = opened(theirs.pk)
    assert not [name for name in file.namelist() if str(ours.pk) in file.read(name).decode()]


def test_members_are_in_it_by_name(theirs: House) -> None:
    with acting_for(theirs.pk):
        address = fates.rows_of("tenants.membership", theirs.pk).values_list("user__email", flat=True).get()
    assert [row["email"] for row in rows(opened(theirs.pk), exporting.PEOPLE)] == [address]


def test_its_size_costs_no_memory(theirs: House) -> None:
    with acting_for(theirs.pk):
        first = Record.objects.order_by("position").first()
        assert first
        RecordFactory.create_batch(600, tenant=theirs.tenant, job=first.job, payload="x" * 100_000)

    tracemalloc.start()
    sent = sum(len(piece) for piece in exporting.pieces(theirs.pk))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert sent > 0
    assert peak < 35 * MEGABYTE  # sixty of text went through


def test_a_leaving_knows_that_its_data_was_taken(theirs: House) -> None:
    theirs.leave()
    opened(theirs.pk)
    assert theirs.leaving.exported_at
