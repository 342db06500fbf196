"""Every way in which the Service Layer refuses, by id: HTTP status, SAP's code and words.

The ids are for tests: `SapB1Sandbox.said` counts them, nothing of them goes over the wire. Codes and words are those
of the fact sheet (sections 1 to 5); words marked ~ are ours, for SAP's own are localised and published nowhere.
"""

from dataclasses import dataclass
from typing import Any, Final

from werkzeug import Response

from connectors.kit.sandbox import Refused, answer


@dataclass(frozen=True)
class Refusal:
    status: int
    code: str
    words: str


REFUSALS: Final[dict[str, Refusal]] = {
    # Sessions
    "session.gone": Refusal(401, "301", "Invalid session or session already timeout."),
    "session.no_route": Refusal(401, "301", "Invalid session or session already timeout."),
    "login.credentials": Refusal(401, "100000027", "~Login failed: the user name or the password is not right."),
    "login.locked": Refusal(401, "100000027", "~Login failed: the user is locked."),
    "login.company": Refusal(500, "305", "Switch company error: -5027"),
    "login.busy": Refusal(500, "305", "Switch company error: -1102"),
    "login.incomplete": Refusal(400, "-1000", "~CompanyDB, UserName and Password are needed."),
    "user.no_right": Refusal(403, "-6006", "~You are not permitted to perform this action."),
    # Requests
    "request.json": Refusal(400, "-1000", "~The body is not JSON."),
    "request.not_json": Refusal(400, "-1000", "~The content type is not application/json."),
    "request.unknown_path": Refusal(404, "-1000", "Unrecognized resource path."),
    "query.bad": Refusal(400, "201", "~Query string error: {what}"),
    "query.property": Refusal(400, "201", "~Property '{name}' of '{type}' is invalid"),
    "query.operands": Refusal(400, "201", "~The operands of '{sign}' are of different types."),
    "key.unknown": Refusal(404, "-2028", "No matching records found (ODBC -2028)"),
    "action.unsupported": Refusal(400, "-5006", "The requested action is not supported for this object."),
    # Properties
    "property.unknown": Refusal(400, "-1000", "Property '{name}' of '{type}' is invalid"),
    "property.read_only": Refusal(400, "-1029", "Field cannot be updated (ODBC -1029)"),
    "property.value": Refusal(400, "-1000", "~Invalid value for property '{name}' of '{type}'"),
    "property.long": Refusal(400, "-10", "Value too long in property '{name}' of '{type}'"),
    "property.missing": Refusal(400, "-10", "~Enter a value for '{name}' [{table}]"),
    # What a document names
    "reference.unknown": Refusal(404, "-2028", "No matching records found (ODBC -2028)"),
    "partner.not_supplier": Refusal(400, "-5002", "~Business partner '{code}' is not a vendor [{table}.CardCode]"),
    "partner.frozen": Refusal(400, "-5002", "~Business partner '{code}' is inactive [{table}.CardCode]"),
    "partner.code_taken": Refusal(
        400, "-10", "1320000140 - Business partner code '{code}' already assigned to a business partner"
    ),
    "account.inactive": Refusal(400, "-5002", "~Account '{code}' is inactive or a title account [{table}.AcctCode]"),
    "account.control": Refusal(400, "-5002", "~Account '{code}' is a control account [{table}.Account]"),
    "account.currency": Refusal(400, "-5002", "~Account '{code}' is kept in another currency [{table}.Account]"),
    "tax.inactive": Refusal(400, "-5002", "~Tax code '{code}' is inactive or not for purchases [{table}.VatGroup]"),
    "tax.localisation": Refusal(400, "-5002", "~'{name}' is not used in this localisation [{table}]"),
    "dimension.inactive": Refusal(400, "-5002", "~Distribution rule '{code}' is inactive [{table}.OcrCode]"),
    "dimension.other": Refusal(400, "-5002", "~Distribution rule '{code}' is of another dimension [{table}.OcrCode]"),
    "project.inactive": Refusal(400, "-5002", "~Project '{code}' is not active on this date [{table}.Project]"),
    "branch.missing": Refusal(400, "-5002", "Specify an active branch [{table}.BPLId]"),
    "branch.disabled": Refusal(400, "-5002", "Specify an active branch [{table}.BPLId]"),
    # Dates
    "period.closed": Refusal(400, "-5002", "1250000073 - ~The posting period is closed [{table}.DocDate]"),
    "period.locked": Refusal(400, "-4013", "Posting period locked; specify an alternative date [{table}.DocDate]"),
    "period.none": Refusal(400, "-5002", "Date deviates from permissible range [{table}.DocDate]"),
    "date.out_of_range": Refusal(400, "-5002", "Date deviates from permissible range [{table}.{field}]"),
    "series.missing": Refusal(400, "-10", "~To generate this document, first define the numbering series [{table}]"),
    # Amounts
    "rate.missing": Refusal(400, "-4006", "~Update the exchange rate: '{code}' [{table}.DocRate]"),
    "currency.partner": Refusal(
        400, "-5002", "~Business partner '{code}' is not kept in {currency} [{table}.DocCur]"
    ),
    "document.no_lines": Refusal(400, "-5002", "~The document has no lines [{table}]"),
    "document.items": Refusal(400, "-5002", "~Item lines need ItemCode, Quantity and UnitPrice [{table}]"),
    "document.negative": Refusal(400, "-5002", "~The document total must be zero or greater [{table}.DocTotal]"),
    "document.number_taken": Refusal(
        400, "-5002", "~A document with this vendor reference number exists already [{table}.NumAtCard]"
    ),
    "document.cancelled": Refusal(400, "-5006", "~The document is cancelled already [{table}]"),
    "document.closed": Refusal(400, "-5006", "~The document is paid, cancel the payment first [{table}]"),
    "journal.unbalanced": Refusal(400, "-5002", "~Unbalanced transaction [OJDT]"),
    "journal.two_sides": Refusal(400, "-5002", "~Enter either a debit or a credit [JDT1]"),
    "journal.no_account": Refusal(400, "-5002", "~Enter an account or a business partner [JDT1.ShortName]"),
    "payment.too_much": Refusal(400, "-5002", "~The amount applied is greater than what is due [OVPM]"),
    "payment.unbalanced": Refusal(400, "-5002", "~The payment means do not come to what is applied [OVPM]"),
    "payment.other_partner": Refusal(400, "-5002", "~The invoice is of another business partner [OVPM]"),
    # Attachments
    "attachment.boundary": Refusal(405, "-1000", "Bad post content"),
    "attachment.parts": Refusal(400, "-1000", "~Only parts named files are taken."),
    "attachment.extension": Refusal(400, "-5002", "~Files of this type are not permitted: {name}"),
    "attachment.name_taken": Refusal(400, "-5002", "~A file of this name exists already: {name}"),
    "attachment.folder": Refusal(400, "-43", "Create File Error"),
    "attachment.undeletable": Refusal(400, "220", "~Attachments cannot be deleted."),
    # User fields
    "field.exists": Refusal(400, "-2035", "This entry already exists in the following tables (ODBC -2035)"),
}


class Said(Response):
    """An answer that knows, for tests, which refusal it is, and how the older releases would have put it."""

    refusal = ""

    def in_old_shape(self) -> Response:
        refusal = REFUSALS[self.refusal]
        message = {"lang": "en-us", "value": _words(self.refusal, self.told)}
        return answer({"error": {"code": int(refusal.code), "message": message}}, refusal.status)

    told: dict[str, Any] = {}


def refused(refusal: str, **told: Any) -> Refused:
    """`told` fills the words' places."""
    one = REFUSALS[refusal]
    shaped = answer({"error": {"code": one.code, "message": _words(refusal, told)}}, one.status)
    said = Said(shaped.get_data(), one.status, shaped.headers)
    said.refusal, said.told = refusal, told
    return Refused(said)


def _words(refusal: str, told: dict[str, Any]) -> str:
    return REFUSALS[refusal].words.format(**told).replace("~", "")
