"""One vocabulary of state, one colour each, on every page of the admin. The text is always there as well."""

from enum import StrEnum

from django.template.loader import render_to_string
from django.utils.safestring import SafeString


class Tone(StrEnum):
    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    NEEDS_SOMEBODY = "needs somebody"
    FAILED = "failed"


#: Unfold's names for grey, blue, green, amber and red; for `display(label=LABELS)`.
LABELS = {
    Tone.WAITING: "default",
    Tone.WORKING: "info",
    Tone.DONE: "success",
    Tone.NEEDS_SOMEBODY: "warning",
    Tone.FAILED: "danger",
}

State = tuple[Tone, str]


def badge(state: State) -> SafeString:
    """The same badge outside of change lists."""
    tone, text = state
    return render_to_string("unfold/helpers/label.html", {"type": LABELS[tone], "text": text})
