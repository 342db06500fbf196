"""What a mail says: one text a kind, in templates/notices, and the same words as HTML.

The first line of the text is the subject. A paragraph "Sign in: https://…" is a link of that name in the HTML.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.template import Context, Engine, engines
from django.template.loader import render_to_string

LINK = re.compile(r"(?P<name>[^:\n]+): (?P<address>https?://\S+)")


@dataclass(frozen=True)
class Paragraph:
    text: str
    address: str = ""


def write(kind: str, context: Mapping[str, object]) -> tuple[str, str]:
    """Subject and text. What the context says stays on its line: a name can begin no paragraph, so no link either.

    Raises TemplateDoesNotExist for a kind that has no text.
    """
    engine = cast(Engine, engines["django"].engine)  # type: ignore[attr-defined]
    words = {name: _on_one_line(value) for name, value in context.items()}
    words["partner"] = settings.PARTNER_NAME
    written = engine.get_template(f"notices/{kind}.txt").render(Context(words, autoescape=False))
    subject, _, text = written.strip().partition("\n")
    return subject.strip()[:200], re.sub(r"\n{3,}", "\n\n", text.strip()) + "\n"


def as_html(subject: str, text: str) -> str:
    context = {
        "subject": subject,
        "paragraphs": paragraphs(text),
        "partner": settings.PARTNER_NAME,
        "colour": settings.PARTNER_COLOUR,
    }
    return render_to_string("notices/mail.html", context)


def paragraphs(text: str) -> list[Paragraph]:
    return [_paragraph(part) for part in text.strip().split("\n\n")]


def _paragraph(part: str) -> Paragraph:
    link = LINK.fullmatch(part.strip())
    return Paragraph(link["name"], link["address"]) if link else Paragraph(part)


def _on_one_line(value: object) -> str:
    return " ".join(str(value).split())
