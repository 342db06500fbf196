"""A key may call so often a minute; every answer says how often still, and 429 says when to go on."""

import pytest
from django.test import override_settings

from api import rates
from jobs.minutes import MinuteCounts
from tests.api.conftest import Make

pytestmark = pytest.mark.django_db


def test_every_answer_says_what_is_left(program: Make) -> None:
    ours = program()
    with override_settings(API_CALLS_PER_MINUTE=5):
        left = [ours.call("GET", "key")["RateLimit-Remaining"] for _ in range(3)]
    assert left == ["4", "3", "2"]


def test_beyond_the_limit_a_key_waits_and_others_do_not(program: Make) -> None:
    eager, patient = program(), program()
    with override_settings(API_CALLS_PER_MINUTE=2):
        answers = [eager.call("GET", "key") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[2].json()["error"]["code"] == "rate_limited"
        assert 0 < int(answers[2]["Retry-After"]) <= 60
        assert patient.call("GET", "key").status_code == 200


def test_the_next_minute_begins_anew() -> None:
    now = [600.0]
    counts = MinuteCounts("api", clock=lambda: now[0])
    with override_settings(API_CALLS_PER_MINUTE=1):
        assert [rates.count("minutes", counts).is_over for _ in range(2)] == [False, True]
        now[0] += 60
        assert not rates.count("minutes", counts).is_over


def test_two_processes_share_one_count() -> None:
    one, other = (MinuteCounts("api", clock=lambda: 1200.0) for _ in range(2))
    with override_settings(API_CALLS_PER_MINUTE=3):
        assert [rates.count("shared", each).used for each in (one, other, one)] == [1, 2, 3]


def test_with_valkey_lost_a_process_counts_for_itself() -> None:
    alone = MinuteCounts("api", clock=lambda: 1800.0)
    with override_settings(API_CALLS_PER_MINUTE=2, REDIS_URL="redis://localhost:9/0"):
        assert [rates.count("alone", alone).is_over for _ in range(3)] == [False, False, True]


def test_an_unauthenticated_call_counts_for_nobody(program: Make) -> None:
    before = dict(rates.calls._own)
    visitor = program()
    visitor.defaults["HTTP_AUTHORIZATION"] = "Bearer wrong"
    visitor.call("GET", "key")
    assert dict(rates.calls._own) == before
