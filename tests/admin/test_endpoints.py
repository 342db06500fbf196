"""An endpoint's page: how the subscription is, what was mended, and what staff do about its secret."""

import pytest

from database.acting import acting_for
from jobs.models import Run
from tests.admin.conftest import Books, colleague_with, fresh, now, page_of, trail
from tests.admin.test_actions import actor, do, said
from tests.cast import Visitor
from webhooks.models import Endpoint
from webhooks.subscriptions import KIND


@pytest.fixture
def endpoint(books: Books) -> Endpoint:
    row: Endpoint = books.delivery.endpoint
    return change(
        row, sealed_secret=b"sealed", subscription_id="subscription-1", mended_at=now(), mended="It was switched off."
    )


def change(endpoint: Endpoint, **what: object) -> Endpoint:
    with acting_for(endpoint.tenant_id):
        Endpoint.objects.filter(pk=endpoint.pk).update(**what)
    changed: Endpoint = fresh(endpoint)
    return changed


def shown(visitor: Visitor, endpoint: Endpoint) -> str:
    return visitor.get(page_of(endpoint)).content.decode()


def runs(endpoint: Endpoint) -> int:
    with acting_for(endpoint.tenant_id):
        return Run.objects.filter(kind=KIND, subject_id=endpoint.pk).count()


def test_it_says_what_was_mended_and_shows_no_secret(staff: Visitor, endpoint: Endpoint) -> None:
    html = shown(staff, endpoint)

    assert "Mended. It was switched off." in html
    assert "Subscribed" in html
    assert endpoint.token_hash not in html


def test_its_authorisation_leads_to_it(staff: Visitor, endpoint: Endpoint) -> None:
    with acting_for(endpoint.tenant_id):
        authorisation = endpoint.authorisation

    assert page_of(endpoint) in staff.get(page_of(authorisation)).content.decode()


def test_it_says_when_no_webhooks_arrive_and_what_to_do(staff: Visitor, endpoint: Endpoint) -> None:
    html = shown(staff, change(endpoint, missed=3))

    assert "No webhooks arrive" in html
    assert "http://localhost:8000 is reached from the internet" in html


def test_staff_have_it_checked_now(staff: Visitor, endpoint: Endpoint) -> None:
    assert said(do(staff, "look", endpoint)) == ["It is checked now."]
    assert runs(endpoint) == 1


def test_staff_have_its_secret_rotated_once(staff: Visitor, endpoint: Endpoint) -> None:
    assert said(do(staff, "rotate", endpoint)) == ["The secret is rotated now."]

    assert fresh(endpoint).rotation_asked_at
    assert runs(endpoint) == 1
    assert ("endpoint.rotation_asked", actor(staff)) in trail(endpoint)


def test_a_former_secret_is_offered_to_be_refused_instead(staff: Visitor, endpoint: Endpoint) -> None:
    in_the_overlap = change(endpoint, former_until=now().replace(year=now().year + 1))
    html = shown(staff, in_the_overlap)
    assert "Refuse the former secret" in html
    assert "Rotate the secret" not in html

    assert said(do(staff, "refuse_former", in_the_overlap)) == ["It is refused from now on."]

    assert not fresh(endpoint).overlaps
    assert ("endpoint.former_refused", actor(staff)) in trail(endpoint)


def test_who_may_only_look_acts_on_nothing(endpoint: Endpoint) -> None:
    onlooker = colleague_with("webhooks.view_endpoint")

    assert "Rotate the secret" not in shown(onlooker, endpoint)
    assert do(onlooker, "rotate", endpoint).status_code == 403
    assert fresh(endpoint).rotation_asked_at is None
