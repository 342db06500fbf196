"""A word of a person in every column of a tenant that could hold one, and a search for it through the database."""

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection
from django.db.models import BinaryField, CharField, JSONField, TextField
from django.utils import timezone
from psycopg import Connection
from psycopg.sql import SQL, Composed, Identifier, Literal

from connections import flows
from connections.models import Certificate, Revocation
from database.acting import acting_for
from exports.models import Discrepancy, FinalEvent, Posting, Receipt, ReceiptState, Reconciliation, ReferenceData
from jobs.models import Schedule
from jobs.services import weigh
from leaving.fates import FATES, Fate
from tenants.models import Tenant
from tests.admin.conftest import Books, make_books
from tests.database_fixture import as_owner

WORD = "Quillfeather"
PLANTED = sorted(label for label, line in FATES.items() if line.fate == Fate.ERASED and line.tenant == "tenant_id")
SHORTEST = 30  # columns that are shorter hold codes


def a_house() -> Books:
    """A tenant with rows of every kind, a stored receipt among them."""
    books = make_books()
    tenant, job = books.job.tenant, books.job
    flows.begin(books.connection, browser="browser", return_to="/back/")
    with acting_for(tenant.pk):
        reconciliation = Reconciliation.objects.create(
            tenant=tenant, installation=job.installation, run_id=uuid4(), since=timezone.now()
        )
        Discrepancy.objects.create(tenant=tenant, posting=books.postings[0], reconciliation=reconciliation)
        FinalEvent.objects.create(tenant=tenant, job=job, state="completed_successful")
        ReferenceData.objects.create(tenant=tenant, books="books", digest="d", content="{}")
        Revocation.objects.create(
            tenant=tenant,
            connection=books.connection,
            authorisation=books.connection.authorisation,
            asked_at=timezone.now(),
        )
        Certificate.objects.create(
            tenant=tenant, connection=books.connection, pem="a certificate", expires_at=timezone.now()
        )
        Schedule.objects.create(
            tenant=tenant,
            kind="poll",
            subject_id=uuid4(),
            every=timedelta(hours=1),
            next_at=timezone.now() + timedelta(days=999),
        )
        Receipt.objects.create(
            tenant=tenant, record=books.records[0], place=0, file=_file(tenant), state=ReceiptState.STORED
        )
        Posting.objects.filter(pk=books.postings[0].pk).update(needs=books.postings[1])
        weigh(tenant, 2, actor="user:0")
    return books


def _file(tenant: Tenant) -> str:
    return storages["receipts"].save(f"{tenant.pk}/{uuid4()}.pdf", ContentFile(WORD.encode()))


def plant(tenant_id: UUID) -> None:
    """As the owner and past every trigger: what a column may hold at all, not what is written there today. What is
    kept is left to the code that writes it."""
    with _owner() as owner:
        for label in PLANTED:
            table = Identifier(apps.get_model(label)._meta.db_table)
            owner.execute(SQL("alter table {} disable trigger user").format(table))
            for column, value in values(label):
                change = SQL("update {} set {} = {} where tenant_id = %s")
                owner.execute(change.format(table, Identifier(column), value), [str(tenant_id)])
            owner.execute(SQL("alter table {} enable trigger user").format(table))
        owner.execute("update tenants_tenant set name = %s where id = %s", [f"{WORD} Ltd", str(tenant_id)])


def values(label: str) -> Iterator[tuple[str, Composed]]:
    """Columns, and what is put there."""
    for column in apps.get_model(label)._meta.local_fields:
        assert column.column
        name = Identifier(column.column)
        if column.choices or column.name == "file" or column.name.startswith("sealed_"):
            continue
        if isinstance(column, JSONField):
            yield column.column, SQL("jsonb_build_object('of', {})").format(Literal(WORD))
        elif isinstance(column, BinaryField):
            yield column.column, SQL("convert_to({}, 'utf8')").format(Literal(WORD))
        elif isinstance(column, CharField | TextField) and (column.max_length or 999) >= SHORTEST:
            yield (
                column.column,
                SQL("left({} || {}, {})").format(Literal(f"{WORD} "), name, Literal(column.max_length or 999)),
            )


def found() -> list[str]:
    """The tables with a row that says the word, in text, JSON or bytes."""
    return [
        table
        for table in _tables()
        for text in _rows(table)
        if WORD.lower() in text.lower() or WORD.encode().hex() in text
    ]


def tables_with_rows_of(tenant_id: UUID) -> set[str]:
    """Where its id is still said."""
    return {table for table in _tables() for text in _rows(table) if str(tenant_id) in text}


def prints_of(tenant_id: UUID) -> dict[str, str]:
    """What a tenant has, by table: the same print, the same rows."""
    prints = {}
    for table in _tables():
        rows = sorted(text for text in _rows(table) if str(tenant_id) in text)
        prints[table] = sha256("\n".join(rows).encode()).hexdigest()
    return prints


def _tables() -> list[str]:
    return [
        row[0]
        for row in _ask(
            SQL("""select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
                   where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition order by 1""")
        )
    ]


def _rows(table: str) -> list[str]:
    return [row[0] for row in _ask(SQL("select to_jsonb(t)::text from {} t").format(Identifier(table)))]


def _ask(question: SQL | Composed) -> list[tuple[Any, ...]]:
    with _owner() as owner:
        return list(owner.execute(question))


def _owner() -> Connection:
    return as_owner(str(connection.settings_dict["NAME"]))
