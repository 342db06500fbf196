"""Pleo's lists are gone on with from a kept cursor; how long Pleo knows one is not published."""

import pytest

from connectors.kit.errors import BeginAgain
from connectors.pleo.tests.app_at_pleo import AppAtPleo
from connectors.pleo.tests.test_connector import exported


@pytest.mark.parametrize("kind", ["records", "entries"])
def test_a_list_goes_on_from_the_place_where_it_was_left(app: AppAtPleo, kind: str) -> None:
    job, read = exported(app, 230), getattr(app.pleo, kind)
    first, *rest = ([getattr(one, "entry", one) for one in page] for page in read(job))
    place = next(read(job)).next
    app.sandbox.log.clear()

    left = list(read(job, after=place))

    assert [[getattr(one, "entry", one) for one in page] for page in left] == rest
    assert (len(first), app.sandbox.log.count(), left[-1].next) == (100, 2, "")


@pytest.mark.parametrize("kind", ["records", "entries"])
def test_a_place_that_pleo_does_not_know_any_more_is_told_as_that(app: AppAtPleo, kind: str) -> None:
    job, read = exported(app), getattr(app.pleo, kind)
    with pytest.raises(BeginAgain):
        next(read(job, after="no-such-place"))
