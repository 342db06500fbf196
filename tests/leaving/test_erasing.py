"""What a customer had here goes when its time has come: all that the table says, and nothing of anybody else."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.files.storage import storages
from django.db import DatabaseError

from audit.models import AuditEntry
from database.acting import across_tenants, acting_for
from database.clock import now
from exports.models import Record
from jobs.models import Halt, Run, RunState
from leaving import erasing, fates, services
from leaving.erasing import sweep
from leaving.fates import FATES, Fate
from leaving.models import Leaving, LeavingState
from notices.models import Mail
from portal import sessions
from portal.models import MemberSession, SignInLink
from tenants import members
from tenants.models import Membership, Role, Tenant
from tests.factories import MembershipFactory, UserFactory
from tests.leaving import planting
from tests.leaving.conftest import House
from webhooks.models import DeliveryBody

KEPT = {apps.get_model(label)._meta.db_table for label, line in FATES.items() if line.fate == Fate.KEPT}


def person_of(house: House, **more: object) -> User:
    """A member whose name and address are the planted word."""
    user = UserFactory.create(
        username=f"{planting.WORD}@example.com",
        email=f"{planting.WORD}@example.com",
        first_name=planting.WORD,
        **more,
    )
    MembershipFactory.create(tenant=house.tenant, user=user)
    sessions.begin(user)
    SignInLink.objects.create(address=user.email.upper(), asked_at=now())
    with across_tenants("a test mails"):
        Mail.objects.create(to=user.email, subject=planting.WORD, try_at=now(), useless_at=now())
    return user


def test_the_house_of_this_test_has_rows_of_every_kind(theirs: House) -> None:
    theirs.leave()
    with across_tenants("a test counts"):
        empty = {label for label in FATES if not fates.rows_of(label, theirs.pk).exists()}
    assert empty <= {"api.write"}


def test_nothing_is_left_but_what_the_table_says(theirs: House, ours: House, folder: Path) -> None:
    person_of(theirs)
    planting.plant(theirs.pk)
    theirs.leave()
    assert {"exports_record", "webhooks_deliverybody", "auth_user", "notices_mail"} <= set(planting.found())
    before = planting.prints_of(ours.pk)
    theirs.time_comes()

    sweep()

    assert theirs.state() == LeavingState.ERASED
    assert planting.found() == []
    assert planting.tables_with_rows_of(theirs.pk) <= KEPT
    assert planting.prints_of(ours.pk) == before
    assert [path.parts[-2] for path in folder.rglob("*.pdf")] == [str(ours.pk)]


def test_it_waits_until_its_time_has_come(theirs: House) -> None:
    theirs.leave()

    sweep()

    assert theirs.state() == LeavingState.ASKED
    with acting_for(theirs.pk):
        assert Record.objects.count() == 3


def test_work_stands_still_from_the_moment_it_is_asked_for(theirs: House) -> None:
    theirs.leave()
    with acting_for(theirs.pk):
        assert Halt.objects.get().key == theirs.pk


def test_called_off_nothing_goes_and_work_goes_on(theirs: House) -> None:
    leaving = theirs.leave()
    with acting_for(theirs.pk):
        assert services.call_off(leaving, theirs.tenant, actor="user:1")
    theirs.time_comes()

    sweep()

    assert theirs.state() == LeavingState.CALLED_OFF
    with acting_for(theirs.pk):
        assert Record.objects.count() == 3
        assert not Halt.objects.exists()


def test_once_it_has_begun_it_is_not_called_off(theirs: House, small_batches: None) -> None:
    leaving = theirs.leave()
    theirs.time_comes()
    sweep()

    with acting_for(theirs.pk):
        assert not services.call_off(leaving, theirs.tenant, actor="user:1")
    assert theirs.state() == LeavingState.ERASING


def test_asked_for_twice_is_asked_for_once(theirs: House) -> None:
    assert theirs.leave() == theirs.leave()


def test_killed_after_any_batch_it_goes_on(theirs: House, ours: House, small_batches: None) -> None:
    planting.plant(theirs.pk)
    theirs.leave()
    theirs.time_comes()
    before, sweeps = planting.prints_of(ours.pk), 0

    while theirs.state() != LeavingState.ERASED:
        sweep()
        sweeps += 1
        assert sweeps < 200

    assert sweeps > 30
    assert planting.found() == []
    assert planting.prints_of(ours.pk) == before


def test_a_file_that_went_before_its_row_was_told_is_no_obstacle(theirs: House, folder: Path) -> None:
    theirs.leave()
    theirs.time_comes()
    for file in folder.rglob(f"{theirs.pk}/*.pdf"):
        file.unlink()

    sweep()

    assert theirs.state() == LeavingState.ERASED


def test_what_comes_in_meanwhile_is_taken_along(theirs: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where no key would hold the tenant."""
    rows, bodies = erasing._rows, iter([uuid4()])

    def a_body_comes(label: str, leaving: Leaving) -> int:
        gone = rows(label, leaving)
        for pk in bodies if label == "webhooks.endpoint" else ():
            with acting_for(theirs.pk):
                DeliveryBody.objects.create(tenant_id=theirs.pk, delivery_id=pk, received_at=now(), body=b"late")
        return gone

    monkeypatch.setattr(erasing, "_rows", a_body_comes)
    theirs.leave()
    theirs.time_comes()
    sweep()
    assert theirs.state() == LeavingState.ERASING

    sweep()

    assert theirs.state() == LeavingState.ERASED
    assert "webhooks_deliverybody" not in planting.tables_with_rows_of(theirs.pk)


def test_nothing_goes_while_a_slice_works(theirs: House) -> None:
    """It lets go at its next save-point."""
    theirs.leave()
    theirs.time_comes()
    with acting_for(theirs.pk):
        Run.objects.update(state=RunState.HELD, lease_until=now() + timedelta(minutes=1))
    sweep()
    with acting_for(theirs.pk):
        assert Record.objects.count() == 3
        Run.objects.update(lease_until=now())

    sweep()

    assert theirs.state() == LeavingState.ERASED


def test_work_that_was_resumed_stands_still_again(theirs: House, small_batches: None) -> None:
    theirs.leave()
    with acting_for(theirs.pk):
        Halt.objects.all().delete()
    theirs.time_comes()

    sweep()

    with acting_for(theirs.pk):
        assert Halt.objects.get().key == theirs.pk


def test_people_go_with_their_sign_ins_and_mails(theirs: House) -> None:
    person = person_of(theirs)
    theirs.leave()
    theirs.time_comes()

    sweep()

    assert not User.objects.filter(pk=person.pk).exists()
    assert not MemberSession.objects.filter(person_id=person.pk).exists()
    assert not SignInLink.objects.exists()


def test_people_who_belong_elsewhere_or_work_here_stay(theirs: House, ours: House) -> None:
    of_both, of_staff = person_of(theirs), UserFactory.create(is_staff=True)
    MembershipFactory.create(tenant=ours.tenant, user=of_both)
    MembershipFactory.create(tenant=theirs.tenant, user=of_staff)
    theirs.leave()
    theirs.time_comes()

    sweep()

    assert User.objects.filter(pk__in=[of_both.pk, of_staff.pk]).count() == 2
    assert MemberSession.objects.filter(person=of_both).exists()
    with acting_for(ours.pk):
        assert Membership.objects.filter(user=of_both).exists()


def test_people_who_were_members_once_and_are_nowhere_now_go(theirs: House) -> None:
    with acting_for(theirs.pk):
        once = members.add(theirs.pk, "once@example.com", Role.VIEWER, actor="user:1")
        members.remove(once, actor="user:1")
    theirs.leave()
    theirs.time_comes()

    sweep()

    assert not User.objects.filter(email="once@example.com").exists()


def test_the_trail_stays_and_names_nobody(theirs: House) -> None:
    with acting_for(theirs.pk):
        members.add(theirs.pk, f"{planting.WORD}@example.com", Role.VIEWER, actor="user:1")
    theirs.leave()
    theirs.time_comes()

    sweep()

    with acting_for(theirs.pk):
        told = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"member.added", "leaving.asked", "leaving.begun", "leaving.ended"} <= told
    assert planting.found() == []


def test_afterwards_no_row_can_be_made_for_it(theirs: House) -> None:
    theirs.leave()
    theirs.time_comes()
    sweep()

    with acting_for(theirs.pk):
        assert not Tenant.objects.exists()
    with pytest.raises(DatabaseError, match="foreign key"):
        MembershipFactory.create(tenant=theirs.tenant)


def test_records_of_a_tenant_that_only_asked_cannot_be_deleted(theirs: House) -> None:
    theirs.leave()
    with pytest.raises(DatabaseError, match="only grows: DELETE is refused"), acting_for(theirs.pk):
        Record.objects.all()._raw_delete("default")


def test_one_customers_trouble_is_no_others(theirs: House, ours: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for house in (theirs, ours):
        house.leave()
        house.time_comes()
    delete = storages["receipts"].delete

    def broken(name: str) -> None:
        if str(theirs.pk) in name:
            raise OSError("no disk")
        delete(name)

    monkeypatch.setattr(storages["receipts"], "delete", broken)

    sweep()

    assert (theirs.state(), ours.state()) == (LeavingState.ERASING, LeavingState.ERASED)
