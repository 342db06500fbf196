"""The inbox as staff see it: found by what they know, shown whatever its bytes are, replayed after a preview."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.http import urlencode

from database.acting import across_tenants, acting_for
from exports.models import ExportJob
from incidents.models import Incident
from jobs.models import Trigger, TriggerKind
from retention.models import Round
from tests.admin.conftest import Books, colleague_with, fresh, list_of, make_books, now, page_of, trail
from tests.cast import Visitor
from tests.factories import IncidentFactory
from webhooks import processing
from webhooks.admin.bodies import bytewise, readable, visible
from webhooks.models import Delivery, DeliveryBody, DeliveryState

pytestmark = pytest.mark.django_db

SURE = {"sure": "yes"}


def html(answer: Any) -> str:
    assert answer.status_code == 200
    text: str = answer.content.decode()
    return text


def change(row: Any, **values: Any) -> None:
    with across_tenants("a test changes a row"):
        type(row)._default_manager.filter(pk=row.pk).update(**values)


def tells_of(books: Books, job: str | None = None, *, body: bytes | None = None) -> Delivery:
    """The delivery brings a message about the job of the books, or another one."""
    company = books.job.installation.source.company_id
    told = f'{{"eventType": "v1.export-job.created", "data": {{"id": "{job or books.job.external_id}",'
    written = f'{told} "companyId": "{company}"}}}}'.encode() if body is None else body
    with acting_for(books.job.tenant_id):
        DeliveryBody.objects.filter(delivery_id=books.delivery.pk).update(body=written)
    return books.delivery


def choose(*deliveries: Delivery, **more: Any) -> dict[str, Any]:
    return {"action": "replay_all", "_selected_action": [str(one.pk) for one in deliveries], "index": 0, **more}


def said(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


# Finding


@pytest.fixture
def read(books: Books) -> Delivery:
    change(
        books.delivery,
        event="job.created",
        subject=books.job.external_id,
        company=books.job.installation.source.company_id,
    )
    make_books()  # somebody else's
    row: Delivery = fresh(books.delivery)
    return row


def found(staff: Visitor, query: str) -> list[str]:
    text = html(staff.get(list_of(Delivery, query)))
    with across_tenants("a test looks which of them are shown"):
        return [str(one.pk) for one in Delivery.objects.all() if page_of(one) in text]


@pytest.mark.parametrize(
    "term",
    [
        lambda row, books: row.delivery_id,
        lambda row, books: row.delivery_id[:12],
        lambda row, books: str(row.pk),
        lambda row, books: books.job.external_id,
        lambda row, books: books.job.external_id[:10],
        lambda row, books: row.company,
        lambda row, books: books.job.installation.source.company_name,
        lambda row, books: books.job.tenant.name,
    ],
    ids=[
        "message",
        "message's beginning",
        "our id",
        "job",
        "job's beginning",
        "company",
        "company's name",
        "customer",
    ],
)
def test_a_delivery_is_found_by_what_is_known_of_it(term: Any, staff: Visitor, books: Books, read: Delivery) -> None:
    assert found(staff, f"q={term(read, books)}") == [str(read.pk)]


@pytest.mark.parametrize(
    ("query", "is_there"),
    [
        ("event=job", True),
        ("event=other", False),
        ("event=unread", False),
        ("bodies=several", False),
        ("state__exact=quarantined", True),
        ("state__exact=processed", False),
        ("day=24h", True),
        ("day=2001-01-01", False),
    ],
)
def test_a_list_is_narrowed(query: str, is_there: bool, staff: Visitor, read: Delivery) -> None:
    assert (str(read.pk) in found(staff, query)) is is_there


@pytest.mark.parametrize("term", ["%", "'; --", "\N{SNOWMAN}", "x" * 5000, "_", "\\"])
def test_nonsense_finds_nothing(term: str, staff: Visitor, read: Delivery) -> None:
    assert found(staff, urlencode({"q": term})) == []


def test_a_search_reads_no_table_from_end_to_end(staff: Visitor, read: Delivery) -> None:
    with CaptureQueriesContext(connection) as asked:
        staff.get(list_of(Delivery), {"q": read.delivery_id})
    searched = next(one["sql"] for one in asked if "webhooks_delivery" in one["sql"] and "LIKE" in one["sql"])
    with across_tenants("a test asks for the plan"), connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute("set local enable_indexscan = off")  # by time, which would find few among many late
        cursor.execute(f"explain (costs off) {searched}")
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "Seq Scan on webhooks_delivery" not in plan
    assert all(name in plan for name in ("deliveries_by_id", "deliveries_by_subject"))


# Looking


def stored(body: bytes) -> Any:
    row = DeliveryBody(body=body, headers={})
    row.beginning, row.size = body[: 64 * 1024], len(body)  # type: ignore[attr-defined]
    return row


def test_a_body_is_laid_out_and_its_secrets_are_left_out(staff: Visitor, books: Books) -> None:
    tells_of(books, body=b'{"id": 7, "token": "hush-hush", "file": "https://files.example/a?sig=hush-hush"}')

    for address in (page_of(books.delivery), f"{page_of(books.delivery)}?bytes"):
        text = html(staff.get(address))
        assert "&quot;id&quot;: 7" in text
        assert "hush-hush" not in text


def test_bytes_are_shown_when_asked_for(staff: Visitor, books: Books) -> None:
    tells_of(books, body=b"caf\xc3\xa9 \xff\x00 <script>alert(1)</script>")

    usual, asked = html(staff.get(page_of(books.delivery))), html(staff.get(f"{page_of(books.delivery)}?bytes"))

    assert "byte for byte" not in usual
    assert "café \\xff\\x00" in asked
    assert "<script>alert(1)" not in usual + asked


def test_what_nobody_sees_stands_as_its_number() -> None:
    assert visible("a\u202eb\u200b\r\n\tc\x1b[31m") == "a\\u202eb\\u200b\\u000d\n\tc\\u001b[31m"
    assert visible("Müller, 北京, 🙂") == "Müller, 北京, 🙂"
    assert "\u202e" not in readable(stored(b'{"name": "\\u202eevil"}'))
    assert "\u202e" not in bytewise(stored("\u202eevil".encode()))


def test_a_long_body_is_cut_and_says_how_long_it_is() -> None:
    for shown in (readable(stored(b"x" * 2**20)), bytewise(stored(b"x" * 2**20))):
        assert "1,048,576 bytes" in shown
        assert len(shown) < 70_000


def test_several_bodies_stand_with_their_digests(staff: Visitor, books: Books) -> None:
    change(books.delivery, conflicts=1)
    with acting_for(books.job.tenant_id):
        DeliveryBody.objects.create(
            tenant=books.job.tenant,
            delivery_id=books.delivery.pk,
            received_at=books.delivery.received_at + timedelta(seconds=1),
            digest="e" * 64,
            body=b'{"other": true}',
        )

    text = html(staff.get(page_of(books.delivery)))

    assert "Several bodies under one id" in text
    assert "d" * 64 in text
    assert "e" * 64 in text
    assert "Other body, eeeeeeee" in text
    assert found(staff, "bodies=several") == [str(books.delivery.pk)]


def test_a_body_says_how_long_it_is_kept(staff: Visitor, books: Books) -> None:
    assert "Kept until" in html(staff.get(page_of(books.delivery)))


def test_a_body_that_is_gone_says_since_when_and_is_not_replayed(staff: Visitor, books: Books) -> None:
    with acting_for(books.job.tenant_id):
        DeliveryBody.objects.all().delete()
    Round.objects.create(rule="bodies", day=now().date(), before=now().replace(year=2100), removed=1)

    page, preview = (html(staff.get(page_of(books.delivery, name))) for name in ("change", "replay"))
    staff.post(page_of(books.delivery, "replay"))

    assert f"The body was deleted on {now():%-d %b %Y}. Kept are" in page
    assert "Without its body it cannot be replayed" in page
    assert page_of(books.delivery, "replay") not in page
    assert "It cannot be replayed." in preview
    assert '<button type="submit" class="button"' not in preview
    assert fresh(books.delivery).state == DeliveryState.QUARANTINED


def test_an_incident_lists_the_deliveries_that_it_holds(staff: Visitor, books: Books) -> None:
    incident: Incident = IncidentFactory.create(tenant=books.job.tenant)
    change(books.delivery, incident=incident)

    assert page_of(books.delivery) in html(staff.get(page_of(incident)))
    assert page_of(incident) in html(staff.get(page_of(books.delivery)))


# Replaying


def test_a_replay_is_first_foretold(staff: Visitor, books: Books) -> None:
    tells_of(books)

    text = html(staff.get(page_of(books.delivery, "replay")))

    assert f"{books.job} is open: its run has one more reason to look" in text
    assert page_of(books.job) in text
    assert page_of(books.job.installation) in text
    assert fresh(books.delivery).state == DeliveryState.QUARANTINED


def test_and_then_done_in_the_same_row_with_a_trigger_and_in_the_trail(staff: Visitor, books: Books) -> None:
    delivery, who = tells_of(books), f"user:{staff.user.pk}"

    answer = staff.post(page_of(delivery, "replay"))
    processing.process_pending()

    assert answer["Location"] == page_of(delivery)
    assert staff.user.username in html(staff.get(page_of(delivery)))
    assert said(answer) == ["It is processed anew."]
    assert ("delivery.replayed", who) in trail(delivery)
    assert (fresh(delivery).state, fresh(delivery).replayed_by) == (DeliveryState.PROCESSED, who)
    with across_tenants("a test reads triggers"):
        assert Delivery.objects.count() == 1
        assert Trigger.objects.get(kind=TriggerKind.REPLAY).run == books.run


def test_of_an_ended_job_nothing_comes_and_it_is_said(staff: Visitor, books: Books) -> None:
    tells_of(books)
    with acting_for(books.job.tenant_id):
        ExportJob.objects.update(ended_at=now())

    assert f"Nothing will happen because {books.job} has ended." in html(staff.get(page_of(books.delivery, "replay")))


def test_many_are_foretold_together_and_then_done(staff: Visitor, books: Books) -> None:
    first, second = tells_of(books), tells_of(make_books(), "a-job-that-nobody-knows")
    gone = make_books().delivery
    with across_tenants("a test makes a body old"):
        DeliveryBody.objects.filter(delivery_id=gone.pk).delete()
    chosen = choose(first, second, gone)

    text = html(staff.post(list_of(Delivery), chosen))
    assert "Replay of 3 deliveries: 2 lead to work. The others change nothing." in text
    assert "Export job a-job-th is not known yet" in text
    assert fresh(first).state == fresh(second).state == DeliveryState.QUARANTINED
    for name, value in {**SURE, "action": "replay_all"}.items():
        assert f'name="{name}" value="{value}"' in text

    answer = staff.post(list_of(Delivery), {**chosen, **SURE})

    assert said(answer) == ["Replayed: 2. 1 cannot be."]
    assert fresh(first).state == fresh(second).state == DeliveryState.RECEIVED
    assert fresh(gone).state == DeliveryState.QUARANTINED


def test_only_who_may_change_deliveries_may_replay(books: Books) -> None:
    reader = colleague_with("webhooks.view_delivery")
    tells_of(books)

    assert page_of(books.delivery, "replay") not in html(reader.get(page_of(books.delivery)))
    for answer in (reader.get(page_of(books.delivery, "replay")), reader.post(page_of(books.delivery, "replay"))):
        assert answer.status_code == 403
    reader.post(list_of(Delivery), choose(books.delivery, **SURE))
    assert fresh(books.delivery).state == DeliveryState.QUARANTINED


@pytest.mark.parametrize("page", ["list", "preview"])
def test_more_deliveries_cost_no_more_questions(page: str, staff: Visitor, books: Books) -> None:
    def ask() -> int:
        with across_tenants("a test looks at all"):
            chosen = choose(*Delivery.objects.all())
        with CaptureQueriesContext(connection) as asked:
            html(staff.get(list_of(Delivery)) if page == "list" else staff.post(list_of(Delivery), chosen))
        return len(asked)

    tells_of(books)
    ask()
    few = ask()
    for _ in range(4):
        tells_of(make_books())

    assert ask() <= few


def test_an_attempt_that_did_not_end_is_seen_while_it_waits_for_the_next(staff: Visitor, books: Books) -> None:
    change(books.delivery, state=DeliveryState.RECEIVED, remark="", attempts=3)

    page = html(staff.get(page_of(books.delivery)))

    assert "Its processing has begun and not ended." in page
    assert "Attempts that did not end" in page
