"""How a member comes in, in tests: asks, gets the mail, presses its button. And time that passes."""

from datetime import timedelta
from typing import Any

from django.test import Client

from database.acting import across_tenants
from portal import signing_in
from portal.models import MemberSession, SignInLink
from tenants.models import Membership
from tests.portal.mails import link_in, mails


def ask(client: Client, address: str = "ada@nordwind.example") -> Any:
    answer = client.post("/sign-in/", {"address": address})
    signing_in.answer_all()
    return answer


def mailed(client: Client, address: str = "ada@nordwind.example") -> str:
    """The path of the link in the newest mail."""
    ask(client, address)
    return link_in(mails("sign_in")[-1])


def sign_in(client: Client) -> Any:
    return client.post(mailed(client))


def let_pass(time: timedelta) -> None:
    with across_tenants("a test lets time pass"):
        for link in SignInLink.objects.all():
            link.asked_at -= time
            link.expires_at = link.expires_at and link.expires_at - time
            link.save()
        for session in MemberSession.objects.all():
            session.began_at -= time
            session.seen_at -= time
            session.save()


def is_in(client: Client, ada: Membership) -> bool:
    return bool(client.get(f"/t/{ada.tenant_id}/").status_code == 200)
