"""Journal entries, and journal vouchers: entries that a person still has to post."""

from decimal import Decimal

from werkzeug import Response

from connectors.kit.sandbox import Document, Routes, answer

from . import shape
from .books import Books
from .gate import Call, endpoint
from .reading import by_key, shown
from .refusals import refused
from .sets import SETS
from .shape import Json

TABLE, LINES = "OJDT", "JDT1"
ZERO = Decimal(0)

routes = Routes()


@endpoint(routes, "POST", "/JournalEntries", "JournalEntries")
def entry(call: Call) -> Response:
    made = _kept(call.books, _checked(call.books, call.body()))
    kind = SETS["JournalEntries"]
    content = {"@odata.context": "$metadata#JournalEntries/$entity", **shown(kind, made)}
    return answer(content, 201, {"Location": f"/b1s/v2/JournalEntries({made['JdtNum']})"})


@endpoint(routes, "POST", "/JournalVouchersService_Add", "JournalEntries")
def voucher(call: Call) -> Response:
    """{"JournalVoucher": [entries]}. ASSUMED: 204, and nothing that names what was made."""
    body = call.body()
    entries = body.get("JournalVoucher") if isinstance(body, dict) else None
    if not isinstance(entries, list) or not entries:
        raise refused("property.missing", name="JournalVoucher", table="OBTD")
    checked = [_checked(call.books, one) for one in entries]
    number = call.sandbox.store["vouchers"].count() + 1
    held = {"_company": call.books.company, "entries": checked, "number": number, "posted": False}
    call.sandbox.store["vouchers"].put(f"{call.books.company}/{number}", held)
    call.sandbox.writes += 1
    return answer(status=204)


@endpoint(routes, "POST", "/JournalEntries(<key>)/Cancel", "JournalEntries")
def cancel(call: Call, key: str) -> Response:
    reverse(call.books, by_key(call, SETS["JournalEntries"], key))
    return answer(status=204)


def reverse(books: Books, entry: Document) -> None:
    """A reversal is an entry of its own, which names the first in `Original`."""
    if any(one.get("Original") == entry["JdtNum"] for one in books.all("JournalEntries")):
        raise refused("document.cancelled", table=TABLE)
    lines = [
        {
            **line,
            "Debit": line["Credit"],
            "Credit": line["Debit"],
            "FCDebit": line["FCCredit"],
            "FCCredit": line["FCDebit"],
        }
        for line in entry["JournalEntryLines"]
    ]
    own = {name: value for name, value in entry.items() if not name.startswith("U_")}
    _kept(books, {**own, "JournalEntryLines": lines, "Original": entry["JdtNum"]})


def post_voucher(books: Books, number: int) -> None:
    vouchers = books.sandbox.store["vouchers"]
    held = vouchers.get(f"{books.company}/{number}")
    if held is None or held["posted"]:
        raise KeyError(number)
    for one in held["entries"]:
        _kept(books, one)
    vouchers.put(f"{books.company}/{number}", {**held, "posted": True})


def _checked(books: Books, body: object) -> Json:
    found = shape.read("JournalEntry", body, books.user_fields(TABLE))
    found.setdefault("ReferenceDate", books.sandbox.clock.now().date().isoformat())
    books.dates(found, ("ReferenceDate", "TaxDate", "DueDate"), TABLE)
    books.series("JournalEntries", TABLE)
    if (attachment := found.get("AttachmentEntry")) is not None:
        books.named("Attachments2", attachment)
    if not found.get("JournalEntryLines"):
        raise refused("document.no_lines", table=TABLE)
    day = found["ReferenceDate"]
    lines = [_line(books, line, place, day) for place, line in enumerate(found["JournalEntryLines"])]
    _check_balance(lines)
    return {"TaxDate": day, "DueDate": day, **found, "JournalEntryLines": lines}


def _line(books: Books, line: Json, place: int, day: str) -> Json:
    if code := line.get("ShortName"):
        partner = books.get("BusinessPartners", code)
        if partner is None:
            books.account(code, LINES)
        elif partner.get("Frozen") == "tYES":
            raise refused("partner.frozen", code=code, table=LINES)
    elif code := line.get("AccountCode"):
        books.account(code, LINES, line.get("FCCurrency", ""))
    else:
        raise refused("journal.no_account")
    books.tax_rate(line, "TaxGroup" if books.facts["tax_field"] == "VatGroup" else "TaxCode", LINES)
    books.dimensions(line, LINES)
    books.project(line.get("ProjectCode"), day, LINES)
    books.branch(line.get("BPLID"), LINES)
    amounts = {name: Decimal(line.get(name, 0)) for name in ("Debit", "Credit", "FCDebit", "FCCredit")}
    return {**line, **_in_local(books, line, amounts, day), "Line_ID": place}


def _in_local(books: Books, line: Json, amounts: dict[str, Decimal], day: str) -> dict[str, Decimal]:
    """Without local amounts the day's rate is used, if there is one (fact sheet, 2.2)."""
    if currency := line.get("FCCurrency"):
        missing = {"Debit", "Credit"}.isdisjoint(line)
        rate = books.rate(currency, day, None if missing else Decimal(1), LINES)
        if missing:
            local = books.facts["currency"]
            for name in ("Debit", "Credit"):
                amounts[name] = books.rounded(amounts[f"FC{name}"] * rate, local)
    if bool(amounts["Debit"]) == bool(amounts["Credit"]):
        raise refused("journal.two_sides")
    return amounts


def _check_balance(lines: list[Json]) -> None:
    """In local currency, and in each foreign one."""
    if sum((line["Debit"] - line["Credit"] for line in lines), ZERO):
        raise refused("journal.unbalanced")
    for currency in {line["FCCurrency"] for line in lines if line.get("FCCurrency")}:
        mine = [line for line in lines if line.get("FCCurrency") == currency]
        if sum((line["FCDebit"] - line["FCCredit"] for line in mine), ZERO):
            raise refused("journal.unbalanced")


def _kept(books: Books, entry: Json) -> Document:
    return books.add("JournalEntries", {**entry, "Number": books.next_number("JournalEntries", "Number")})
