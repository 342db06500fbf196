"""What ends by itself is told to owners by mail, once at each distance, and to staff on Today."""

from datetime import timedelta

import pytest
from django.db.models import F

from api.models import ApiKey
from connections.models import Authorisation, Certificate, Connection, ConnectionState
from connectors import registry
from database import clock
from database.acting import across_tenants, acting_for
from jobs import hints
from jobs.keeping_connected import lives_of_refresh_tokens
from jobs.models import Run, Schedule
from jobs.slices import work_one
from jobs.sweep import sweep as look_for_work
from notices.models import Warned
from notices.warning import KIND, sweep
from tenants.models import Role, Tenant
from tests.admin.conftest import colleague_with, page_of
from tests.cast import Visitor
from tests.factories import ApiKeyFactory, ApplicationFactory, ConnectionFactory, MembershipFactory
from tests.portal.mails import link_in, mails, text_of

pytestmark = pytest.mark.django_db(transaction=True)

LIFE_OF = lives_of_refresh_tokens()
VENDOR = max(LIFE_OF, key=LIFE_OF.__getitem__)  # long enough for every warning
LAST_QUARTER = LIFE_OF[VENDOR] / 4


@pytest.fixture(autouse=True)
def nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hints, "send", lambda *_, **__: None)


def work_off_a_day() -> None:
    """The next slot of every schedule, worked on."""
    sweep()
    with across_tenants("a test turns the clock"):
        Schedule.objects.filter(kind=KIND).update(next_at=clock.now() - timedelta(seconds=1))
    look_for_work()
    while work_one():
        pass


def key_that_ends_in(days: float, tenant: Tenant, life: float = 365) -> ApiKey:
    key: ApiKey = ApiKeyFactory.create(tenant=tenant, name="the CRM")
    end = clock.now() + timedelta(days=days)
    with across_tenants("a test turns the clock"):
        ApiKey.objects.filter(pk=key.pk).update(expires_at=end, created_at=end - timedelta(days=life))
    return key


def pass_days(days: float) -> None:
    """The database's clock cannot be turned; what it is compared with can."""
    passed = timedelta(days=days)
    with across_tenants("a test turns the clock"):
        ApiKey.objects.update(expires_at=F("expires_at") - passed, created_at=F("created_at") - passed)
        Warned.objects.update(ends_at=F("ends_at") - passed)


def idle_connection(tenant: Tenant, left: timedelta) -> Connection:
    """Nobody refreshed it, so that it dies in `left`."""
    application = ApplicationFactory.create(connector=VENDOR)
    row: Connection = ConnectionFactory.create(tenant=tenant, application=application, company_name="Nordwind")
    with acting_for(tenant.pk):
        Authorisation.objects.update(tokens_expire_at=clock.now() + left - LIFE_OF[VENDOR])
    return row


def told() -> list[str]:
    return [mail.to for mail in mails("expiring")]


def test_owners_are_told_once_at_each_distance_and_nobody_else_is(owner: Visitor) -> None:
    MembershipFactory.create(tenant=owner.tenant, role=Role.BOOKKEEPER)
    MembershipFactory.create(role=Role.OWNER)
    key_that_ends_in(31, owner.tenant)
    work_off_a_day()
    assert told() == []

    for days, mailed in [(2, 1), (1, 1), (15, 2), (6, 3), (1, 3), (5.5, 4), (1, 4)]:
        pass_days(days)
        work_off_a_day()
        work_off_a_day()
        assert len(told()) == mailed, days
    assert set(told()) == {owner.user.email}


def test_the_mail_says_what_stops_and_leads_to_the_customers_pages(owner: Visitor) -> None:
    key_that_ends_in(6.5, owner.tenant)

    work_off_a_day()

    (mail,) = mails("expiring")
    day = f"{clock.now() + timedelta(days=6.5):%-d %B %Y}"
    assert mail.subject == f"The API key the CRM (cw_sandbox_abcdef…) ends on {day}"
    assert "is refused from then on" in text_of(mail)
    assert owner.get(link_in(mail)).status_code == 200


@pytest.mark.parametrize(
    ("days", "life", "is_told"), [(6, 20, False), (0.9, 20, True), (0.9, 2, False), (29, 90, False)]
)
def test_nobody_is_warned_before_the_last_quarter_of_a_life(
    days: float, life: float, is_told: bool, owner: Visitor
) -> None:
    key_that_ends_in(days, owner.tenant, life)

    work_off_a_day()

    assert bool(told()) is is_told


def test_a_key_that_was_revoked_is_nobodys_business(owner: Visitor) -> None:
    key = key_that_ends_in(6, owner.tenant)
    with across_tenants("a test revokes it"):
        ApiKey.objects.filter(pk=key.pk).update(revoked_at=clock.now())

    work_off_a_day()

    assert told() == []


def test_access_that_could_not_be_renewed_is_told_before_it_dies(owner: Visitor) -> None:
    idle_connection(owner.tenant, left=timedelta(days=6.5))

    work_off_a_day()
    work_off_a_day()

    (mail,) = mails("expiring")
    vendor = registry.get(VENDOR).name
    assert mail.subject.startswith(f"The access to Nordwind at {vendor} ends on ")
    assert f"Connect {vendor} again before" in text_of(mail)


@pytest.mark.parametrize("state", [ConnectionState.NEEDS_RECONNECT, ConnectionState.DISCONNECTED])
def test_access_that_is_over_is_not_warned_of(state: ConnectionState, owner: Visitor) -> None:
    row = idle_connection(owner.tenant, left=timedelta(days=6.5))
    with acting_for(owner.tenant.pk):
        Connection.objects.filter(pk=row.pk).update(state=state)

    work_off_a_day()

    assert told() == []


def test_access_that_is_renewed_in_time_is_not_warned_of(owner: Visitor) -> None:
    idle_connection(owner.tenant, left=LAST_QUARTER + timedelta(days=1))

    work_off_a_day()

    assert told() == []


def test_a_certificate_is_told_of_while_it_is_in_use(owner: Visitor) -> None:
    row: Connection = ConnectionFactory.create(tenant=owner.tenant, company_name="Nordwind")
    ends_at = clock.now() + timedelta(days=6.5)
    with acting_for(owner.tenant.pk):
        made = Certificate.objects.create(tenant=owner.tenant, connection=row, pem="its pem", expires_at=ends_at)
        Certificate.objects.update(made_at=ends_at - timedelta(days=730))
    work_off_a_day()
    assert told() == []  # it waits for its id

    with acting_for(owner.tenant.pk):
        Certificate.objects.filter(pk=made.pk).update(accepted_at=clock.now())
    work_off_a_day()
    work_off_a_day()

    (mail,) = mails("expiring")
    assert mail.subject.startswith("The certificate for Nordwind at ")
    assert "have its next certificate uploaded" in text_of(mail)


def test_of_two_workers_at_one_moment_one_tells(owner: Visitor) -> None:
    key_that_ends_in(6, owner.tenant)
    sweep()
    sweep()
    with across_tenants("a test looks at the schedules"):
        assert Schedule.objects.filter(kind=KIND, tenant=owner.tenant).count() == 1

    work_off_a_day()

    with acting_for(owner.tenant.pk):
        assert Run.objects.filter(kind=KIND).count() == 1
    assert len(told()) == 1


def test_what_has_ended_is_forgotten(owner: Visitor) -> None:
    key_that_ends_in(6, owner.tenant)
    work_off_a_day()
    pass_days(7)

    work_off_a_day()

    with acting_for(owner.tenant.pk):
        assert not Warned.objects.exists()


def test_staff_see_on_today_what_ends_soon_of_the_partners_own_too(staff: Visitor, owner: Visitor) -> None:
    assert "Nothing ends within 30 days." in staff.get("/admin/").content.decode()
    ours = key_that_ends_in(6, owner.tenant)
    with across_tenants("a test gives the key to the partner"):
        ApiKey.objects.filter(pk=ours.pk).update(tenant=None)
    row = idle_connection(owner.tenant, left=timedelta(days=6.5))

    html = staff.get("/admin/").content.decode()

    assert page_of(ours) in html
    assert page_of(row.authorisation) in html
    seen = colleague_with("connections.view_connection").get("/admin/").content.decode()
    assert "The API key" not in seen
