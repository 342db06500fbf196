"""What is kept for how long, as staff see it."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from retention.models import Round
from tests.admin.conftest import colleague_with, list_of, now, page_of, trail
from tests.cast import Visitor

pytestmark = pytest.mark.django_db


def rounds(rule: str, *removed: int) -> list[Round]:
    """The newest first."""
    return [
        Round.objects.create(
            rule=rule,
            day=now().date() - timedelta(days=n),
            before=now() - timedelta(days=90 + n),
            removed=many,
            ended_at=now() - timedelta(days=n),
        )
        for n, many in enumerate(removed)
    ]


def test_each_rule_stands_once_with_its_newest_round(staff: Visitor) -> None:
    newest, before = rounds("exchanges", 12_345, 7)
    rounds("bodies", 2)

    text = staff.get(list_of(Round)).content.decode()

    assert page_of(newest) in text
    assert page_of(before) not in text
    for words in ("Exchanges", "90 days", "12,345 rows", "Bodies of deliveries", "2 weeks"):
        assert words in text, words


def test_its_page_says_what_stays_longer_and_shows_its_rounds(staff: Visitor) -> None:
    newest, _ = rounds("exchanges", 5, 7)

    text = staff.get(page_of(newest)).content.decode()

    for words in ("Exchanges are kept 90 days.", "stay 400 days", "EXCHANGE_DAYS", "12 rows", "7 rows"):
        assert words in text, words


def test_what_is_kept_for_ever_is_said_so(staff: Visitor, settings: Settings) -> None:
    settings.RUN_DAYS = 0
    (one,) = rounds("runs", 0)

    assert "Ended runs are kept for ever." in staff.get(page_of(one)).content.decode()


def test_a_rule_that_is_no_more_has_a_page(staff: Visitor) -> None:
    (one,) = rounds("of another version", 1)

    assert staff.get(list_of(Round)).status_code == 200
    assert "Nothing is removed by it" in staff.get(page_of(one)).content.decode()


def test_a_round_under_way_is_stopped_by_who_may(staff: Visitor) -> None:
    (one,) = rounds("exchanges", 5)
    assert page_of(one, "stop") not in staff.get(page_of(one)).content.decode()
    Round.objects.update(ended_at=None)
    assert page_of(one, "stop") in staff.get(page_of(one)).content.decode()

    reader = colleague_with("retention.view_round")
    assert reader.post(page_of(one, "stop"), {"_form_submitted": "on"}).status_code == 403
    staff.post(page_of(one, "stop"), {"_form_submitted": "on"})

    one.refresh_from_db()
    assert one.ended_at
    assert trail(one) == [("retention.stopped", f"user:{staff.user.pk}")]
