"""Who is served next: whoever had the least for their weight, and nobody is passed by for ever. Counted in claims."""

from collections import Counter
from dataclasses import replace
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError

from audit.models import AuditEntry
from database.acting import acting_for
from jobs import leases, services
from jobs.handlers import Again
from jobs.models import Run, RunState
from tenants.models import Tenant
from tests.factories import RunFactory, TenantFactory

pytestmark = pytest.mark.django_db


def hungry(weight: int = 1) -> Tenant:
    """Has always more to do."""
    run = RunFactory.create()
    if weight != 1:
        with acting_for(run.tenant_id):
            services.weigh(run.tenant, weight, actor="user:1")
    return run.tenant


def serve(slices: int) -> list[UUID]:
    """Whom, one after the other."""
    served = []
    for _ in range(slices):
        held = leases.claim()
        assert held
        served.append(held.tenant_id)
        leases.finish(held, Again(progress=True))
    return served


@pytest.mark.parametrize("weight", [2, 5])
def test_a_tenant_of_twice_the_weight_gets_twice_the_slices(weight: int) -> None:
    heavy, *light = hungry(weight), hungry(), hungry()

    counted = Counter(serve(10 * (weight + 2)))

    assert counted == {heavy.pk: 10 * weight, light[0].pk: 10, light[1].pk: 10}


def test_within_every_round_nobody_is_passed_by() -> None:
    heavy, light = hungry(10), hungry()
    served = serve(44)
    for begin in range(0, 44, 11):
        assert served[begin : begin + 11].count(light.pk) == 1
    assert set(served) == {heavy.pk, light.pk}


def test_who_comes_back_is_served_next_but_saved_up_nothing() -> None:
    busy, back = hungry(), hungry()
    serve(2)
    with acting_for(back.pk):
        Run.objects.update(state=RunState.PAUSED)
    serve(50)
    with acting_for(back.pk):
        Run.objects.update(state=RunState.READY)

    served = serve(10)

    assert served[0] == back.pk
    assert Counter(served) == {busy.pk: 5, back.pk: 5}


def test_who_is_new_is_served_next_but_not_until_it_has_caught_up() -> None:
    busy = hungry()
    serve(50)
    new = hungry()

    served = serve(10)

    assert served[0] == new.pk
    assert Counter(served) == {busy.pk: 5, new.pk: 5}


def test_many_who_come_and_go_do_not_starve_the_one_who_stays() -> None:
    stays = hungry()
    serve(1)
    served = []
    for _ in range(20):
        RunFactory.create(tenant=TenantFactory.create())
        served += serve(2)
    assert served.count(stays.pk) >= 1
    assert stays.pk in serve(25)


def test_a_weight_holds_from_the_next_slice_on() -> None:
    one, two = hungry(), hungry()
    serve(20)
    with acting_for(one.pk):
        services.weigh(one, 3, actor="user:1")

    counted = Counter(serve(40))

    assert abs(counted[one.pk] - 3 * counted[two.pk]) <= 4


def test_a_weight_is_in_the_trail() -> None:
    tenant = hungry(2)
    with acting_for(tenant.pk):
        entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor) == ("tenant.weighed", "user:1")
    assert (entry.before, entry.after) == ({"weight": 1}, {"weight": 2})


@pytest.mark.parametrize("weight", [0, 101])
def test_a_weight_out_of_all_reason_is_refused(weight: int) -> None:
    tenant = TenantFactory.create()
    with acting_for(tenant.pk), pytest.raises(ValidationError):
        services.weigh(tenant, weight, actor="user:1")


def test_what_counts_is_time_so_short_slices_are_served_more_often() -> None:
    slow, quick = hungry(), hungry()
    served: Counter[UUID] = Counter()
    for _ in range(44):
        held = leases.claim()
        assert held
        seconds = leases.QUANTUM if held.tenant_id == slow.pk else leases.QUANTUM / 10
        leases.finish(replace(held, claimed=held.claimed - seconds), Again(progress=True))
        served[held.tenant_id] += 1

    assert served == {slow.pk: 4, quick.pk: 40}


def test_what_a_long_slice_took_while_nobody_waited_is_not_held_against_it() -> None:
    alone = hungry()
    held = leases.claim()
    assert held
    leases.finish(replace(held, claimed=held.claimed - 100 * leases.QUANTUM), Again(progress=True))
    other = hungry()

    served = serve(30)

    assert served[:20].count(other.pk) == 20  # two quanta, of a tenth each
    assert served[20:].count(alone.pk) == 5
