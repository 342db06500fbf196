"""Each refusal of the registry: somebody is refused by just that one, with its status and type."""

import pytest

from connectors.pleo.sandbox.refusals import REFUSALS
from connectors.pleo.sandbox.tests import refused_access, refused_jobs, refused_records
from connectors.pleo.sandbox.tests.app import App
from connectors.pleo.sandbox.tests.refused import CASES

assert refused_access, (refused_jobs, refused_records)  # imported for their cases


def test_every_refusal_is_enforced_and_has_a_case() -> None:
    assert sorted(REFUSALS.keys() ^ CASES.keys()) == []


@pytest.mark.parametrize("name", REFUSALS)
def test_it_is_refused(app: App, name: str) -> None:
    answered = CASES[name](app)
    found, body = REFUSALS[name], answered.json()
    assert app.sandbox.refused[-1] == name
    assert answered.status_code == found.status
    told = body["errors"][0] if found.status == 200 else body
    assert told["type"] == found.type
    assert told["message"]


def test_a_refusal_changes_nothing(app: App) -> None:
    job = app.export(1)
    before = app.sandbox.job(job)
    app.event(job, "completed")
    assert app.sandbox.job(job) == before


def test_the_time_to_wait_is_told(app: App) -> None:
    answered = CASES["rate-limit"](app)
    assert 0 < int(answered.headers["Retry-After"]) <= 61
