import requests

from connectors.sap_b1.sandbox import USERS, SapB1Sandbox
from connectors.sap_b1.tests.client import Program


def test_a_log_in_gives_a_session_two_cookies_and_its_minutes(sandbox: SapB1Sandbox) -> None:
    answer = Program(sandbox).login()
    assert answer.json() == {"SessionId": answer.cookies["B1SESSION"], "Version": "1000310", "SessionTimeout": 30}
    assert answer.cookies["ROUTEID"] == ".node1"


def test_each_log_in_takes_a_seat_until_its_log_out(sandbox: SapB1Sandbox) -> None:
    first, second = Program(sandbox).logged_in(), Program(sandbox).logged_in()
    assert sandbox.open_sessions == 2
    assert first.call("POST", "/Logout").status_code == 204
    assert sandbox.open_sessions == 1
    assert first.call("GET", "/Currencies").status_code == 401
    assert second.call("GET", "/Currencies").status_code == 200


def test_the_session_cookie_stays_below_its_root(sandbox: SapB1Sandbox) -> None:
    program = Program(sandbox).logged_in()
    assert {cookie.name: cookie.path for cookie in program.http.cookies} == {
        "B1SESSION": "/b1s/v2",
        "ROUTEID": "/b1s",
    }


def test_use_prolongs_a_session_and_idleness_ends_it(nordwind: Program) -> None:
    for _ in range(3):
        nordwind.sandbox.clock.advance(29 * 60)
        assert nordwind.call("GET", "/Currencies").status_code == 200
    nordwind.sandbox.clock.advance(30 * 60)
    assert nordwind.call("GET", "/Currencies").json()["error"]["code"] == "301"


def test_a_path_in_the_wrong_case_looks_like_a_session_that_ended(sandbox: SapB1Sandbox) -> None:
    body = {"CompanyDB": "SBO_NORDWIND", "UserName": "causeway", "Password": USERS["causeway"]}
    answer = requests.post(f"{sandbox.url}/b1s/v2/login", json=body, timeout=10)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "301")


def test_wrong_passwords_in_a_row_lock_the_user_and_a_right_one_forgets_them(sandbox: SapB1Sandbox) -> None:
    program = Program(sandbox)
    wrong = {"Password": "wrong"}
    for _ in range(4):
        program.login(**wrong)
    assert program.login().status_code == 200
    for _ in range(5):
        program.login(**wrong)
    assert program.login().status_code == 401
    assert sandbox.said["login.locked"] == 1


def test_one_company_does_not_see_the_other(nordwind: Program, harbour: Program) -> None:
    nordwind.posted()
    assert harbour.read("/PurchaseInvoices")["value"] == []


def test_the_ping_needs_no_session_and_says_when_no_node_is_up(sandbox: SapB1Sandbox) -> None:
    program = Program(sandbox)
    assert program.call("GET", "/ping/").json()["message"] == "pong"
    sandbox.switch(down=True)
    assert program.call("GET", "/ping/").status_code == 503
