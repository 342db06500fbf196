"""What a connection can do and what stands in its way, step by step, for whoever sets it up."""

from collections.abc import Callable
from dataclasses import dataclass

from connectors.kit.errors import ConnectorError
from connectors.kit.texts import one_line

WORDS_AT_MOST = 300


@dataclass(frozen=True)
class Step:
    """`sentence`: what was found. `remedy`: what to do, where it is not as it should be."""

    name: str
    ok: bool
    sentence: str
    remedy: str = ""


def tried(name: str, work: Callable[[], str], remedy: str) -> Step:
    """`work` gives the sentence of a step that is well; a ConnectorError has that of one that is not, and what the
    vendor said."""
    try:
        return Step(name, True, work())
    except ConnectorError as error:
        said = f" It said: {one_line(error.words, WORDS_AT_MOST)}" if error.words else ""
        return Step(name, False, f"{error.sentence}{said}", remedy)
