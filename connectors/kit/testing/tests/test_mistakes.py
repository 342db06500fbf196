"""The suite is worth what it finds: mistakes that connectors make, each planted in a copy of the example."""

import pytest

from connectors.kit.testing import suite
from connectors.kit.testing.checking import Result, Verdict
from connectors.kit.testing.declaring import TargetKit
from connectors.kit.testing.tests.kinds_planted import OF_A_KIND
from connectors.kit.testing.tests.planting import POSTING, Mistake, mistake

MISTAKES = (
    *POSTING,
    *OF_A_KIND,
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
    mistake("note_dropped", "_memo(record.note,", '_memo("",', "note_is_kept"),
    mistake("float_in_the_plan", '"date": day,', '"date": day, "rate": 1.0,', "plan_is_storable"),
    mistake("cents_of_yen", "scaleb(EXPONENTS.get(money.currency, 2))", "scaleb(2)", "currency_without_cents"),
    mistake(
        "two_decimals_of_dinars",
        "int(money.amount.scaleb(EXPONENTS.get(money.currency, 2)))",
        "int(money.amount.scaleb(min(2, EXPONENTS.get(money.currency, 2))))",
        "currency_of_three_decimals",
    ),
    mistake(
        "thread_of_its_own",
        "        bills = list(self._bills()) if len(vendors) < len(documents) else []\n",
        "        from concurrent.futures import ThreadPoolExecutor\n"
        "        with ThreadPoolExecutor(1) as pool:\n"
        "            bills = pool.submit(lambda: list(self._bills())).result()\n",
        "voided_document",
    ),
    mistake(
        "part_of_the_reference_compared",
        'if one.reference in bill["memo"])',
        'if one.reference[:1] in bill["memo"])',
        "what_is_not_there_is_not_found",
    ),
    mistake("signs_of_lines_lost", "sign * _minor(amount)}", "abs(_minor(amount))}", "mixed_signs"),
    mistake("own_currency", '"currency": record.amount.currency', '"currency": "EUR"', "foreign_currency"),
    mistake("sign_lost", '"BILL" if sign > 0 else "CREDIT"', '"BILL"', "money_back"),
    mistake(
        "day_in_utc",
        "record, day = signed(record), record.date.isoformat()",
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
        'owed.name[:NAME] if owed else "Various"',
        "owed.name[:NAME]",
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
    mistake("period_left_to_the_vendor", 'if day <= reference["closed"]:', "if False:", "closed_period"),
    mistake("account_left_to_the_vendor", 'or not accounts[code]["active"]:', "or False:", "inactive_account"),
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
