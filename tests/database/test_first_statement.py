"""Who acts is said along with the first statement of an outermost block, whatever that is: no trip of its own."""

from contextlib import suppress

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from database.acting import across_tenants, acting_for
from jobs.models import Run
from tests.factories import RunFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ours(transactional_db: None) -> Run:
    return RunFactory.create()


@pytest.fixture
def theirs(transactional_db: None) -> Run:
    return RunFactory.create()


def test_one_query_is_one_statement(ours: Run, theirs: Run) -> None:
    with CaptureQueriesContext(connection) as asked, acting_for(ours.tenant_id):
        assert [run.pk for run in Run.objects.all()] == [ours.pk]
    assert len([one for one in asked if "jobs_run" in one["sql"]]) == 1
    assert len([one for one in asked if "set_config" in one["sql"]]) == 1


def test_rows_that_come_bit_by_bit(ours: Run, theirs: Run) -> None:
    with acting_for(ours.tenant_id):
        assert [run.pk for run in Run.objects.iterator(chunk_size=1)] == [ours.pk]


def test_many_statements(ours: Run, theirs: Run) -> None:
    with acting_for(ours.tenant_id), connection.cursor() as cursor:
        cursor.executemany("update jobs_run set remark = %s", [["one"], ["two"]])
    with across_tenants("the test looks at both"):
        assert dict(Run.objects.values_list("pk", "remark")) == {ours.pk: "two", theirs.pk: ""}


def test_a_savepoint_that_is_rolled_back(ours: Run, theirs: Run) -> None:
    with acting_for(ours.tenant_id):
        with suppress(ZeroDivisionError), transaction.atomic():
            raise ZeroDivisionError
        assert Run.objects.count() == 1


def test_a_block_within(ours: Run, theirs: Run) -> None:
    with acting_for(ours.tenant_id):
        with acting_for(theirs.tenant_id):
            assert Run.objects.get() == theirs
        assert Run.objects.get() == ours


def test_an_update_tells_how_many(ours: Run, theirs: Run) -> None:
    with acting_for(ours.tenant_id):
        assert Run.objects.update(remark="mine") == 1


def test_after_the_block_nobody_acts(ours: Run, theirs: Run) -> None:
    with acting_for(ours.tenant_id):
        pass
    with pytest.raises(ProgrammingError, match="no tenant is set"):
        list(Run.objects.all())
