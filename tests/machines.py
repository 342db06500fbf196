"""How long state machines run. In CI the same steps every time; `scripts/soak nightly` asks for others, and more."""

import os

from hypothesis import Phase, settings

ASKED = "MACHINE_EXAMPLES"  # how many, each another one at every call


def bounded(*, examples: int, steps: int) -> settings:
    """A failure is shrunk for minutes: add Phase.shrink to look into one. Its steps are printed either way."""
    asked = os.environ.get(ASKED)
    return settings(
        max_examples=int(asked or examples),
        stateful_step_count=steps,
        derandomize=not asked,
        deadline=None,
        database=None,
        phases=[Phase.generate],
    )
