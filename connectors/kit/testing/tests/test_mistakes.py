"""The suite is worth what it finds: mistakes that connectors make, each planted in a copy of the example."""

from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

import pytest

from connectors.kit.testing import suite
from connectors.kit.testing.checking import Result, Verdict
from connectors.kit.testing.declaring import TargetKit
from connectors.kit.testing.tests.example import connector
from connectors.kit.testing.tests.example.conformance import KIT

SOURCE = Path(connector.__file__).read_text()


@dataclass(frozen=True)
class Mistake:
    """What stands in the example, what a careless colleague would write, and the checks that must see it."""

    name: str
    right: str
    wrong: str
    seen_by: tuple[str, ...]

    def kit(self) -> TargetKit:
        assert SOURCE.count(self.right) == 1, self.right
        module = ModuleType(f"acme_with_{self.name}")
        exec(compile(SOURCE.replace(self.right, self.wrong), connector.__file__, "exec"), module.__dict__)
        return replace(KIT, connector=module.connector)


def mistake(name: str, right: str, wrong: str, *seen_by: str) -> Mistake:
    return Mistake(name, right, wrong, seen_by)


MISTAKES = (
    # Facts
    mistake("kind_not_told", "kinds = (Kind.BILL, Kind.CREDIT, ", "kinds = (Kind.BILL, ", "facts_are_told"),
    mistake("kind_not_told_either", "Kind.CREDIT, Kind.VENDOR)", "Kind.CREDIT)", "plan_balances"),
    mistake("scope_not_explained", 'scopes=("bills",),', 'scopes=("bills", "payments"),', "facts_are_told"),
    # Twice or never
    mistake("no_key", '"Idempotency-Key", timedelta', '"X-Key", timedelta', "answer_lost", "crash_after_the_call"),
    mistake(
        "blind_retry",
        "        if answer.status >= 500:\n",
        "        if answer.status >= 500:\n            self.client.send(draft.request)\n",
        "nothing_is_sent_behind_the_engines_back",
        "server_error_with_the_write",
    ),
    mistake(
        "5xx_is_refused",
        "tuple(Unknown(document.key, answer.text()) for",
        "tuple(REFUSALS.refused(document, Told(answer.text())) for",
        "server_error_with_the_write",
    ),
    mistake("5xx_may_go_again", "if answer.status >= 500:", "if answer.status > 999:", "server_error_with_the_write"),
    mistake(
        "refused_is_done",
        "return REFUSALS.refused(document, Told(words))",
        'return Created(document.key, Found("1"))',
        "mixed_batch_with_one_bad",
    ),
    mistake(
        "first_answer_for_all",
        'if document.reference in str(bill.get("memo"))), {})',
        "), {})",
        "mixed_batch_with_one_bad",
        "found_over_all_pages",
    ),
    mistake(
        "look_up_by_day",
        'if one.reference in bill["memo"])',
        'if one.dated and one.dated.isoformat() == bill["date"])',
        "what_is_not_there_is_not_found",
    ),
    mistake(
        "one_page_only",
        'lambda page: page["next"]',
        "lambda page: None",
        "found_over_all_pages",
    ),
    mistake(
        "cursor_loop",
        'for page in pages(fetch, lambda page: page["next"]):\n',
        'page = {"next": ""}\n        while page["next"] is not None:\n            page = fetch(page["next"])\n',
        "list_that_never_ends",
    ),
    mistake(
        "failed_look_up_is_nothing",
        "        bills = list(self._bills()) if len(vendors) < len(documents) else []\n",
        "        from connectors.kit.errors import ConnectorError\n"
        "        try:\n"
        "            bills = list(self._bills())\n"
        "        except ConnectorError:\n"
        "            bills = []\n",
        "look_up_fails",
    ),
    mistake(
        "posted_again_as_before",
        '"memo": _memo(record.note, f"[{marker(key, revision)}]")',
        '"memo": _memo(record.note, f"[{marker(key, 1)}]")',
        "voided_document",
    ),
    mistake(
        "read_asks",
        "        bills = _listed(ERRORS.checked(",
        "        self.companies()\n        bills = _listed(ERRORS.checked(",
        "reading_asks_nobody",
    ),
    mistake("gone_is_a_fault", "self._api.get_if_there(", "self._api.get(", "standing_documents"),
    mistake(
        "no_way_to_the_document",
        "address('app')}/bills/{document_id}",
        "address('app')}/bills",
        "document_has_an_address",
    ),
    mistake(
        "way_to_somewhere_else",
        "{self.client.address('app')}/bills",
        "https://acme.example/bills",
        "document_has_an_address",
    ),
    # Vendors
    mistake("vendor_of_each_entry", 'Key(f"vendor:{name}", Part', "Key(record.entry, Part", "vendor_is_made_once"),
    mistake("one_vendor_for_all", "known[one.needs]", "next(iter(known.values()))", "document_names_its_own_vendor"),
    mistake("vendor_not_looked_for", ", look_first=True", "", "vendor_is_made_once"),
    mistake("vendor_of_a_like_name", 'if one["name"] == name:', "if one:", "vendor_of_a_like_name_is_another"),
    mistake(
        "vendor_cut_short",
        "record.supplier.name[:NAME]",
        "record.supplier.name[:9]",
        "vendor_of_a_like_name_is_another",
    ),
    mistake(
        "vendor_refused_in_an_outage",
        "        if answer.status >= 500:\n",
        "        if answer.status >= 500 and draft.documents[0].kind is Kind.VENDOR:\n"
        "            return tuple(REFUSALS.refused(one, Told(answer.text())) for one in draft.documents)\n"
        "        if answer.status >= 500:\n",
        "vendor_answer_lost",
    ),
    mistake("voided_is_adopted", 'void=bill["status"] == "VOID"', "void=False", "voided_document"),
    mistake(
        "key_that_is_none",
        'NativeKey("Idempotency-Key", timedelta(minutes=5))',
        "__import__('connectors.kit.idempotency').kit.idempotency.NaturalKey()",
        "same_reference_twice",
    ),
    # Money, days and texts
    mistake(
        "float_money",
        "int(money.amount.scaleb(EXPONENTS.get(money.currency, 2)))",
        "int(float(money.amount) * 10 ** EXPONENTS.get(money.currency, 2))",
        "lines_add_up",
    ),
    mistake(
        "all_on_the_first_account",
        "(_code(accounts, line, place),",
        "(_code(accounts, record.lines[0], place),",
        "lines_stay_on_their_accounts",
    ),
    mistake(
        "amounts_of_the_shop",
        '"currency": record.amount.currency',
        '"currency": (record.original or record.amount).currency',
        "what_was_paid_at_the_shop_is_not_booked",
    ),
    mistake("power_of_ten", '"date": day,', '"date": day, "rate": Decimal("1E+2"),', "amounts_are_written_out"),
    mistake(
        "ascii_alone", "_memo(record.note,", '_memo(record.note.encode("ascii", "ignore").decode(),', "unicode_text"
    ),
    mistake("float_in_the_plan", '"date": day,', '"date": day, "rate": 1.0,', "plan_is_storable"),
    mistake("cents_of_yen", "scaleb(EXPONENTS.get(money.currency, 2))", "scaleb(2)", "currency_without_cents"),
    mistake("own_currency", '"currency": record.amount.currency', '"currency": "EUR"', "foreign_currency"),
    mistake("sign_lost", '"BILL" if sign > 0 else "CREDIT"', '"BILL"', "money_back"),
    mistake(
        "day_in_utc",
        "day = record.date.isoformat()",
        "from datetime import UTC, datetime\n"
        "        moment = datetime.combine(record.date, datetime.min.time()).astimezone(UTC)\n"
        "        day = moment.date().isoformat()",
        "day_stays_the_day",
    ),
    mistake(
        "reference_cut_off",
        'f"{note[: MEMO - len(reference) - 1]} {reference}".strip()',
        'f"{note} {reference}".strip()[:MEMO]',
        "long_text",
    ),
    mistake(
        "text_not_escaped",
        'yield Draft(Request.json("POST", f"/companies/{self.company}/bills", body), some)',
        "from connectors.kit import exact_json\n"
        "            text = exact_json.dumps(body).replace('\\\\\"', '\"').encode()\n"
        '            headers = {"Content-Type": "application/json"}\n'
        '            path = f"/companies/{self.company}/bills"\n'
        '            yield Draft(Request("POST", path, body=text, headers=headers), some)',
        "unicode_text",
    ),
    # Planning
    mistake(
        "chance_in_the_plan",
        '{marker(key, revision)}]"),\n',
        '{marker(key, revision)}]"),\n                "nonce": __import__("uuid").uuid4().hex,\n',
        "plan_is_deterministic",
    ),
    mistake(
        "chance_in_a_batch",
        'body = {"bills": ',
        'body = {"nonce": __import__("uuid").uuid4().hex if first else "", "bills": ',
        "preview_is_what_is_sent",
    ),
    mistake(
        "part_of_a_reference",
        'reference=f"[{marker(key, revision)}]"',
        'reference=f"[{marker(key, revision)[:4]}]"',
        "references_are_its_own",
    ),
    mistake(
        "money_back_shown_as_a_cost",
        "BookLine.of(code, amount) for",
        "BookLine(code, debit=amount if amount.amount > 0 else -amount) for",
        "lines_of_money_back_stay_on_their_accounts",
    ),
    mistake("plan_asks", 'if day <= reference["closed"]:', 'if day <= self._books()["closed"]:', "plan_is_pure"),
    mistake(
        "same_reference_after_a_void",
        'reference=f"[{marker(key, revision)}]"',
        'reference=f"[{marker(key, 1)}]"',
        "references_are_its_own",
    ),
    # Refusing
    mistake(
        "inactive_account_ignored",
        '    if code not in accounts or not accounts[code]["active"]:\n',
        '    if code in accounts and not accounts[code]["active"]:\n'
        '        return "5800"\n'
        "    if code not in accounts:\n",
        "inactive_account",
    ),
    mistake(
        "supplier_taken_for_granted",
        'record.supplier.name[:NAME] if record.supplier else "Various"',
        "record.supplier.name[:NAME]",
        "entry_that_says_little",
    ),
    mistake(
        "account_not_named", "account {code} is not in use", "an account is not in use", "unknown_account_is_named"
    ),
    mistake(
        "line_without_account",
        'raise RefuseRecord(\n            f"Line {place} has no account',
        'return "5800"\n        raise RefuseRecord(\n            f"Line {place} has no account',
        "missing_mapping_is_named",
    ),
    mistake(
        "period_not_told",
        "failure=FailureClass.PERIOD_CLOSED",
        "failure=FailureClass.VALIDATION_FIELD",
        "closed_period",
    ),
    mistake("warning_swallowed", ', tuple(map(redaction.redact, bill["warnings"])))', ")", "warning_is_kept"),
    # Answers
    mistake(
        "retry_after_ignored",
        "        if answer.status >= 500:\n",
        "        if answer.status == 429:\n"
        "            from connectors.kit.errors import RateLimited\n"
        '            raise RateLimited("Acme Books asks for a pause.")\n'
        "        if answer.status >= 500:\n",
        "limited_with_a_wait",
    ),
    mistake(
        "shape_not_checked",
        "bills = _listed(ERRORS.checked(",
        "bills = (lambda body: body['bills'])(ERRORS.checked(",
        "wrong_typed_answer",
    ),
    mistake("whatever_is_new_is_void", 'bill["status"] == "VOID"', 'bill["status"] != "OPEN"', "unknown_words"),
    mistake(
        "words_are_taken_for_all_there_are",
        'void=bill["status"] == "VOID"',
        'void={"OPEN": False, "VOID": True}[bill["status"]]',
        "unknown_words",
    ),
    mistake(
        "401_is_refused",
        "        if answer.status >= 500:\n",
        "        if answer.status == 401:\n"
        "            return tuple(REFUSALS.refused(one, Told(answer.text())) for one in draft.documents)\n"
        "        if answer.status >= 500:\n",
        "authorisation_ends_in_mid_batch",
    ),
    mistake(
        "403_is_refused",
        "        if answer.status >= 500:\n",
        "        if answer.status == 403:\n"
        "            return tuple(REFUSALS.refused(one, Told(answer.text())) for one in draft.documents)\n"
        "        if answer.status >= 500:\n",
        "forbidden_write",
    ),
    # Whose
    mistake(
        "books_kept_for_everybody",
        "        return self._books()\n",
        '        return globals().setdefault("kept", self._books())\n',
        "customers_are_kept_apart",
    ),
    mistake(
        "first_company_is_written_to",
        'Request.json("POST", f"/companies/{self.company}/bills", body)',
        'Request.json("POST", f"/companies/{self.companies()[0].id}/bills", body)',
        "writes_to_the_chosen_company",
    ),
    mistake(
        "first_company_is_probed",
        "Probe(Company(self.company, name))",
        "Probe(self.companies()[0])",
        "probe_good",
    ),
    mistake(
        "receipt_on_another_document",
        "/bills/{document_id}/files/",
        "/bills/{vars(self).setdefault('first', document_id)}/files/",
        "receipt_is_on_its_document",
    ),
    mistake(
        "receipt_never_replaced",
        "/files/{attachment.place}",
        "/files/{__import__('uuid').uuid4().hex}",
        "receipt_twice",
    ),
    mistake("one_name_for_all_receipts", "{attachment.place}.", "receipt.", "two_receipts_of_one_document"),
    mistake(
        "receipt_believed_to_be_there",
        "        ERRORS.checked(answer, self.client.now)\n\n",
        "\n",
        "receipt_breaks_off",
    ),
    mistake(
        "receipt_error_is_the_documents",
        "if answer.status in {400, 404, 413}:",
        "if answer.status > 999:",
        "receipt_fails_after_the_post",
    ),
    # Secrets
    mistake(
        "token_in_an_address",
        'f"/companies/{self.company}/books")',
        'f"/companies/{self.company}/books", (("key", self.client.prepare().token),))',
        "no_secret_is_shown",
    ),
    mistake(
        "around_the_client",
        "        self._books()\n        name",
        "        __import__('requests').get(self.client.address('api') + '/companies', timeout=9)\n"
        "        self._books()\n        name",
        "probe_good",
    ),
    mistake(
        "token_in_the_log",
        "        self._books()\n        name",
        '        __import__("logging").getLogger("acme").debug(self.client.prepare().token)\n'
        "        self._books()\n        name",
        "no_secret_is_shown",
    ),
    mistake(
        "token_kept",
        "        self._books()\n        name",
        "        self.bearer = self.client.prepare().token\n        name",
        "probe_bad_configuration",
    ),
    mistake(
        "token_in_words",
        "Unknown(document.key, answer.text())",
        "Unknown(document.key, answer.body.decode())",
        "no_secret_is_repeated",
    ),
)


def results(kit: TargetKit, names: tuple[str, ...]) -> dict[str, Result]:
    return {result.check.name: result for result in suite.run_all(kit, lambda name: name in names)}


@pytest.mark.parametrize("planted", MISTAKES, ids=lambda planted: planted.name)
def test_every_mistake_is_seen(planted: Mistake) -> None:
    found = results(planted.kit(), planted.seen_by)

    assert {name: result.verdict for name, result in found.items()} == dict.fromkeys(planted.seen_by, Verdict.FAILED)
