"""Lists as files for a spreadsheet."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from django.http import HttpResponse

FORMULA = tuple(
    "=+-@\t\r\n\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}"
)
UTF8_FOR_EXCEL = "\N{ZERO WIDTH NO-BREAK SPACE}"  # without it Excel reads the names of half of Europe wrong


def as_csv(name: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> HttpResponse:
    """`name`: of the file, without its ending."""
    text = StringIO()
    file = csv.writer(text, quoting=csv.QUOTE_ALL)
    file.writerow(head)
    file.writerows([[harmless(cell) for cell in row] for row in rows])
    return HttpResponse(
        UTF8_FOR_EXCEL + text.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"},
    )


def harmless(cell: str) -> str:
    """A spreadsheet would calculate what begins like a formula; a name can begin so. OWASP, CSV injection."""
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA) else cell
