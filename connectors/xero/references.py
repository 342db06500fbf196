"""Our references: found again by equality, so of letters that Xero's filters can express (sheet, section 7)."""

import unicodedata

from connectors.kit import describing
from connectors.kit.documents import Part
from connectors.kit.texts import one_line
from connectors.xero import cleaning
from connectors.xero.entry import Entry

LONGEST = 40  # with "-" and the mark
LONGEST_SUPPLIER_NUMBER = 24
LONGEST_STORY = 150  # so that a narration fits an address even where each letter needs nine bytes
_UNSPEAKABLE = str.maketrans({'"': "", "'": "", "`": "", "\\": "/"})


def of_bill(entry: Entry) -> str:
    """Xero shows it as "Reference". The supplier's own number comes first, for people; the mark is for us."""
    invoice = entry.record.invoice
    number = cleaning.supplier_number(invoice.number, LONGEST_SUPPLIER_NUMBER) if invoice else ""
    return _marked(number, entry.mark()) if number else of_money(entry)


def of_money(entry: Entry, part: Part = Part.DOCUMENT) -> str:
    """Of money spent or received, of a payment, and of what has no supplier's number: the book id comes first."""
    mark = entry.mark(part)
    return _marked(cleaning.supplier_number(entry.record.book_id, LONGEST - len(mark) - 1), mark)


def of_journal(entry: Entry) -> str:
    """The whole narration, as a journal has no other field to be found by; it ends with the reference."""
    told = unicodedata.normalize("NFC", describing.whole(entry.settings.description, entry.record))
    story = one_line(told.translate(_UNSPEAKABLE), LONGEST_STORY)
    return f"{story} [{of_money(entry)}]".strip()


def _marked(text: str, mark: str) -> str:
    return f"{text}-{mark}" if text else mark
