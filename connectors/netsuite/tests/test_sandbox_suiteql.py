"""SuiteQL with its quirks: text, lower case, missing columns, pages, no order of its own."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from connectors.netsuite.sandbox import NetSuiteSandbox
from connectors.netsuite.sandbox.identity import TOKEN
from connectors.netsuite.tests.client import RECORDS, Program, made


def test_names_come_in_lower_case_and_ids_as_text(program: Program) -> None:
    rows = program.rows("SELECT id AS internalId, entityid FROM vendor WHERE externalid = ? ORDER BY id", "erp-v-100")

    assert rows == [{"links": [], "internalid": "2425", "entityid": "V-100"}]


def test_what_is_empty_is_left_out(program: Program) -> None:
    (row,) = program.rows("SELECT id, email, externalid FROM vendor WHERE id = ? ORDER BY id", "2427")

    assert row == {"links": [], "id": "2427"}


def test_several_subsidiaries_are_one_text(program: Program) -> None:
    (row,) = program.rows("SELECT subsidiary FROM vendor WHERE id = ? ORDER BY id", "2425")

    assert row["subsidiary"] == "1, 2"


def test_inactive_rows_are_there_unless_they_are_left_out(program: Program) -> None:
    every = program.rows("SELECT id FROM account ORDER BY id")
    active = program.rows("SELECT id FROM account WHERE isinactive = 'F' ORDER BY id")

    assert len(active) == len(every) - 1


def test_pages_say_whether_there_are_more(program: Program) -> None:
    answer = program.query("SELECT id FROM account ORDER BY id", limit=20, offset=20).json()

    assert (answer["count"], answer["hasMore"], answer["totalResults"]) == (8, False, 28)
    assert program.query("SELECT id FROM account ORDER BY id", limit=20).json()["hasMore"] is True


def test_without_an_order_there_is_none(program: Program) -> None:
    asked = {tuple(row["id"] for row in program.rows("SELECT id FROM account")) for _ in range(5)}

    assert len(asked) > 1


def test_what_was_written_can_be_queried(program: Program) -> None:
    number = program.made("vendorBill", program.bill())

    rows = program.rows("SELECT id, type, voided FROM transaction WHERE externalid = ? ORDER BY id", "xb-bill-1")
    assert rows == [{"links": [], "id": number, "type": "VendBill", "voided": "F"}]


def test_without_the_workbook_queries_fail_and_calls_by_id_go_on(program: Program) -> None:
    number = program.made("vendorBill", program.bill())
    program.sandbox.switch(lacks=["REPO_ANALYTICS"])

    assert program.query("SELECT id FROM account ORDER BY id").status_code == 400
    assert program.read("vendorBill", number)["id"] == number


def test_the_account_takes_so_many_calls_at_once_and_no_more(sandbox: NetSuiteSandbox, program: Program) -> None:
    sandbox.switch(concurrent=0)

    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(lambda _: program.http.get(sandbox.url + RECORDS + "/vendorBill/1", timeout=10), "ab")
        )
    assert {answer.status_code for answer in answers} == {429}


def test_the_accounts_own_limit_is_for_administrators(program: Program) -> None:
    assert program.call("GET", "/services/rest/system/v1/governanceLimits").json()["accountConcurrencyLimit"] == 5
    program.sandbox.switch(lacks=["administrator"])
    assert program.call("GET", "/services/rest/system/v1/governanceLimits").status_code == 400


def test_a_token_lives_for_an_hour(program: Program) -> None:
    assert program.ask_token().json().keys() == {"access_token", "expires_in", "token_type"}
    program.sandbox.clock.advance(3601)
    assert program.call("GET", f"{RECORDS}/vendorBill/1").status_code == 401


def test_scopes_are_an_array_and_a_text_with_commas_is_read_too(program: Program) -> None:
    assert program.ask_token(scope="rest_webservices,restlets").status_code == 200


def test_a_weak_key_or_another_kind_of_key_is_not_uploaded(sandbox: NetSuiteSandbox) -> None:
    with pytest.raises(ValueError, match="3072"):
        sandbox.upload_certificate("x", made(rsa.generate_private_key(65537, 2048))[1])


def test_a_certificate_ends_after_two_years_at_the_most(sandbox: NetSuiteSandbox) -> None:
    kid = sandbox.upload_certificate("x", made(ec.generate_private_key(ec.SECP384R1()), years=9)[1])

    kept = sandbox.store["certificates"].get(kid) or {}
    assert kept["expires"] < sandbox.clock.time() + 733 * 86_400


def test_a_code_is_exchanged_at_the_same_address(program: Program) -> None:
    answer = program.http.post(
        program.sandbox.url + TOKEN, data={"grant_type": "authorization_code", "code": "x"}, timeout=10
    )
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
