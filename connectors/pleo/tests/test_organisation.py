"""A token of an organisation sees several companies, and the customer chooses. The sandbox has no such tokens."""

from collections.abc import Iterator
from typing import Any

import pytest

from connectors.kit.connector import Settings
from connectors.kit.egress import Network
from connectors.kit.errors import AskForPermission, ContractBroken, MendSettings, Reconnect
from connectors.kit.exact_json import dumps
from connectors.kit.failures import FailureClass
from connectors.kit.http import Client
from connectors.kit.records import Company
from connectors.kit.testing import ports
from connectors.kit.tests.peer import Act, Peer, answer
from connectors.pleo.connector import Pleo

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
