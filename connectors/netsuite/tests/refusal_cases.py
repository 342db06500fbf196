"""For each refusal of the sandbox: what to send so that NetSuite says just this."""

from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey, RSAKey

from connectors.netsuite.tests.client import RECORDS, Program, made

Do = Callable[[Program], object]


def switched(do: Do, **switches: Any) -> Do:
    def case(program: Program) -> None:
        program.sandbox.switch(**switches)
        do(program)

    return case


def bill(*lines: dict[str, Any], **changes: Any) -> Do:
    return lambda program: program.make("vendorBill", program.bill(*lines, **changes))


def journal(*lines: dict[str, Any], **changes: Any) -> Do:
    return lambda program: program.make("journalEntry", program.journal(*lines, **changes))


def call(method: str, path: str, body: object = None, **options: Any) -> Do:
    return lambda program: program.call(method, path, body, **options)


def query(words: str, **options: Any) -> Do:
    return lambda program: program.query(words, **options)


def _without_a_token(program: Program) -> None:
    program.token = "made-up"
    program.call("GET", f"{RECORDS}/vendorBill/1")


def _without_scope(program: Program) -> None:
    program.ask_token(scope=["restlets"])
    program.token = program.last.json()["access_token"]
    program.call("GET", f"{RECORDS}/vendorBill/1")


def _twice(record: str, change: dict[str, Any]) -> Do:
    def case(program: Program) -> None:
        body = program.vendor() if record == "vendor" else program.bill()
        program.made(record, body)
        program.make(record, body | change)

    return case


def _fails(program: Program) -> None:
    program.sandbox.store["currency"].put("1", {"id": "1", "currencyprecision": "many"})
    bill()(program)


CASES: dict[str, Do] = {
    "login.invalid": _without_a_token,
    "login.overload": switched(call("GET", f"{RECORDS}/vendorBill/1"), others_calls=1, overload_is_401=True),
    "scope.missing": _without_scope,
    "limit.concurrency": switched(call("GET", f"{RECORDS}/vendorBill/1"), others_calls=1),
    "role.permission": switched(bill(), lacks=["TRAN_VENDBILL"]),
    "record.unknown_type": switched(
        lambda program: program.make("expenseReport", program.report()), without=["expense_reports"]
    ),
    "record.missing": call("GET", f"{RECORDS}/vendorBill/eid:nothing"),
    "path.unknown": call("GET", "/services/rest/nothing"),
    "method.unknown": call("PUT", f"{RECORDS}/vendorBill/17", {}),
    "body.json": call("POST", f"{RECORDS}/vendorBill", b"{"),
    "body.type": call("POST", f"{RECORDS}/vendorBill", b"{}", headers={"Content-Type": "text/plain"}),
    "eid.charset": call("GET", f"{RECORDS}/vendorBill/eid:bill 12|a@b"),
    "header.property_validation": call(
        "POST", f"{RECORDS}/vendorBill", {}, headers={"X-NetSuite-PropertyNameValidation": "Strict"}
    ),
    "replace.unknown": call("PUT", f"{RECORDS}/vendorBill/eid:x?replace=item", {"entity": {"id": "2425"}}),
    "internal": _fails,
    "suiteql.prefer": query("SELECT id FROM account ORDER BY id", prefer=""),
    "suiteql.page": query("SELECT id FROM account ORDER BY id", limit=10, offset=5),
    "suiteql.syntax": query("SELECT nothing FROM account"),
    "suiteql.table": query("SELECT id FROM customer"),
    "field.unknown": bill({"quantity": 1}),
    "field.value": bill({"account": {"id": "9999"}}),
    "field.mandatory": switched(bill(), mandatory={"vendorBill": ["department"]}),
    "field.hidden": switched(bill(custbody_receipt_url="https://x.example"), hidden=["custbody_receipt_url"]),
    "external_id.taken": _twice("vendorBill", {}),
    "entity.taken": _twice("vendor", {"externalId": "xb-vend-2"}),
    "reference.subsidiary": bill({"account": {"id": "201"}}),
    "reference.entity": bill(entity={"id": "2427"}),
    "total.mismatch": bill(userTotal=1000),
    "journal.unbalanced": journal({"account": {"id": "114"}, "debit": 5}, {"account": {"id": "102"}, "credit": 4}),
    "document.negative": bill({"amount": -5}),
    "period.closed": bill(tranDate="2024-05-31"),
}


def token(**asked: Any) -> Do:
    return lambda program: program.ask_token(**asked)


def _revoked(program: Program) -> None:
    program.sandbox.revoke_certificate(program.certificate)
    program.ask_token()


def _late(program: Program) -> None:
    now = int(program.sandbox.clock.time())
    program.ask_token(iat=now - 600, exp=now - 300)


TOKEN_CASES: dict[str, Do] = {
    "token.assertion_type": token(form={"client_assertion_type": "jwt"}),
    "token.two_ways": token(form={"client_secret": "x"}),
    "token.unreadable": token(form={"client_assertion": "no.jwt"}),
    "token.algorithm": token(algorithm="RS256", key=RSAKey.generate_key(2048)),
    "token.certificate": token(kid="another"),
    "token.certificate_expired": _revoked,
    "token.signature": token(key=ECKey.import_key(made(ec.generate_private_key(ec.SECP256R1()))[0])),
    "token.issuer": token(iss="another-integration"),
    "token.audience": token(aud="https://1234567.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token"),
    "token.lifetime": token(exp=2_000_000_000),
    "token.expired": _late,
    "token.scope": token(scope=["everything"]),
    "token.role": switched(token(), lacks=["ADMI_LOGIN_OAUTH2"]),
}
