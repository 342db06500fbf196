"""What stands still, as staff read it: what, since when, by whom, why, and where it is resumed."""

from collections.abc import Iterable

from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html

from desk.formats import ago, to_page
from desk.pages import person
from desk.sheets import Todo
from desk.viewing import may
from jobs.models import Halt, PlatformHalt


def todos_of(halts: Iterable[Halt | PlatformHalt]) -> list[Todo]:
    return [_todo(halt) for halt in halts]


def _todo(halt: Halt | PlatformHalt) -> Todo:
    page = "" if halt.key == PlatformHalt.EVERYTHING else to_page(halt.kind, halt.key, "Open")
    return Todo(
        title=f"{halt.name} is paused",
        sentence=f"Nothing of it is worked on until it is resumed. {halt.reason}".strip(),
        link=format_html("By {}, {} {}", person(halt.given_by), ago(halt.given_at), page),
        act=_resuming(halt),
        act_text="Resume",
        of="jobs.run",
    )


def _resuming(halt: Halt | PlatformHalt) -> str:
    """The address of the action on the page of what is paused."""
    if not may("jobs.change_run"):
        return ""
    if halt.key == PlatformHalt.EVERYTHING:
        return reverse("admin:jobs_run_resume_everything")
    try:
        return reverse(f"admin:{halt.kind.replace('.', '_')}_resume_work", args=[halt.key])
    except NoReverseMatch:
        return ""
