"""Who may change users gains no right by it."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User

from tests.admin.conftest import colleague_with, page_of
from tests.cast import Visitor
from tests.factories import UserFactory

PASSWORD = {"password1": "a long sentence 4 me", "password2": "a long sentence 4 me", "usable_password": "true"}


@pytest.fixture
def clerk(db: None) -> Visitor:
    return colleague_with("auth.view_user", "auth.change_user", "auth.view_group", "auth.change_group")


def form_of(user: User, **changes: Any) -> dict[str, Any]:
    return {"username": user.username, "email": user.email, "is_active": "on", "is_staff": "on", **changes}


def right() -> Permission:
    return Permission.objects.get(content_type__app_label="exports", codename="change_exportjob")


def password_of(user: User) -> str:
    return User.objects.get(pk=user.pk).password


def test_nobody_makes_themselves_a_superuser(clerk: Visitor) -> None:
    group = Group.objects.create(name="Everything")
    wanted = {"is_superuser": "on", "groups": [group.pk], "user_permissions": [right().pk]}

    answer = clerk.post(page_of(clerk.user), form_of(clerk.user, first_name="Kim", **wanted))

    changed = User.objects.get(pk=clerk.user.pk)
    assert answer.status_code == 302
    assert changed.first_name == "Kim"
    assert not changed.is_superuser
    assert not changed.groups.exists()
    assert right() not in changed.user_permissions.all()


def test_a_superuser_gives_rights(staff: Visitor, clerk: Visitor) -> None:
    group = Group.objects.create(name="Night shift")

    staff.post(page_of(clerk.user), form_of(clerk.user, is_superuser="on", groups=[group.pk]))

    changed = User.objects.get(pk=clerk.user.pk)
    assert changed.is_superuser
    assert list(changed.groups.all()) == [group]


def test_nobody_gives_rights_to_a_group_of_their_own(clerk: Visitor) -> None:
    group = Group.objects.create(name="Clerks")
    clerk.user.groups.add(group)

    clerk.post(page_of(group), {"name": "Clerks", "permissions": [right().pk]})

    assert not group.permissions.exists()


@pytest.mark.parametrize("is_active", [True, False], ids=["who works here", "who has left"])
def test_the_row_of_a_superuser_is_changed_by_superusers_only(is_active: bool, clerk: Visitor) -> None:
    above = UserFactory.create(is_staff=True, is_superuser=True, is_active=is_active)
    refused_unchanged(clerk, above)


@pytest.mark.parametrize("is_active", [True, False], ids=["who works here", "who has left"])
def test_the_row_of_somebody_who_may_do_more_is_not_changed(is_active: bool, clerk: Visitor) -> None:
    above = UserFactory.create(is_staff=True, is_active=is_active)
    group = Group.objects.create(name="Night shift")
    group.permissions.add(right())
    above.groups.add(group)
    refused_unchanged(clerk, above)


def refused_unchanged(clerk: Visitor, above: User) -> None:
    before = password_of(above)

    assert clerk.get(page_of(above)).status_code == 403
    assert clerk.post(page_of(above), form_of(above, username="renamed")).status_code == 403
    assert clerk.get(f"/admin/auth/user/{above.pk}/password/").status_code == 403
    assert clerk.post(f"/admin/auth/user/{above.pk}/password/", PASSWORD).status_code == 403
    assert password_of(above) == before
    assert User.objects.get(pk=above.pk).username == above.username


def test_a_colleague_with_no_more_rights_is_given_a_new_password(clerk: Visitor) -> None:
    peer = UserFactory.create(is_staff=True)
    before = password_of(peer)

    assert clerk.post(f"/admin/auth/user/{peer.pk}/password/", PASSWORD).status_code == 302
    assert password_of(peer) != before
