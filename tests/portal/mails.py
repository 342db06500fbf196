"""What was mailed: its link, as its reader would open it."""

import re
from urllib.parse import urlsplit

from connections import vault
from database.acting import across_tenants
from notices.models import Mail


def mails(kind: str) -> list[Mail]:
    with across_tenants("a test looks at the mails"):
        return list(Mail.objects.filter(kind=kind).order_by("created_at"))


def text_of(mail: Mail) -> str:
    return vault.unseal(mail.sealed_body, mail.place).decode()


def link_in(mail: Mail) -> str:
    """The path of its one link."""
    (address,) = re.findall(r"https?://\S+", text_of(mail))
    return str(urlsplit(address).path)
