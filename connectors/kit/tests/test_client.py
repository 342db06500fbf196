"""The seam to a vendor, against a server that misbehaves on purpose."""

from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest

from connectors.kit import http
from connectors.kit.egress import Network
from connectors.kit.errors import ContractBroken, OutcomeUnknown, RateLimited, Reconnect, TryLater
from connectors.kit.flows import Endpoint, SessionLogin
from connectors.kit.http import Answer, Client, Request
from connectors.kit.ports import Ports
from connectors.kit.testing import FixedTokens, ListRecorder, NoLimit, ports
from connectors.kit.tests.peer import Act, Peer, answer, cut, drip, flood, hang_up, reset, silence

READ = Request("GET", "/things", query=(("page", "1"), ("q", "a b&c")))
WRITE = Request.json("POST", "/things", {"name": "x"})


def client(peer: Peer, its_ports: Ports | None = None, seconds: float = 5.0) -> Client:
    return Client({"api": peer.url}, its_ports or ports(), Network.SANDBOX, read_seconds=seconds)


def test_a_request_arrives_as_it_was_made(peer: Peer) -> None:
    peer.will(answer(201, b'{"id": 0.10}', X_Id="7"))
    got = client(peer).send(WRITE)
    sent = peer.requests[0]
    assert sent.startswith(b"POST /things HTTP/1.1\r\n")
    assert b"Authorization: Bearer token\r\n" in sent
    assert sent.endswith(b'\r\n\r\n{"name":"x"}')
    assert (got.status, got.headers["x-id"], str(got.json()["id"])) == (201, "7", "0.10")


def test_a_session_is_carried_by_its_cookies(peer: Peer) -> None:
    peer.will(answer())
    login = SessionLogin(login=Endpoint("api", "/login"), asks=(), life=timedelta(minutes=30))
    its = ports(FixedTokens("SESSION=s3cret; ROUTE=.node1"))
    Client({"api": peer.url}, its, Network.SANDBOX, flow=login).send(READ)
    assert b"Cookie: SESSION=s3cret; ROUTE=.node1\r\n" in peer.requests[0]
    assert b"Authorization" not in peer.requests[0]


def test_a_query_is_quoted(peer: Peer) -> None:
    peer.will(answer())
    client(peer).send(READ)
    assert peer.requests[0].startswith(b"GET /things?page=1&q=a+b%26c HTTP/1.1\r\n")


@pytest.mark.parametrize("trouble", [silence, hang_up, reset, cut, drip])
def test_a_write_without_an_answer_has_an_unknown_outcome(peer: Peer, trouble: Act) -> None:
    peer.will(trouble)
    with pytest.raises(OutcomeUnknown):
        client(peer, seconds=0.3).send(WRITE)
    assert len(peer.requests) == 1


@pytest.mark.parametrize("trouble", [silence, hang_up, reset, cut, drip])
def test_a_read_without_an_answer_may_be_tried_later(peer: Peer, trouble: Act) -> None:
    peer.will(trouble)
    with pytest.raises(TryLater):
        client(peer, seconds=0.3).send(READ)
    assert len(peer.requests) == 1


def test_a_refused_connection_means_that_nothing_was_done() -> None:
    with Peer() as gone:
        pass
    with pytest.raises(TryLater):
        client(gone).send(WRITE)


def test_an_unknown_name_means_that_nothing_was_done() -> None:
    nowhere = Client({"api": "https://nowhere.invalid"}, ports())
    with pytest.raises(TryLater):
        nowhere.send(WRITE)


def test_an_endless_answer_is_cut_off(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "ANSWER_LIMIT", 100_000)
    peer.will(flood)
    with pytest.raises(ContractBroken):
        client(peer).send(READ)


def test_an_expired_token_is_renewed_once(peer: Peer) -> None:
    tokens = FixedTokens("old", "new")
    peer.will(answer(401), answer(200))
    assert client(peer, ports(tokens)).send(WRITE).ok
    assert tokens.refused == ["old"]
    assert b"Bearer new" in peer.requests[1]


def test_a_second_401_is_an_answer_and_not_a_loop(peer: Peer) -> None:
    peer.will(answer(401), answer(401))
    assert client(peer, ports(FixedTokens("old", "new", "newer"))).send(READ).status == 401
    assert len(peer.requests) == 2


def test_a_refused_renewal_reaches_the_caller(peer: Peer) -> None:
    peer.will(answer(401))
    with pytest.raises(Reconnect):
        client(peer).send(READ)


def test_a_server_error_is_not_repeated_behind_our_back(peer: Peer) -> None:
    peer.will(answer(503))
    assert client(peer).send(WRITE).status == 503
    assert peer.connections == 1


def test_a_redirect_is_not_followed(peer: Peer) -> None:
    peer.will(answer(302, b"", Location=f"{peer.url}/elsewhere"), answer(200))
    assert client(peer).send(READ).status == 302
    assert len(peer.requests) == 1


def test_no_cookie_is_kept(peer: Peer) -> None:
    peer.will(answer(Set_Cookie="session=1"), answer())
    same = client(peer)
    same.send(READ)
    same.send(READ)
    assert b"ookie" not in peer.requests[1]


def test_where_no_call_may_be_made_none_is_made(peer: Peer) -> None:
    class Inside(Exception):
        pass

    def inside_a_transaction() -> None:
        raise Inside

    with pytest.raises(Inside):
        client(peer, ports(before_call=inside_a_transaction)).send(READ)
    assert peer.connections == 0


def test_a_spent_budget_stops_the_call(peer: Peer) -> None:
    class Spent:
        def call(self, *, sends_file: bool = False) -> AbstractContextManager[None]:
            raise RateLimited("Not now.")

        def learn(self, answer: Answer) -> None:
            raise AssertionError("there was no answer")

    with pytest.raises(RateLimited):
        client(peer, ports(budget=Spent())).send(READ)
    assert peer.connections == 0


def test_the_budget_learns_from_every_answer(peer: Peer) -> None:
    budget = NoLimit()
    peer.will(answer(429, Retry_After="7"))
    client(peer, ports(budget=budget)).send(READ)
    assert budget.calls == 1
    assert budget.learnt[0].headers["retry-after"] == "7"


def test_an_exchange_is_recorded_without_its_secrets(peer: Peer) -> None:
    recorder = ListRecorder()
    peer.will(answer(200, b'{"secretKey":"whsec_abc","url":"https://f.example/1?sig=abc","n":1.50}'))
    request = Request.json("PUT", "/things", {"password": "abc", "amount": 1}, headers={"X-Reference": "r"})
    client(peer, ports(FixedTokens("abcdefgh"), recorder=recorder)).send(request)
    exchange = recorder.exchanges[0]
    assert "abc" not in str(exchange)
    assert (exchange.method, exchange.address, exchange.status) == ("PUT", f"{peer.url}/things", 200)
    assert exchange.request_headers["X-Reference"] == "r"
    assert '"n":1.50' in exchange.answer_body


def test_a_call_without_an_answer_is_recorded_too(peer: Peer) -> None:
    recorder = ListRecorder()
    peer.will(reset)
    with pytest.raises(OutcomeUnknown):
        client(peer, ports(recorder=recorder)).send(WRITE)
    assert recorder.exchanges[0].status == 0
    assert recorder.exchanges[0].error


NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0),
        ("7", 7),
        (" 60 ", 60),
        ("86400", 86400),
        ("Mon, 02 Mar 2026 09:01:00 GMT", 60),
        ("259200", None),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("²", None),
        ("9" * 5000, None),
        ("Mon, 02 Mar 2026 08:00:00 GMT", None),
        ("Mon, 02 Mar 9999 08:00:00 GMT", None),
        ("Mon, 02 Mar 2026 09:01:00 -0000", None),
        (",", None),
    ],
)
def test_a_wait_is_believed_if_it_makes_sense(header: str, seconds: int | None) -> None:
    wait = Answer(429, {"retry-after": header}, b"").retry_after(NOW)
    assert wait == (None if seconds is None else timedelta(seconds=seconds))
