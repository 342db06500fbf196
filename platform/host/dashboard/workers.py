"""Who works: a quiet line while all is well, and what to do where it is not."""

from django.utils.html import format_html

from desk.formats import ago
from desk.sheets import Cell, Todo
from desk.tones import Tone
from jobs.pulses import Liveness

NOBODY = "Jobs are noticed and kept, but nothing is fetched or posted."


def line(found: Liveness) -> Cell:
    many = "1 worker" if found.workers == 1 else f"{found.workers} workers"
    return format_html("{}. The queue answered {}.", many, ago(found.answered_at)) if found.answered_at else ""


def todos(found: Liveness) -> list[Todo]:
    if not found.workers:
        return [Todo("No worker is alive", NOBODY, "operations", "Start a worker.", tone=Tone.FAILED)]
    if not found.deaf:
        return []
    sentence = f"Not heard for two minutes: {', '.join(found.deaf)}. Work goes on by their own tick, more slowly."
    return [Todo("A worker does not hear the queue", sentence, "operations", "Look at Valkey, then restart it.")]
