"""The user field that holds our reference: where it is, and how it is made (sheet, section 5)."""

from collections.abc import Iterator
from typing import Any

from connectors.kit.doctor import Step, tried
from connectors.kit.errors import AskForPermission, ConnectorError, OutcomeUnknown, TryLater
from connectors.kit.http import Answer, Client, Request
from connectors.sap_b1.calls import error_of, told
from connectors.sap_b1.listing import Listed
from connectors.sap_b1.refusals import is_there
from connectors.sap_b1.sending import FRESH, ROOT

#: The tables that have it, and the entity set of each. On OPCH it is on credit notes and drafts, too.
TABLES = {
    "OPCH": "PurchaseInvoices",
    "OJDT": "JournalEntries",
    "OVPM": "VendorPayments",
    "OCRD": "BusinessPartners",
}
SIZE = 50
_WHERE = "in Business One under Tools > Customization Tools > User-Defined Fields, alphanumeric with 50 characters."
BY_HAND = (
    f"Make it with `manage.py connector install sap_b1`, or {_WHERE} Until then documents are found by their"
    " reference numbers."
)
_PURPOSE = (
    "what is posted is found again by its reference number alone, which people can change. Causeway's own reference"
    " belongs in that field, so that nothing is posted twice."
)
RESTART = "Restart the Service Layer: a new field is not seen before."


def marked(listed: Listed, name: str) -> set[str]:
    """The tables that have the field. More than a page of fields is common."""
    query = [("$filter", f"Name eq '{name}'"), ("$select", "TableName,Name,FieldID")]
    return {str(one["TableName"]) for one in listed("UserFieldsMD", query)} & TABLES.keys()


def readable(listed: Listed, name: str) -> set[str]:
    """Those that the user may see: none without the right to look, so documents are found by their numbers."""
    try:
        return marked(listed, name)
    except AskForPermission:
        return set()


def remarks(listed: Listed, name: str) -> tuple[str, ...]:
    """For whoever connects: what the field is for, and who makes it. None if every table has it."""
    try:
        there = marked(listed, name)
    except AskForPermission:
        return (
            f"The Business One user may not see user fields, so {_PURPOSE} Let the user read user-defined fields,"
            " and check the field with `manage.py connector doctor sap_b1`.",
        )
    lacking = [entity_set for table, entity_set in TABLES.items() if table not in there]
    if not lacking:
        return ()
    return (
        f"Business One has no user field U_{name} on {', '.join(lacking)}, so {_PURPOSE} Ask whoever runs Causeway to"
        f" add the field (`manage.py connector install sap_b1`), or make it by hand {_WHERE}",
    )


def install(client: Client, listed: Listed, name: str) -> Iterator[Step]:
    """A change of the company's tables, each slow: for an administrator, at a quiet hour."""
    try:
        there = marked(listed, name)
    except ConnectorError as error:
        yield Step(
            "User fields", False, error.sentence, "Let the user read and make user-defined fields, then repeat."
        )
        return
    remedy = "Log in with a user who may change the database's structure, at a quiet hour; then repeat this."
    for table in TABLES:
        title = f"U_{name} on {TABLES[table]}"
        if table in there:
            yield Step(title, True, "It is there already.")
        else:
            yield tried(title, lambda table=table: _make(client, name, table), remedy)  # type: ignore[misc]


def _make(client: Client, name: str, table: str) -> str:
    content: dict[str, Any] = {
        "Name": name,
        "Type": "db_Alpha",
        "Size": SIZE,
        "Description": "Causeway reference",
        "SubType": "st_None",
        "TableName": table,
    }
    try:
        answer = client.send(Request.json("POST", f"{ROOT}/UserFieldsMD", content, headers=FRESH))
    except OutcomeUnknown as unknown:
        raise TryLater(
            "Business One gave no answer yet; it may still be at work. Ask the doctor in some minutes.",
            words=unknown.words,
        ) from unknown
    return _made(answer, client)


def _made(answer: Answer, client: Client) -> str:
    if is_there(told(answer)):
        return "It is there already."
    if error := error_of(answer, client.now):
        raise error
    return f"It was made. {RESTART} Then ask the doctor."
