"""Vendors: whom an invoice is of. The employee of a reimbursement, the supplier of all else."""

import re
from base64 import b32encode
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from connectors.kit import faults
from connectors.kit.documents import Document, Found, Key, Kind, Part
from connectors.kit.records import Party
from connectors.kit.texts import one_line
from connectors.sap_b1.entry import OF_EMPLOYEES, Entry, whole

TABLE = "OCRD"
NAME_AT_MOST, TAX_NUMBER_AT_MOST = 100, 32
_CODE = re.compile(r"[A-Za-z0-9._/-]{1,15}")


def of(entry: Entry) -> Document:
    """Raises RefuseRecord: somebody must be owed the money."""
    record = entry.record
    if record.kind in OF_EMPLOYEES:
        return _partner(entry, _employee(record.employee), prefix="E")
    party = record.vendor or record.supplier
    if party is None or not one_line(party.name, NAME_AT_MOST):
        raise faults.missing("The entry names no supplier. Choose its vendor and export it again.", "vendor")
    return _partner(entry, party)


def _employee(employee: Party | None) -> Party:
    if employee is None or not (employee.code or employee.id):
        raise faults.missing(
            "The entry does not say which employee is to be paid back. Name the employee and export it again.",
            "employee",
        )
    return employee


def _partner(entry: Entry, party: Party, prefix: str = "") -> Document:
    """People make vendors too, so Business One is asked first; what is not there is made under its code, which is the
    source's where it has one, and else follows from whom it is about."""
    own = party.code or party.external_id or party.account or ""
    known_as = own or party.id or party.name
    code = own if _CODE.fullmatch(own) else _made_code(entry, f"{prefix}:{known_as}")
    name = one_line(party.name, NAME_AT_MOST) or code
    content: dict[str, Any] = {"CardCode": code, "CardName": name, "CardType": "cSupplier", "Currency": "##"}
    if party.tax_number:
        content["FederalTaxID"] = _tax_number(party.tax_number)
    return Document(
        key=Key(f"vendor:{code}", Part.VENDOR),
        revision=1,
        kind=Kind.VENDOR,
        reference=code,
        total=None,
        dated=None,
        content={**content, **entry.marked(TABLE, code)},
        look_first=True,
    )


def _tax_number(given: str) -> str:
    """Never cut: half of one is another company's, or nobody's."""
    found = whole(given)
    if found != one_line(found, TAX_NUMBER_AT_MOST):
        raise faults.bad(
            f"The tax number of the vendor ({found[:60]}) has more than {TAX_NUMBER_AT_MOST} characters, which"
            " Business One does not keep. Correct it and export the entry again.",
            "vendor",
        )
    return found


def _made_code(entry: Entry, known_as: str) -> str:
    digest = b32encode(sha256(known_as.encode("utf-8", "replace")).digest()[:6]).decode().rstrip("=")
    return f"{entry.settings.vendor_prefix}{digest}"


def choose(document: Document, partners: Iterable[Mapping[str, Any]]) -> tuple[Found, ...]:
    """By the code; else by the tax number; else by the very name. Frozen ones do not count, but for the code: it
    cannot be made again, and the invoice's refusal will say that it must be released. Several: a person decides."""
    found = [one for one in partners if one.get("CardType") == "cSupplier"]
    coded = [one for one in found if one.get("CardCode") == document.reference]
    active = [one for one in found if one.get("Frozen") != "tYES"]
    tax_number = document.content.get("FederalTaxID")
    taxed = [one for one in active if tax_number and one.get("FederalTaxID") == tax_number]
    named = [one for one in active if str(one.get("CardName")).casefold() == document.content["CardName"].casefold()]
    ones = coded or taxed or named
    return tuple(Found(str(one["CardCode"]), number=str(one.get("CardName"))) for one in ones)
