"""The one frame of all sandbox pages: same look, always a badge that says it is a sandbox."""

from html import escape
from pathlib import Path

from werkzeug import Response

STYLE = (Path(__file__).parent / "style.css").read_text()


def page(title: str, body: str, *, status: int = 200, refresh: int | None = None) -> Response:
    """An HTML page around `body`, which is already escaped."""
    again = f'<meta http-equiv="refresh" content="{refresh}">' if refresh else ""
    html = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
{again}<title>{escape(title)} sandbox</title><link rel="stylesheet" href="/_sandbox/style.css"></head>
<body><header><strong>{escape(title)}</strong><span class="badge">sandbox</span></header>
<main>{body}</main></body></html>"""
    return Response(html, status, content_type="text/html; charset=utf-8")


def table(heads: list[str], rows: list[list[str]], empty: str = "Nothing yet.") -> str:
    """Cells are already escaped."""
    if not rows:
        return f'<p class="quiet">{escape(empty)}</p>'
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def button(label: str, action: str, *, style: str = "", hidden: dict[str, str] | None = None) -> str:
    """A button that POSTs."""
    return (
        f'<form method="post" action="{escape(action)}">{hidden_fields(hidden or {})}'
        f'<button class="{escape(style)}">{escape(label)}</button></form>'
    )


def hidden_fields(values: dict[str, str]) -> str:
    return "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in values.items()
    )
