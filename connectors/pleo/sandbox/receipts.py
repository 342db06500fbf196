"""Which receipts an entry has: `{"id", "type", "size"}` each, in order."""

import random

from connectors.kit.sandbox import Document
from connectors.pleo.sandbox import file_bodies
from connectors.pleo.sandbox.drafts import stable_id
from connectors.pleo.sandbox.mixtures import Mixture

LIMIT = 30 * 1024 * 1024  # what Pleo takes; such a file is beyond what any accounting system takes
_TYPES = ("application/pdf",) * 5 + ("image/jpeg",) * 4 + ("image/png",) * 2
_ODD_TYPES = ("image/heic", "text/html")


def draw(dice: random.Random, mixture: Mixture, entry_id: str) -> list[Document]:
    count = dice.choices(range(len(mixture.files)), mixture.files)[0]
    return [_file(dice, mixture, stable_id(entry_id, f"file{place}")) for place in range(count)]


def _file(dice: random.Random, mixture: Mixture, file_id: str) -> Document:
    kind, padding = dice.choice(_TYPES), dice.randint(0, 200_000)
    if dice.random() < mixture.odd_files:
        if dice.random() < 0.5:
            return {"id": file_id, "type": kind, "size": LIMIT}
        kind = dice.choice(_ODD_TYPES)
    elif dice.random() < mixture.big_files:
        padding = dice.randint(1, 9) * 1024 * 1024
    return {"id": file_id, "type": kind, "size": file_bodies.least(kind, file_id) + padding + 64}
