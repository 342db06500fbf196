"""How we keep which document it is: the entry, whose vendor a payment must name too, and whether it is a draft.

`9001/V10023` is a purchase invoice of that vendor, `draft/12/V10023` one that waits to be added or approved, `9002` a
journal entry, `V10023` a vendor. `voucher/RE-7-ABCD` is a journal voucher: it has no number, only our reference.
"""

DRAFT, VOUCHER = "draft/", "voucher/"


def of(entry: object, vendor: object = "", *, draft: bool = False) -> str:
    known = f"{entry}/{vendor}" if vendor else str(entry)
    return f"{DRAFT}{known}" if draft else known


def read(document_id: str) -> tuple[int, str]:
    """The entry and the vendor's code. A code may have a slash in it, an entry has none."""
    entry, _, vendor = document_id.removeprefix(DRAFT).partition("/")
    return int(entry), vendor
