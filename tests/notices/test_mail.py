"""Mails to people, from the row to the mail server."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client, override_settings
from django.utils import timezone

from connections import vault
from database.acting import across_tenants, acting_for
from host import environment
from host.celery import app
from jobs.sweep import sweep
from notices import mail, sending
from notices.models import Mail, MailState
from tests.cast import staff_member
from tests.factories import TenantFactory
from tests.notices.server import MailServer, mail_server

pytestmark = pytest.mark.django_db

LINK = "https://causeway.example/in/s3cret"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running, override_settings(MAIL=running.settings, MAIL_FROM="us@partner.example"):
        yield running


def to_ada(**more: object) -> Mail:
    return mail.send("trial", "ada@nordwind.example", {"address": LINK}, **more)  # type: ignore[arg-type]


def now_due(made: Mail) -> None:
    with across_tenants("a test lets time pass"):
        Mail.objects.filter(pk=made.pk).update(try_at=timezone.now() - timedelta(minutes=1))


def as_kept(made: Mail) -> Mail:
    with across_tenants("a test looks"):
        return Mail.objects.get(pk=made.pk)


def test_a_mail_arrives_once_as_text_and_as_html_and_its_link_is_kept_nowhere(server: MailServer) -> None:
    made = to_ada()
    assert sending.send_due() == 1
    assert sending.send_due() == 0
    (taken,) = server.taken
    assert (taken["To"], taken["Subject"]) == ("ada@nordwind.example", "A trial mail from Causeway")
    text, html = (taken.get_body([kind]) for kind in ("plain", "html"))
    assert text
    assert f"Open Causeway: {LINK}" in text.get_content()
    assert html
    assert f'<a href="{LINK}">' in html.get_content()
    kept = as_kept(made)
    assert (kept.state, bytes(kept.sealed_body)) == (MailState.SENT, b"")


def test_until_it_is_sent_its_text_is_sealed(server: MailServer) -> None:
    kept = as_kept(to_ada())
    assert b"s3cret" not in bytes(kept.sealed_body)
    assert LINK in vault.unseal(kept.sealed_body, kept.place).decode()


def test_a_mail_whose_matter_is_rolled_back_is_never_sent(server: MailServer) -> None:
    with transaction.atomic():
        to_ada()
        transaction.set_rollback(True)
    assert sending.send_due() == 0


def test_a_server_that_is_away_is_asked_again_later(server: MailServer) -> None:
    server.to_rcpt = b"451 later"
    made = to_ada()
    sending.send_due()
    assert (as_kept(made).state, sending.send_due()) == (MailState.WAITING, 0)
    assert "later" in as_kept(made).error
    server.to_rcpt = b"250 fine"
    now_due(made)
    sending.send_due()
    assert (as_kept(made).state, as_kept(made).error, len(server.taken)) == (MailState.SENT, "", 1)


def test_an_address_that_the_server_does_not_know_is_given_up_and_the_text_wiped(server: MailServer) -> None:
    server.to_rcpt = b"550 no such user"
    made = to_ada()
    sending.send_due()
    kept = as_kept(made)
    assert (kept.state, bytes(kept.sealed_body)) == (MailState.FAILED, b"")
    assert "no such user" in kept.error


def test_a_mail_is_not_sent_when_its_link_is_of_no_use_any_more(server: MailServer) -> None:
    made = to_ada(useful_for=timedelta(0))
    sending.send_due()
    assert (as_kept(made).error, server.taken) == (sending.TOO_LATE, [])


@override_settings(MAIL={})
def test_without_a_mail_server_mails_wait_and_say_so() -> None:
    made = to_ada()
    sending.send_due()
    assert (as_kept(made).state, as_kept(made).error) == (MailState.WAITING, sending.NO_SERVER)


def test_a_text_that_was_moved_from_another_mail_is_not_sent(server: MailServer) -> None:
    one, other = to_ada(), to_ada()
    with across_tenants("a test moves a ciphertext"):
        Mail.objects.filter(pk=one.pk).update(sealed_body=other.sealed_body)
    sending.send_due()
    assert (as_kept(one).state, as_kept(other).state) == (MailState.FAILED, MailState.SENT)


def test_nobodys_mailbox_is_flooded() -> None:
    for _ in range(mail.AN_HOUR):
        to_ada()
    with pytest.raises(mail.TooManyMails):
        mail.send("trial", "ADA@nordwind.example", {"address": LINK})
    mail.send("trial", "bob@nordwind.example", {"address": LINK})


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(ValidationError):
        mail.send("trial", "ada@x.example\nBcc: all@x.example", {"address": LINK})


def test_a_name_adds_neither_a_paragraph_nor_a_link_nor_markup(server: MailServer) -> None:
    mail.send("trial", "ada@x.example", {"address": "<b>\n\nSign in: https://evil.example"})
    sending.send_due()
    html = server.taken[0].get_body(["html"])
    assert html
    assert "<b>" not in html.get_content()
    assert "href" not in html.get_content()


def test_a_tenant_sees_its_own_mails_only() -> None:
    ours, theirs = TenantFactory.create(), TenantFactory.create()
    made = to_ada(tenant_id=ours.pk)
    with acting_for(ours.pk):
        assert list(Mail.objects.all()) == [made]
    with acting_for(theirs.pk):
        assert not Mail.objects.exists()


@override_settings(MAIL={"backend": environment.MAILBOX}, MAILBOX=True)
def test_the_demos_mailbox_shows_what_was_sent() -> None:
    to_ada()
    sending.send_due()
    page = Client().get("/demo/mailbox/").content.decode()
    assert "ada@nordwind.example" in page
    assert f'<a href="{LINK}">' in page


def test_elsewhere_there_is_no_mailbox() -> None:
    assert Client().get("/demo/mailbox/").status_code == 404


def test_staff_see_why_a_mail_was_not_sent_and_never_its_text(server: MailServer) -> None:
    server.to_rcpt = b"451 the disk is full"
    made = to_ada()
    sending.send_due()
    page = staff_member().get(f"/admin/notices/mail/{made.pk}/change/").content.decode()
    assert "the disk is full" in page
    assert "s3cret" not in page


@pytest.mark.parametrize("wrong", ["http://mail.example", "smtp://", "smtp://user:hunter2@:x"])
def test_a_wrong_mail_server_stops_the_start_without_its_password(
    wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMAIL_URL", wrong)
    with pytest.raises(environment.WrongSetting) as refused:
        environment.mail("EMAIL_URL", with_mailbox=True)
    assert "EMAIL_URL" in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_the_mailbox_needs_a_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMAIL_URL", "mailbox:")
    with pytest.raises(environment.WrongSetting):
        environment.mail("EMAIL_URL", with_mailbox=False)


@pytest.mark.django_db(transaction=True)
def test_without_a_hint_the_sweep_sends_it_aside(server: MailServer) -> None:
    made = to_ada()
    sweep()
    for aside in [thread for thread in threading.enumerate() if thread.name == "mails"]:
        aside.join(20)
    assert as_kept(made).state == MailState.SENT


def test_workers_know_the_hint() -> None:
    app.loader.import_default_modules()
    assert mail.TASK in app.tasks
