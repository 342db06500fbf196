"""A token of an organisation sees several companies, and the customer chooses."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.kit.egress import Network
from connectors.kit.errors import AskForPermission, ContractBroken, JobIsClosed, MendSettings, Reconnect
from connectors.kit.exact_json import dumps
from connectors.kit.failures import FailureClass
from connectors.kit.http import Client
from connectors.kit.records import Company, Ending, EntryOutcome, JobState, Result
from connectors.kit.settings import Settings
from connectors.kit.testing import ports
from connectors.kit.tests.peer import Act, Peer, answer
from connectors.pleo.connector import Pleo
from connectors.pleo.sandbox import PleoSandbox
from connectors.pleo.sandbox.names import COMPANIES, MEMBERS, ORGANISATION
from connectors.pleo.tests.app_at_pleo import AppAtPleo, entries_of

NORTH, SOUTH = Company("c-1", "North ApS"), Company("c-2", "South GmbH")


@pytest.fixture
def client(peer: Peer) -> Iterator[Client]:
    client = Client({"api": peer.url}, ports(), Network.SANDBOX)
    yield client
    client.close()


def says(value: Any) -> Act:
    return answer(200, dumps(value).encode())


def subject(urn: str) -> Act:
    return says({"data": {"authMethod": "OAUTH2", "clientId": "x", "scope": "", "subjectURN": urn}})


def companies(*listed: Company, more: str | None = None) -> Act:
    data = [{"id": one.id, "name": one.name, "address": {}} for one in listed]
    return says({"data": data, "pagination": {"hasNextPage": more is not None, "endCursor": more}})


@pytest.mark.parametrize("spelling", ["organisation", "organization"])
def test_all_its_companies_are_listed(peer: Peer, client: Client, spelling: str) -> None:
    peer.will(subject(f"urn:pleo:{spelling}:o-1"), companies(NORTH, more="GEZDA==="), companies(SOUTH))
    assert Pleo(client, Settings()).companies() == (NORTH, SOUTH)
    assert peer.requests[1].startswith(b"GET /v1/companies?organization_id=o-1&limit=100 ")
    assert peer.requests[2].startswith(b"GET /v1/companies?organization_id=o-1&limit=100&after=GEZDA%3D%3D%3D ")


def test_one_of_several_must_be_chosen(peer: Peer, client: Client) -> None:
    peer.will(subject("urn:pleo:organisation:o-1"), companies(NORTH, SOUTH))
    with pytest.raises(MendSettings) as caught:
        Pleo(client, Settings()).probe()
    assert caught.value.failure is FailureClass.AUTH_NOT_USABLE_YET


def test_the_chosen_one_is_probed_by_its_id(peer: Peer, client: Client) -> None:
    peer.will(subject("urn:pleo:organisation:o-1"), companies(NORTH, SOUTH), companies())
    assert Pleo(client, Settings(), SOUTH.id).probe().company == SOUTH
    assert b"company_id=c-2" in peer.requests[2]


def test_a_company_that_has_left_the_organisation_must_be_connected_again(peer: Peer, client: Client) -> None:
    peer.will(subject("urn:pleo:organisation:o-1"), companies(NORTH))
    with pytest.raises(Reconnect):
        Pleo(client, Settings(), SOUTH.id).probe()


def test_companies_that_may_not_be_listed_are_a_missing_right(peer: Peer, client: Client) -> None:
    peer.will(subject("urn:pleo:organisation:o-1"), answer(403))
    with pytest.raises(AskForPermission):
        Pleo(client, Settings()).companies()


def test_jobs_are_asked_for_the_chosen_company_only(peer: Peer, client: Client) -> None:
    peer.will(companies())
    assert list(Pleo(client, Settings(), SOUTH.id).jobs()) == []
    assert b"?statuses=pending&statuses=in_progress&company_id=c-2&limit=100 " in peer.requests[0]


@pytest.mark.parametrize("urn", ["", "urn:pleo:employee:1", "urn:pleo:company:../../x", "o-1"])
def test_an_unknown_kind_of_subject_is_a_broken_contract(peer: Peer, client: Client, urn: str) -> None:
    peer.will(subject(urn))
    with pytest.raises(ContractBroken):
        Pleo(client, Settings()).companies()


# At the sandbox


@pytest.fixture
def organisation(sandbox: PleoSandbox) -> AppAtPleo:
    return AppAtPleo(sandbox, ORGANISATION)


def member(app: AppAtPleo, place: int) -> Pleo:
    return app.for_company(app.sandbox.company_id(MEMBERS[place]))


def exported(app: AppAtPleo, pleo: Pleo, entries: int = 2) -> str:
    app.sandbox.add_entries(pleo.company, entries, seed=1, spoiled=False)
    return str(app.sandbox.export(pleo.company)["id"])


def test_its_companies_are_its_own_and_no_others(organisation: AppAtPleo) -> None:
    found = organisation.for_company("").companies()
    assert sorted(company.name for company in found) == sorted(MEMBERS) != sorted(name for name, *_ in COMPANIES)


def test_one_authorisation_serves_every_company_and_keeps_their_jobs_apart(organisation: AppAtPleo) -> None:
    one, other = member(organisation, 0), member(organisation, 1)
    jobs = exported(organisation, one), exported(organisation, other)
    assert [[job.id for job in pleo.jobs()] for pleo in (one, other)] == [[jobs[0]], [jobs[1]]]
    with pytest.raises(JobIsClosed, match="not of the chosen Pleo company"):
        one.job(jobs[1])
    with pytest.raises(JobIsClosed, match="not of the chosen Pleo company"):
        one.export_again(jobs[1], [])
    with pytest.raises(Reconnect):
        organisation.for_company(organisation.sandbox.company_id(COMPANIES[-1][0])).probe()


def test_a_whole_job_of_one_of_them(organisation: AppAtPleo) -> None:
    pleo = member(organisation, 1)
    assert pleo.probe().company.name == MEMBERS[1]
    job = pleo.job(exported(organisation, pleo))
    good, bad = (record.entry for page in pleo.records(job) for record in page)
    at = datetime(2026, 3, 2, tzinfo=UTC)
    pleo.start(job)
    pleo.keep_alive(job, [good, bad])
    assert pleo.report(job, [EntryOutcome(good, Result.SUCCESSFUL, at), EntryOutcome(bad, Result.FAILED, at)]) == ()
    pleo.finish(job, Ending(JobState.COMPLETED_WITH_ERRORS))
    assert entries_of(pleo, pleo.export_again(job.id, [bad])) == [bad]


def test_an_entry_of_another_company_is_never_taken(organisation: AppAtPleo) -> None:
    pleo = member(organisation, 0)
    job = pleo.job(exported(organisation, pleo, 1))
    (entry,) = entries_of(pleo, job)
    known = organisation.sandbox.store["entries"].get(entry)
    assert known is not None
    foreign = known["payload"] | {"companyId": member(organisation, 1).company}
    organisation.sandbox.store["entries"].change(entry, payload=foreign)
    with pytest.raises(ContractBroken, match="another company"):
        list(pleo.records(job))


def test_a_webhook_says_which_company_it_is_about(organisation: AppAtPleo, peer: Peer) -> None:
    peer.will(answer(202), answer(202))
    one, other = member(organisation, 0), member(organisation, 1)
    one.subscribe(f"{peer.url}/hooks/1")
    for pleo in (one, other):
        job = exported(organisation, pleo, 1)
        event = Pleo.read_webhook(peer.wait().partition(b"\r\n\r\n")[2])
        assert (event.company_id, event.subject_id) == (pleo.company, job)
