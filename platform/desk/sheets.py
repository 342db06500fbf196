"""A detail page as data: what is it and how is it, what must be done and by whom, health, timeline, the rest."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.utils.safestring import SafeString
from django.utils.text import slugify

from desk.formats import clock
from desk.tones import State, Tone, badge
from desk.viewing import may_see

Cell = SafeString | str | int
Fact = tuple[str, Cell]
MOMENTS_AT_MOST = 40


@dataclass(frozen=True)
class Todo:
    """What must be done, by whom. `words` are the vendor's; `act` is the address of the action that does it;
    `of` is the kind of row that says it, where that is not the page's own.
    """

    title: str
    sentence: str
    who: str = ""
    remedy: str = ""
    words: str = ""
    link: Cell = ""
    act: str = ""
    act_text: str = ""
    tone: Tone = Tone.NEEDS_SOMEBODY
    of: str = ""


@dataclass(frozen=True)
class Table:
    """A tab of rows `of` a kind ("jobs.run"). `more` leads to the whole list where only its beginning is shown."""

    title: str
    headers: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    empty: str = "Nothing yet."
    count: int | None = None
    more: str = ""
    of: str = field(kw_only=True)

    @property
    def slug(self) -> str:
        return slugify(self.title)

    @property
    def size(self) -> int:
        return len(self.rows) if self.count is None else self.count


@dataclass(frozen=True)
class Fold:
    """Long text, folded unless it is what the page is about."""

    title: str
    text: str
    is_open: bool = False


@dataclass(frozen=True)
class Moment:
    at: datetime | None
    what: Cell


@dataclass(frozen=True)
class Sheet:
    """From top to bottom. `health` is a rendered part of the room's own, such as a balance."""

    state: State | None
    line: Cell
    todos: Sequence[Todo] = ()
    health: SafeString | str = ""
    facts: Sequence[Fact] = ()
    moments: Sequence[Moment] = ()
    tables: Sequence[Table] = ()
    pairs: Sequence[tuple[Fold, Fold]] = ()
    folds: Sequence[Fold] = field(default=())

    def for_viewer(self) -> "Sheet":
        """Without what other kinds of rows say that they may not see."""
        return replace(
            self,
            todos=[todo for todo in self.todos if not todo.of or may_see(todo.of)],
            tables=[table for table in self.tables if may_see(table.of)],
        )

    @property
    def badge(self) -> SafeString | str:
        return badge(self.state) if self.state else ""

    @property
    def timeline(self) -> Sequence[tuple[Cell, Cell]]:
        """What has happened and when, in its order. Of very many only the first and the last."""
        found = sorted(((m.at, m.what) for m in self.moments if m.at), key=lambda one: one[0])
        told = [(what, clock(at, found[n - 1][0] if n else None)) for n, (at, what) in enumerate(found)]
        if len(told) <= MOMENTS_AT_MOST:
            return told
        half = MOMENTS_AT_MOST // 2
        return [*told[:half], (f"… {len(told) - 2 * half} more …", ""), *told[-half:]]

    @property
    def has_tabs(self) -> bool:
        return len(self.tables) > 1
