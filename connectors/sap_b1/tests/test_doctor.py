"""The doctor against a set-up that is whole, and against each that is not; and what is made for it."""

from typing import Any

import pytest

from connectors.kit.doctor import Step
from connectors.sap_b1.sandbox import HARBOUR, NORDWIND, SapB1Sandbox
from connectors.sap_b1.tests.refusal_cases import PERIOD
from connectors.sap_b1.tests.support import connected

IN_ORDER = [
    *("Server", "Service Layer", "Log-in", "Company"),
    *("ChartOfAccounts", "Projects", "ProfitCenters", "Dimensions", "Taxes", "BusinessPlaces"),
    *(f"U_CausewayId on {name}" for name in ("PurchaseInvoices", "JournalEntries", "VendorPayments")),
    *("U_CausewayId on BusinessPartners", "User table", "Period"),
    *(f"Series of {name}" for name in ("purchase invoices", "purchase credit notes", "journal entries")),
    *("Series of vendor payments", "Receipts", "Log-out"),
]


def failed(sandbox: SapB1Sandbox, **settings: Any) -> list[Step]:
    return [step for step in connected(sandbox, **settings).doctor() if not step.ok]


def test_a_whole_set_up_is_well_and_is_looked_at_in_the_order_of_mending(sandbox: SapB1Sandbox) -> None:
    steps = list(connected(sandbox).doctor())
    assert [step for step in steps if not step.ok] == []
    assert [step.name for step in steps] == IN_ORDER
    assert sandbox.writes == 0


def _no_accounts(sandbox: SapB1Sandbox) -> None:
    with sandbox.store.transaction():
        for account in sandbox.store["ChartOfAccounts"].find(_company=NORDWIND):
            sandbox.store["ChartOfAccounts"].delete(account["id"])


BROKEN: dict[str, Any] = {
    "Service Layer": lambda sandbox: sandbox.switch(down=True),
    "Log-in": lambda sandbox: (sandbox.end_sessions(), sandbox.users.update(causeway="another")),
    "Company": lambda sandbox: sandbox.change_company(NORDWIND, version="930240"),
    "ChartOfAccounts": lambda sandbox: sandbox.switch(forbidden=("ChartOfAccounts",)),
    "Taxes": lambda sandbox: sandbox.switch(forbidden=("VatGroups",)),
    "BusinessPlaces": lambda sandbox: sandbox.change_company(NORDWIND, branches=True),
    "U_CausewayId on JournalEntries": lambda sandbox: sandbox.switch(forbidden=("JournalEntries",)),
    "Period": lambda sandbox: sandbox.change_company(NORDWIND, periods=[PERIOD | {"status": "locked"}]),
    "Series of journal entries": lambda sandbox: sandbox.change_company(NORDWIND, without_series=["JournalEntries"]),
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_fault_is_named_alone_with_what_to_do(sandbox: SapB1Sandbox, name: str) -> None:
    target = connected(sandbox)
    BROKEN[name](sandbox)
    [step] = [step for step in target.doctor() if not step.ok]
    assert step.name == name
    assert step.remedy.endswith(".")


@pytest.mark.parametrize("branch", ["", "3", "7"])
def test_a_branch_that_is_not_active_is_none(sandbox: SapB1Sandbox, branch: str) -> None:
    """Harbour Foods works with branches; the third is disabled."""
    [step] = failed(sandbox, company=HARBOUR, branch=branch)
    assert (step.name, f"Branch {branch or '(none)'} of" in step.sentence) == ("BusinessPlaces", True)
    assert failed(sandbox, company=HARBOUR, branch="2") == []


def test_a_branch_in_a_company_without_branches_is_a_mistake(sandbox: SapB1Sandbox) -> None:
    [step] = failed(sandbox, branch="1")
    assert (step.name, "without branches" in step.sentence) == ("BusinessPlaces", True)


@pytest.mark.parametrize(
    ("version", "features"),
    [("1000310", "stored queries, ETags, log-in by OAuth"), ("1000145", "stored queries;"), ("1000110", "none of")],
)
def test_the_version_tells_the_features(sandbox: SapB1Sandbox, version: str, features: str) -> None:
    sandbox.change_company(NORDWIND, version=version)
    [step] = [step for step in connected(sandbox).doctor() if step.name == "Company"]
    assert features in step.sentence


def test_what_business_one_said_is_shown(sandbox: SapB1Sandbox) -> None:
    sandbox.switch(forbidden=("ChartOfAccounts",))
    [step] = failed(sandbox)
    assert step.sentence.endswith("It said: You are not permitted to perform this action.")


def test_a_server_that_is_away_ends_the_look(sandbox: SapB1Sandbox) -> None:
    target = connected(sandbox)
    sandbox.stop()
    [step] = target.doctor()
    assert (step.name, step.ok) == ("Server", False)


def test_fields_that_are_missing_are_made_and_seen_after_a_restart(sandbox: SapB1Sandbox) -> None:
    sandbox.switch(fields_need_restart=True)
    mine: dict[str, Any] = {"marker_field": "OtherId"}
    assert [step.name for step in failed(sandbox, **mine)] == [
        f"U_OtherId on {name}"
        for name in ("PurchaseInvoices", "JournalEntries", "VendorPayments", "BusinessPartners")
    ]

    made = list(connected(sandbox, **mine).install())
    assert [step.ok for step in made] == [True] * 4
    assert "Restart the Service Layer" in made[0].sentence
    assert "Restart the Service Layer" in failed(sandbox, **mine)[0].sentence

    sandbox.restart()
    assert failed(sandbox, **mine) == []
    before = sandbox.writes
    assert {step.sentence for step in connected(sandbox, **mine).install()} == {"It is there already."}
    assert sandbox.writes == before


def test_who_connects_hears_of_a_field_that_is_missing_and_of_none_that_is_there(sandbox: SapB1Sandbox) -> None:
    assert connected(sandbox).probe().remarks == ()

    [remark] = connected(sandbox, marker_field="OtherId").probe().remarks
    assert "no user field U_OtherId on PurchaseInvoices, JournalEntries, VendorPayments, BusinessPartners" in remark
    assert "so that nothing is posted twice" in remark
    assert "`manage.py connector install sap_b1`" in remark


def test_a_user_who_may_not_see_user_fields_connects_and_posts_by_numbers(sandbox: SapB1Sandbox) -> None:
    sandbox.switch(forbidden=("UserFieldsMD",))

    target = connected(sandbox)
    [remark] = target.probe().remarks
    assert "may not see user fields" in remark
    assert target.reference()["marked"] == []


def test_a_user_without_the_right_is_told_whom_to_ask(sandbox: SapB1Sandbox) -> None:
    sandbox.switch(forbidden=("UserFieldsMD",))
    [step] = connected(sandbox).install()
    assert (step.ok, step.remedy.endswith(".")) == (False, True)
