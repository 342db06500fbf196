"""A house at work, with failures and error pages; then all that somebody could read is searched for each secret."""

import json
import re
import secrets as chance
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import requests
from django.contrib.auth.models import User
from django.utils import timezone

from api import keys
from connections import certificates, flows, links, services, tokens, vault
from connections.models import Application, Authorisation, AuthorisationAttempt
from connectors import registry
from connectors.kit.flows import AuthorisationCode
from connectors.kit.sandbox import Client, Fault, Kind
from database.acting import across_tenants, acting_for
from host import second_factor
from installations.models import Configuration
from notices import mail
from portal import sessions
from tests.by_certificate import lets_in_by_certificate
from tests.by_session import BY_SESSION, secret_of, typed
from tests.customer import Customer
from tests.factories import MembershipFactory
from tests.faults.house import House
from tests.faults.reading import dump, found_in, in_valkey, overheard, pages
from tests.faults.secrets_kept import SHORTEST, Secrets
from tests.faults.test_door import listen
from tests.vendors import running
from tests.waiting import until

PASSWORD = "planted password of kim 4711"


@pytest.fixture
def secrets(house: House, customer: Customer) -> Secrets:
    house.environment |= {
        "EMAIL_URL": f"smtp://causeway:{chance.token_hex(16)}@127.0.0.1:1",
        "STAFF_TOTP": "true",
        "LOG_LEVEL": "DEBUG",  # all that anybody could switch on
        "HOLD_SECONDS": "2",  # a job that nobody mends ends with its reason
    }
    return Secrets(house, customer)


@pytest.fixture(autouse=True)
def applications(secrets: Secrets, customer: Customer) -> None:
    """Each with a client secret that can be told from other words."""
    for sandbox in (customer.source, customer.target):
        planted = secrets.plant("client secret", f"planted-{chance.token_urlsafe(24)}")
        client = Client("our-app", planted, (flows.redirect_uri(sandbox.key),), name="Causeway")
        with sandbox.store.transaction():
            sandbox.oauth.register(
                [replace(client, scopes=tuple(registry.get(sandbox.key).flow(AuthorisationCode).scopes))]
            )
        with across_tenants("a test plants a secret"):
            row = Application.objects.get(connector=sandbox.key)
            services.seal_secret(row, planted)
            row.save()


@pytest.fixture
def kim() -> User:
    made = User.objects.create_user("kim", "kim@example.com", PASSWORD, is_staff=True, is_superuser=True)
    return made


def log_in(house: House, secrets: Secrets, kim: User) -> requests.Session:
    """Through the pages, as staff do at their first log-in; a wrong password before."""
    browser = requests.Session()
    token = {"csrfmiddlewaretoken": ""}

    def send(step: str, **said: str) -> requests.Response:
        address = f"{house.address}/admin/login/{step}"
        token["csrfmiddlewaretoken"] = re.findall(
            'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get(address).text
        )[0]
        return browser.post(address, {**token, **said}, headers={"Referer": address}, timeout=60)

    send("", username="kim", password=secrets.plant("staff password, mistyped", f"{PASSWORD}-mistyped"))
    send("", username="kim", password=secrets.plant("staff password", PASSWORD))
    with across_tenants("a test plays the app"):
        factor = second_factor.begin(kim)
        secrets.plant("key of the app", second_factor.key_in_words(factor).replace(" ", ""))
        code = second_factor._totp(factor).generate(int(timezone.now().timestamp())).decode()
    for found in re.findall(r"[0-9a-f]{4}(?:-[0-9a-f]{4}){3}", send("set-up/", code=code).text):
        secrets.plant("recovery code", found)
    assert browser.get(f"{house.address}/admin/", allow_redirects=False, timeout=60).status_code == 200
    return browser


def work(house: House, secrets: Secrets, customer: Customer) -> None:
    """Jobs that end well and badly, refreshes, vendors that repeat our secrets in their answers."""
    listen(customer)
    secrets.gather()
    token = next(secret for secret, name in secrets.known.items() if name == "access token")
    told = f'{{"Message": "bad Bearer {token}", "access_token": "{token}", "client_secret": "{_client(secrets)}"}}'
    customer.target.faults.add(Fault("PUT *", Kind.STATUS_BEFORE, times=2, status=400, body=told))
    customer.target.faults.add(Fault("GET *", Kind.STATUS_BEFORE, times=1, status=503, body=told))
    customer.source.faults.add(Fault("* /files/*", Kind.STATUS_BEFORE, times=1, status=400, body=told))
    for turn in range(2):
        customer.source.expire_access_tokens()
        customer.target.expire_access_tokens()
        entries = customer.entries(4, files=True, seed=f"everyday/{turn}")
        customer.spoil(entries[0])
        job = customer.exports(entries)
        until(lambda job=job: not customer.reread(job).is_open, seconds=90)  # type: ignore[misc]
        secrets.gather()


def _client(secrets: Secrets) -> str:
    return next(secret for secret, name in secrets.known.items() if name == "client secret")


def knock(house: House, secrets: Secrets, customer: Customer) -> None:
    """Strangers, a partner's program, a customer with a link, a mail that cannot be sent, and an error page."""
    with across_tenants("a test makes a key"):
        key = keys.make(
            "a program",
            environment="sandbox",
            scopes=["tenants:read"],
            expires_at=timezone.now() + timedelta(days=1),
            actor="user:1",
        )[1]
    secrets.plant("API key", key)
    for path in ("tenants", "nothing-here", "connect-links"):
        requests.post(f"{house.address}/api/v1/{path}", headers={"Authorization": f"Bearer {key}"}, timeout=60)
        requests.get(f"{house.address}/api/v1/{path}", headers={"Authorization": f"Bearer {key}"}, timeout=60)
    installation = customer.installation
    made = links.make(
        customer.tenant.pk, installation.source.application, installation.target.application, actor="user:1"
    )[1]
    secrets.plant("connect link", made)
    for path in (f"connect/{made}/", f"connect/{made}/nothing/", f"connect/{made}x/", f"sign-in/{made}/"):
        requests.get(f"{house.address}/{path}", timeout=60)
    token = secrets.plant("token of a mail", chance.token_urlsafe(32))
    mail.send("trial", "ada@nordwind.example", {"address": f"{house.address}/{token}/"}, tenant_id=customer.tenant.pk)
    requests.post(f"{house.address}/hooks/{secrets.plant('address that is none', uuid4().hex)}", b"{}", timeout=60)
    break_a_page(house, secrets, customer)


def begin_a_certificate(secrets: Secrets, customer: Customer) -> None:
    """It waits for its id, and staff look at it; no line of its key may be seen anywhere."""
    with pytest.MonkeyPatch.context() as patch, acting_for(customer.tenant.pk):
        lets_in_by_certificate(patch, customer.target)
        made = certificates.make(customer.installation.target, actor="user:1")
    key = vault.unseal(made.sealed_key, made.place).decode()
    for line in key.splitlines()[1:-1]:
        if len(line) == len(key.splitlines()[1]):
            secrets.plant("line of a private key", line)


def set_a_secret(secrets: Secrets, customer: Customer) -> None:
    """In a version of the settings that the connector of today does not read any more, which staff look at."""
    planted = secrets.plant("secret setting", f"planted-{chance.token_urlsafe(24)}")
    with acting_for(customer.tenant.pk):
        made = Configuration(
            tenant=customer.tenant, installation=customer.installation, version=0, created_by="user:1"
        )
        made.sealed_secrets = vault.seal(json.dumps({"password": planted}).encode(), made.place)
        made.save()


def type_a_password(house: House, secrets: Secrets, customer: Customer) -> None:
    """On our page for a vendor that has no consent page, if there is one: first a wrong one, then the right one."""
    for key in BY_SESSION[:1]:
        with running(key) as vendor:
            asked, right = secret_of(vendor), typed(vendor)
            secrets.plant("typed password", right[asked])
            wrong = secrets.plant("typed password", f"planted-{chance.token_urlsafe(24)}")
            source = customer.installation.source.application
            _link, token = links.make(customer.tenant.pk, source, vendor.application, actor="user:1")
            browser = requests.Session()
            fill(browser, f"{house.address}/connect/{token}/target/", {})
            for said in ({**right, asked: wrong}, right):
                fill(browser, f"{house.address}/connect/{token}/target/log-in/", said)
            with acting_for(customer.tenant.pk):
                held = Authorisation.objects.get(application=vendor.application)
            cookies = [one.partition("=")[2] for one in tokens.stored(held).access_token.split("; ")]
            for cookie in cookies:
                if len(cookie) >= SHORTEST:
                    secrets.plant("session", cookie)


def fill(browser: requests.Session, address: str, said: dict[str, str]) -> None:
    """A form, its own token with it."""
    page = browser.get(address, timeout=60).text
    said = {**said, "csrfmiddlewaretoken": re.findall('name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]}
    browser.post(address, said, headers={"Referer": address}, allow_redirects=False, timeout=60)


def break_a_page(house: House, secrets: Secrets, customer: Customer) -> None:
    """A callback whose attempt somebody has cut: nothing is caught there, so it is the server's own error page."""
    connection = customer.installation.source
    address = flows.begin(connection, browser="a browser", return_to="/back/")
    state = secrets.plant("state", re.findall("state=([^&]+)", address)[0])
    secrets.gather()
    with acting_for(customer.tenant.pk):
        AuthorisationAttempt.objects.update(sealed_return_to=b"cut", sealed_verifier=b"cut")
    code = secrets.plant("code", chance.token_urlsafe(24))
    path = f"oauth/callback/{connection.application.connector}/?state={state}&code={code}"
    requests.get(f"{house.address}/{path}", cookies={"browser": "a browser"}, timeout=60)
    with acting_for(customer.tenant.pk):
        AuthorisationAttempt.objects.all().delete()


def test_no_secret_stands_where_somebody_could_read_it(
    house: House, customer: Customer, secrets: Secrets, kim: User, valkey: str
) -> None:
    secrets.gather()
    member = MembershipFactory.create(tenant=customer.tenant).user
    with overheard(valkey) as messages:
        house.web()
        house.worker()
        staff = log_in(house, secrets, kim)
        work(house, secrets, customer)
        begin_a_certificate(secrets, customer)
        set_a_secret(secrets, customer)
        type_a_password(house, secrets, customer)
        knock(house, secrets, customer)
        secrets.gather()
        signed_in = requests.Session()
        signed_in.cookies.set(sessions.cookie(), secrets.plant("a member's session", sessions.begin(member)))
        read = [
            *pages(staff, f"{house.address}/admin/", below=["/admin/"]),
            *pages(signed_in, f"{house.address}/t/", below=["/t/"]),
        ]
        until(lambda: "mail.not_sent" in house.said(), seconds=60)
    assert len(read) > 60
    assert set(secrets.known.values()) >= WANTED | ({"typed password", "session"} if BY_SESSION else set())
    assert len(messages) > 100

    places = {
        "logs": house.said(),
        "dump": dump(),
        "Valkey": in_valkey(valkey),
        "messages": "\n".join(messages),
        **dict(read),
    }
    found = {place: names for place, text in places.items() if (names := found_in(text, secrets.known))}

    assert found == {}


WANTED = {
    "access token",
    "refresh token",
    "signed address of a file",
    "client secret",
    "secret setting",
    "API key",
    "connect link",
    "connections_certificate.sealed_key",
    "line of a private key",
    "webhooks_endpoint.sealed_token",
    "webhooks_endpoint.sealed_secret",
    "connections_authorisationattempt.sealed_verifier",
    "host_secondfactor.sealed_key",
    "recovery code",
    "staff password",
    "SECRET_KEY",
    "VAULT_KEYS",
    "password of DATABASE_URL",
    "password of REDIS_URL",
    "password of EMAIL_URL",
}
