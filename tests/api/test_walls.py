"""The intruder's walk: every address of the API, as the tenant's own program, a stranger's, and nobody's.

An address without a row in EXPECTED is red.
"""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.urls import URLPattern, get_resolver

from database.acting import acting_for
from tenants.models import Role
from tests.api.conftest import Make
from tests.factories import (
    ConnectionFactory,
    ExportJobFactory,
    IncidentFactory,
    InstallationFactory,
    MembershipFactory,
    PostingFactory,
    RecordFactory,
    TenantFactory,
)

pytestmark = pytest.mark.django_db

# Address → the method, and what the tenant's own program is answered.
EXPECTED: dict[str, tuple[str, ...]] = {
    "api-openapi": (),  # open to everybody
    "api-key": ("GET",),
    "api-tenants": ("GET",),
    "api-tenant": ("GET", "PATCH"),
    "api-leaving": ("POST", "GET", "DELETE"),
    "api-everything": ("GET",),
    "api-members": ("GET", "POST"),
    "api-member": ("GET", "PATCH", "DELETE"),
    "api-links": ("GET", "POST"),
    "api-link": ("GET", "DELETE"),
    "api-applications": ("GET",),
    "api-connections": ("GET",),
    "api-connection": ("GET",),
    "api-disconnect": ("POST",),
    "api-installations": ("GET",),
    "api-installation": ("GET",),
    "api-export-jobs": ("GET",),
    "api-export-job": ("GET",),
    "api-records": ("GET",),
    "api-postings": ("GET",),
    "api-record": ("GET",),
    "api-posting": ("GET",),
    "api-incidents": ("GET",),
    "api-incident": ("GET",),
}
OF_EVERY_ENVIRONMENT = {
    "api-tenant",
    "api-leaving",
    "api-everything",
    "api-members",
    "api-member",
    "api-links",
    "api-incident",
}
OF_NOBODY = {"api-openapi", "api-key", "api-applications"}  # they show no tenant's


def addresses() -> Iterator[URLPattern]:
    yield from get_resolver("api.v1.urls").url_patterns  # type: ignore[misc]


@pytest.fixture
def theirs() -> dict[str, Any]:
    """One of each kind, of one tenant; the ids by the name of the address that shows them."""
    tenant = TenantFactory.create()
    posting = PostingFactory.create(tenant=tenant)
    with acting_for(tenant.pk):
        job = posting.record.job
        installation = job.installation
    return {
        "tenant": tenant,
        "api-tenant": tenant.pk,
        "api-leaving": tenant.pk,
        "api-everything": tenant.pk,
        "api-members": tenant.pk,
        "api-member": MembershipFactory.create(tenant=tenant, role=Role.VIEWER).pk,
        "api-links": tenant.pk,
        "api-link": _link(tenant),
        "api-connection": installation.source_id,
        "api-disconnect": installation.target_id,
        "api-installation": installation.pk,
        "api-export-job": job.pk,
        "api-records": job.pk,
        "api-postings": job.pk,
        "api-record": posting.record_id,
        "api-posting": posting.pk,
        "api-incident": IncidentFactory.create(tenant=tenant).pk,
    }


def _link(tenant: Any) -> Any:
    from connections import links
    from tests.factories import TARGETS, ApplicationFactory

    link, _ = links.make(
        tenant.pk, ApplicationFactory.create(), ApplicationFactory.create(connector=TARGETS[0]), actor="user:1"
    )
    return link.pk


def path_of(pattern: URLPattern, theirs: dict[str, Any]) -> str:
    route = str(pattern.pattern)
    start, bracket, rest = route.partition("<")
    return route if not bracket else f"{start}{theirs[str(pattern.name)]}{rest.partition('>')[2]}"


def body_of(name: str, theirs: dict[str, Any]) -> dict[str, str] | None:
    from tests.factories import SOURCES, TARGETS

    return {
        "api-tenant": {"name": theirs["tenant"].name},
        "api-leaving": {"name": theirs["tenant"].name},
        "api-members": {"email": "ada@partner.example", "role": "viewer"},
        "api-member": {"role": "bookkeeper"},
        "api-links": {"source": SOURCES[0], "target": TARGETS[0]},
    }.get(name)


def test_every_address_states_what_is_expected() -> None:
    assert {str(pattern.name) for pattern in addresses()} == set(EXPECTED)


def test_the_tenants_own_program_reaches_all_of_it(program: Make, theirs: dict[str, Any]) -> None:
    own = program(tenant=theirs["tenant"])
    for pattern in addresses():
        for method in EXPECTED[str(pattern.name)]:
            body = body_of(str(pattern.name), theirs) if method in {"POST", "PATCH"} else None
            answer = own.call(method, path_of(pattern, theirs), body)
            assert answer.status_code in {200, 201, 204}, (pattern.name, method, answer.content)


def test_another_tenants_program_finds_nothing_of_it(program: Make, theirs: dict[str, Any]) -> None:
    outsider = program(tenant=TenantFactory.create())
    for pattern in addresses():
        name, path = str(pattern.name), path_of(pattern, theirs)
        for method in EXPECTED[name]:
            answer = outsider.call(method, path, body_of(name, theirs) if method in {"POST", "PATCH"} else None)
            if name in theirs:
                assert answer.status_code == 404, (name, method, answer.content)
            elif name not in OF_NOBODY:
                shown = [row["id"] for row in answer.json()["data"]]
                assert shown == ([str(outsider.row.tenant_id)] if name == "api-tenants" else []), name


def test_nobody_without_a_key_reaches_any_of_it(program: Make, theirs: dict[str, Any]) -> None:
    visitor = program()
    del visitor.defaults["HTTP_AUTHORIZATION"]
    for pattern in addresses():
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            answer = visitor.call(method, path_of(pattern, theirs), {})
            allowed = {200} if pattern.name == "api-openapi" and method == "GET" else {401, 405}
            assert answer.status_code in allowed, (pattern.name, method)


def test_a_key_of_another_environment_sees_no_work(program: Make, theirs: dict[str, Any]) -> None:
    elsewhere = program(environment="production")
    for pattern in addresses():
        name = str(pattern.name)
        if name in theirs and name not in OF_EVERY_ENVIRONMENT:
            method = EXPECTED[name][0]
            assert elsewhere.call(method, path_of(pattern, theirs)).status_code == 404, name
    assert elsewhere.read("export-jobs")["data"] == []
    assert elsewhere.read(f"tenants/{theirs['tenant'].pk}/connect-links")["data"] == []


def test_an_incident_of_another_environments_connection_is_not_shown(program: Make) -> None:
    connection = ConnectionFactory.create()
    incident = IncidentFactory.create(tenant=connection.tenant, connection_id=connection.pk)

    assert program().read(f"incidents/{incident.pk}")["id"] == str(incident.pk)
    elsewhere = program(environment="production")
    assert elsewhere.call("GET", f"incidents/{incident.pk}").status_code == 404


def test_a_key_of_no_tenant_sees_all_and_may_narrow(program: Make) -> None:
    one, other = InstallationFactory.create(), InstallationFactory.create()
    partner = program()

    assert {row["id"] for row in partner.read("installations")["data"]} >= {str(one.pk), str(other.pk)}
    narrowed = partner.read(f"installations?tenant={one.tenant_id}")["data"]
    assert [row["id"] for row in narrowed] == [str(one.pk)]
    assert partner.read(f"installations?tenant={uuid4()}")["data"] == []


def test_who_belongs_to_a_tenant_is_told_by_address_and_role(program: Make) -> None:
    member = MembershipFactory.create()
    told = program().read(f"tenants/{member.tenant_id}/members")["data"]
    assert [(one["email"], one["role"]) for one in told] == [(member.user.email, "owner")]


def test_records_and_their_outcomes_come_in_the_sources_order(program: Make) -> None:
    job = ExportJobFactory.create()
    made = [RecordFactory.create(tenant=job.tenant, job=job, position=n) for n in (2, 0, 1)]
    told = program().read(f"export-jobs/{job.pk}/records")["data"]

    assert [one["id"] for one in told] == [str(one.pk) for one in sorted(made, key=lambda row: row.position)]
    assert {one["outcome"] for one in told} == {None}
    assert {one["amount"] for one in told} == {"99.5000"}
