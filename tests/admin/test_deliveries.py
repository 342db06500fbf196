"""The inbox as staff see it."""

from typing import Any

import pytest

from database.acting import acting_for
from retention.models import Round
from tests.admin.conftest import Books, fresh, now, page_of
from tests.cast import Visitor
from webhooks.models import DeliveryBody

pytestmark = pytest.mark.django_db


def html(answer: Any) -> str:
    text: str = answer.content.decode()
    return text


def forget_bodies(books: Books) -> None:
    with acting_for(books.job.tenant_id):
        DeliveryBody.objects.all().delete()


def test_a_body_says_how_long_it_is_kept(staff: Visitor, books: Books) -> None:
    assert "Kept until" in html(staff.get(page_of(books.delivery)))


def test_a_body_that_is_gone_says_since_when_and_is_not_replayed(staff: Visitor, books: Books) -> None:
    forget_bodies(books)
    Round.objects.create(rule="bodies", day=now().date(), before=now().replace(year=2100), removed=1)

    page = html(staff.get(page_of(books.delivery)))
    answer = staff.post(page_of(books.delivery, "replay"), {"_form_submitted": "on"})

    assert f"The body was deleted on {now():%-d %b %Y}. Kept are" in page
    assert page_of(books.delivery, "replay") not in page
    assert answer.status_code in {200, 403, 404}
    assert fresh(books.delivery).state == books.delivery.state
