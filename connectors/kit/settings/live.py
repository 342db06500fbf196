"""Settings whose choices stand in the ERP."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

AT_MOST = 200  # are shown at once; more are searched


@dataclass(frozen=True)
class Live:
    """`Annotated[str, Live("accounts")]`: one of what `Connector.choices` gives under that name, by its id.

    `of` is read by people ("Loading accounts from Acme"). `given`: settings that the choices depend on, columns of
    the same row first. Without a value of theirs nothing is offered.
    """

    of: str
    given: tuple[str, ...] = ()


@dataclass(frozen=True)
class Choice:
    """`id` is what is kept. `problem`: why it should not be chosen, ending "… in Acme" ("archived in Acme")."""

    id: str
    label: str
    problem: str = ""


def matching(choices: Iterable[Choice], search: str) -> Iterator[Choice]:
    """Those in which every word of the search is found."""
    words = search.casefold().split()
    return (one for one in choices if all(word in f"{one.id} {one.label}".casefold() for word in words))
