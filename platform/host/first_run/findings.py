"""What one look found: good, or what to do."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from desk.sheets import Table
from desk.tones import State, Tone, badge


@dataclass(frozen=True)
class Finding:
    """`remedy` says what to do and is empty where all is well. `links` are pages where it is done, by name."""

    title: str
    state: State
    sentence: str
    remedy: str = ""
    links: Sequence[tuple[str, str]] = ()
    table: Table | None = None
    has_trial_mail: bool = False

    @property
    def tone(self) -> Tone:
        return self.state[0]

    @property
    def badge(self) -> SafeString:
        return badge(self.state)


GOOD = (Tone.DONE, "Good")
MISSING = (Tone.FAILED, "Missing")
TO_MEND = (Tone.NEEDS_SOMEBODY, "To mend")
