"""How mistakes are planted in a copy of the example, and those that make a document twice, never or for another.

`right` is what stands in the example, `wrong` what a careless colleague would write.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

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


POSTING = (
    # Facts
    mistake("kind_not_told", "kinds = (Kind.BILL, Kind.CREDIT, ", "kinds = (Kind.BILL, ", "facts_are_told"),
    mistake("kind_not_told_either", "Kind.CREDIT, Kind.VENDOR)", "Kind.CREDIT)", "plan_balances"),
    mistake("scope_not_explained", 'scopes=("bills",),', 'scopes=("bills", "payments"),', "facts_are_told"),
    # The flow
    mistake("another_consent_page", "/oauth/authorize", "/authorize", "declared_flow_leads_to_tokens"),
    mistake("another_token_address", "/oauth/token", "/oauth2/token", "declared_flow_leads_to_tokens"),
    mistake("no_proof_of_the_code", "pkce=True", "pkce=False", "declared_flow_leads_to_tokens"),
    mistake("another_revocation", "/oauth/revoke", "/oauth/revocation", "declared_flow_leads_to_tokens"),
    mistake(
        "refresh_life_not_told",
        "            refresh_life=timedelta(days=60),\n",
        "",
        "refresh_tokens_are_used_in_time",
    ),
    mistake(
        "refresh_life_too_long",
        "refresh_life=timedelta(days=60)",
        "refresh_life=timedelta(days=90)",
        "refresh_tokens_are_used_in_time",
    ),
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
        "last_page_left_out",
        'for page in pages(fetch, lambda page: page["next"]):',
        'for page in list(pages(fetch, lambda page: page["next"]))[:-1]:',
        "found_over_all_pages",
    ),
    mistake(
        "whatever_is_found_is_ours",
        'for bill in bills if one.reference in bill["memo"])',
        'for bill in self._api.get(f"/companies/{self.company}/bills", [("memo", one.reference)])["bills"])',
        "loose_search",
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
    mistake(
        "shop_is_owed_what_an_employee_paid",
        "owed = payee(record)",
        "owed = record.vendor or record.supplier",
        "employees_are_owed_what_they_paid",
    ),
    mistake("vendor_not_looked_for", ", look_first=True", "", "vendor_is_made_once"),
    mistake("vendor_of_a_like_name", 'if one["name"] == name and', "if", "vendor_of_a_like_name_is_another"),
    mistake("inactive_vendor", ' and one["active"]:', ":", "inactive_vendor"),
    mistake(
        "vendor_cut_short",
        "owed.name[:NAME]",
        "owed.name[:9]",
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
)
