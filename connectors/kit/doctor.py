"""What a connection can do and what stands in its way, step by step, for whoever sets it up."""

from collections.abc import Callable
from dataclasses import dataclass

from connectors.kit.errors import ConnectorError


@dataclass(frozen=True)
class Step:
    """`sentence`: what was found. `remedy`: what to do, where it is not as it should be."""

    name: str
    ok: bool
    sentence: str
    remedy: str = ""


def tried(name: str, work: Callable[[], str], remedy: str) -> Step:
    """`work` gives the sentence of a step that is well; a ConnectorError has that of one that is not."""
    try:
        return Step(name, True, work())
    except ConnectorError as error:
        return Step(name, False, error.sentence, remedy)
