"""The doctor against set-ups that are whole, and against each that is not."""

from datetime import UTC, datetime

import pytest

from connectors.kit.doctor import Step
from connectors.netsuite.conformance import SETTINGS
from connectors.netsuite.doctor import LISTS
from connectors.netsuite.sandbox import NORDWIND, NetSuiteSandbox
from connectors.netsuite.shapes import SHAPES
from connectors.netsuite.tests.support import connected


def steps(sandbox: NetSuiteSandbox, **settings: object) -> dict[str, Step]:
    return {step.name: step for step in connected(sandbox, **{**SETTINGS, **settings}).doctor()}


def failed(sandbox: NetSuiteSandbox, **settings: object) -> list[Step]:
    return [step for step in steps(sandbox, **settings).values() if not step.ok]


def test_a_whole_set_up_is_well_and_every_subject_is_looked_at(sandbox: NetSuiteSandbox) -> None:
    told = steps(sandbox)

    assert [step for step in told.values() if not step.ok] == []
    subjects = {"Log-in", "Queries", "Subsidiary", "Periods", "Field custbody_receipt_url", "Calls at once"}
    subjects |= {"RESTlet for receipts"}
    assert told.keys() == subjects | {shape.permission for shape in SHAPES} | set(LISTS.values())
    assert all(step.sentence.endswith(".") for step in told.values())


def test_it_writes_nothing(sandbox: NetSuiteSandbox) -> None:
    steps(sandbox)

    assert sandbox.writes == 0
    assert {entry.method for entry in sandbox.log.entries("* /services/rest/record/*")} == {"GET"}


def test_a_restlet_that_is_not_there_is_told(sandbox: NetSuiteSandbox) -> None:
    (only,) = failed(sandbox, restlet_script="customscript_nobody")

    assert only.name == "RESTlet for receipts"
    assert "does not exist" in only.sentence


def test_without_a_login_it_says_where_to_look_and_stops(sandbox: NetSuiteSandbox) -> None:
    target = connected(sandbox)
    sandbox.revoke()

    (only,) = target.doctor()
    assert (only.name, only.ok) == ("Log-in", False)
    assert "Login Audit Trail" in only.remedy


@pytest.mark.parametrize(
    ("lacks", "name"),
    [
        ("TRAN_VENDBILL", "Transactions > Bills"),
        ("TRAN_VENDCRED", "Transactions > Vendor Credits"),
        ("TRAN_JOURNAL", "Transactions > Make Journal Entry"),
        ("TRAN_EXPREPT", "Transactions > Expense Report"),
        ("LIST_ACCOUNT", "Lists > Accounts"),
        ("LIST_DEPARTMENT", "Lists > Departments"),
        ("LIST_EMPLOYEE", "Lists > Employees"),
        ("LIST_TAXITEM", "Lists > Tax Records"),
    ],
)
def test_each_missing_permission_is_named_alone(sandbox: NetSuiteSandbox, lacks: str, name: str) -> None:
    sandbox.switch(lacks=[lacks])

    (step,) = failed(sandbox)
    assert step.name == name
    assert name in step.sentence
    assert "Manage Roles" in step.remedy


def test_without_the_workbook_only_that_is_said_of_queries(sandbox: NetSuiteSandbox) -> None:
    sandbox.switch(lacks=["REPO_ANALYTICS"])

    (step,) = failed(sandbox)
    assert step.name == "Queries"
    assert "SuiteAnalytics Workbook" in step.remedy


def test_a_feature_that_is_off_says_where_it_is_switched_on(sandbox: NetSuiteSandbox) -> None:
    sandbox.switch(without=["expense_reports"])

    (step,) = failed(sandbox)
    assert "Enable Features" in step.remedy


def test_a_subsidiary_that_is_closed_to_the_role_is_told(sandbox: NetSuiteSandbox) -> None:
    sandbox.change("subsidiary", NORDWIND, isinactive="T")

    assert [step.name for step in failed(sandbox)] == ["Subsidiary"]


def test_a_period_of_today_that_is_closed_is_told(sandbox: NetSuiteSandbox) -> None:
    sandbox.close(datetime.now(UTC).date())

    (step,) = failed(sandbox)
    assert (step.name, "Manage Accounting Periods" in step.remedy) == ("Periods", True)


def test_a_custom_field_that_is_not_on_journals_is_told(sandbox: NetSuiteSandbox) -> None:
    sandbox.custom_fields["custbody_receipt_url"] -= {"journalEntry"}

    (step,) = failed(sandbox)
    assert step.sentence == "NetSuite shows no field custbody_receipt_url on a journal entry."


def test_a_custom_field_that_is_nowhere_is_told(sandbox: NetSuiteSandbox) -> None:
    (step,) = failed(sandbox, receipt_field="custbody_nowhere")

    assert step.name == "Field custbody_nowhere"


@pytest.mark.parametrize(("most", "well"), [(4, False), (5, True)])
def test_more_calls_at_once_than_the_account_has_are_told(sandbox: NetSuiteSandbox, most: int, *, well: bool) -> None:
    sandbox.switch(concurrent=most)

    assert steps(sandbox)["Calls at once"].ok is well


def test_the_accounts_limit_may_be_hidden_from_us(sandbox: NetSuiteSandbox) -> None:
    sandbox.switch(lacks=["administrator"])

    step = steps(sandbox)["Calls at once"]
    assert (step.ok, "Only an administrator" in step.sentence) == (True, True)
