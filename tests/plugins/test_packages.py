"""An installed package appears in the admin, to customers and in the commands, and posts; one that does not fit is
named and left out, and the rest works. Nothing here names it but the package itself."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import django.test
import pytest

from connections.flows import redirect_uri
from connectors import registry
from connectors.kit.sandbox import Client, Sandbox
from connectors.kit.sandbox.__main__ import find
from connectors.pleo.sandbox import PleoSandbox
from database.acting import acting_for
from exports.models import Posting, PostingState
from exports.noticing import note_job
from installations import services as installations
from installations.models import Installation
from jobs.models import TriggerKind
from jobs.slices import work_one
from tests.cast import Visitor
from tests.customer import ACTOR, COMPANY, connect, forget_budgets, on_account, vendors
from tests.factories import SOURCES, ApplicationFactory, TenantFactory, hosts_at
from tests.guards.tree import ROOT
from tests.vendors import Vendor, running


@pytest.fixture
def acme(installed: Path, db: None) -> Iterator[Vendor]:
    with running("acme") as vendor:
        yield vendor


def manage(site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, ROOT / "manage.py", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env=environment | {"CAUSEWAY_ENV_FILE": os.devnull, "PYTHONPATH": str(site)},
    )


def test_the_registry_has_it_and_says_where_it_is_from(installed: Path) -> None:
    found = registry.found().loaded["acme"]

    assert (found.origin, found.version) == ("acme-connector 0.1.0", "0.1.0")
    assert "acme" in registry.with_sandbox()


def test_packages_that_do_not_fit_are_named_with_what_to_do(installed: Path) -> None:
    told = {one.key: one.sentence for one in registry.left_out()}

    assert set(told) == {"broken", "newer"}
    assert "(broken-connector 2.0)" in told["broken"]
    assert "No module named 'connectors.kit.conveniences'" in told["broken"]
    assert "It was made for kit >=2.0,<3, and this is kit 1.0." in told["newer"]
    assert "Install a version of newer-connector that fits, or uninstall it." in told["newer"]


def test_the_admin_lists_it_and_tells_what_it_is(acme: Vendor, staff: Visitor) -> None:
    listed = staff.get("/admin/connectors/").content.decode()
    told = staff.get("/admin/connectors/acme/").content.decode()

    assert "acme-connector 0.1.0" in listed
    assert '<img class="logo" src="/logos/acme.svg" alt="">' in listed
    assert "The connector broken was left out" in listed
    assert "Who is named where an entry names no supplier." in told
    assert "what the vendor&#x27;s pages say" in told
    assert '<option value="acme">Acme</option>' in staff.get("/admin/connections/application/add/").content.decode()


def test_a_customer_may_choose_it(acme: Vendor, client: django.test.Client) -> None:
    ApplicationFactory.create(connector=SOURCES[0], hosts=hosts_at(registry.get(SOURCES[0]), acme.sandbox.url))

    html = client.get(f"/start/{SOURCES[0]}/").content.decode()

    assert "Acme" in html
    assert '<img class="mark" src="/logos/acme.svg" alt="">' in html


def test_its_logo_comes_from_its_package_and_runs_nothing(
    acme: Vendor, site: Path, client: django.test.Client
) -> None:
    picture = client.get("/logos/acme.svg")

    assert picture.content == (site / "acme_connector" / "logo.svg").read_bytes()
    assert picture["Content-Type"] == "image/svg+xml"
    assert picture["X-Content-Type-Options"] == "nosniff"
    assert picture["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert {client.get(f"/logos/{key}.svg").status_code for key in (SOURCES[0], "broken", "nobody")} == {404}


def test_the_suite_finds_it(site: Path) -> None:
    done = manage(site, "connector", "check", "acme", "--only", "plan_is_pure", "--only", "answer_lost")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed, 0 failed" in done.stdout


def test_it_posts_a_record_of_a_real_run(installed: Path, transactional_db: None) -> None:
    forget_budgets()
    with vendors() as (source, _), find("acme_connector")() as target:
        register(target)
        installation = connected(source, target)
        entry = exported(source, installation)
        for _ in range(20):
            if not work_one():
                break
        (bill,) = target.store["bills"].find(company="birch")

    with acting_for(installation.tenant_id):
        posting = Posting.objects.get()
    assert (posting.entry, posting.state) == (entry, PostingState.POSTED)
    assert posting.document_id == bill["id"]
    assert bill["lines"][0]["account"] == "5800"


def register(target: Sandbox) -> None:
    with target.store.transaction():
        target.oauth.register([Client("our-app", "secret", (redirect_uri(target.key),), scopes=("bills",))])


def connected(source: PleoSandbox, target: Sandbox) -> Installation:
    """A customer who exports from the source to the package's vendor."""
    tenant = TenantFactory.create()
    ends = connect(tenant, source, COMPANY), connect(tenant, target, "Every company of yours", "Birch Ltd")
    with acting_for(tenant.pk):
        installation = installations.install(*ends, actor=ACTOR)
        installations.activate(installation, actor=ACTOR)
    return installation


def exported(source: PleoSandbox, installation: Installation) -> str:
    company = installation.source.company_id
    (entry,) = source.add_entries(company, 1, "plain", kinds=("out_of_pocket",), spoiled=False)
    source.edit_entry(entry, on_account("5800"))
    job = str(source.export(company, [entry])["id"])
    with acting_for(installation.tenant_id):
        note_job(installation, job, trigger=TriggerKind.MANUAL)
    return entry
