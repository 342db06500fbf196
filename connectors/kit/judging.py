"""What a vendor's answer means, as a table: by status, the vendor's own code and its words; the first row that fits.

Of a call as a whole (`ErrorTable`, giving errors of `connectors/kit/errors.py`) and of one document that the vendor
will not make (`Refusals`, giving `Refused`). A connector writes the rows that its vendor's pages give it, and has the
usual ones for the rest:

    ERRORS = ErrorTable("Acme Books", says(JobIsClosed, "Acme Books has ended this job.", codes="JOB_ENDED"))
    REFUSALS = Refusals(
        refuses(F.MAPPING_STALE, "Account {no} is archived. Change it.", "account:{no}", r"account (?P<no>\\S+) is")
    )
"""

import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from connectors.kit.documents import Document, Refused
from connectors.kit.errors import (
    AskForPermission,
    ConnectorError,
    ContractBroken,
    RateLimited,
    Reconnect,
    TryLater,
)
from connectors.kit.failures import FailureClass
from connectors.kit.http import Answer

ANY_STATUS: Container[int] = range(1000)


@dataclass(frozen=True)
class Told:
    """What a vendor says; `words` are redacted already, `code` is its own and empty where it has none."""

    words: str
    code: str = ""
    status: int = 0


@dataclass(frozen=True)
class When:
    """All that is given must fit; a pattern is looked for anywhere in the words, in any case."""

    statuses: Container[int]
    codes: frozenset[str]
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, statuses: Container[int], codes: str, pattern: str) -> "When":
        return cls(statuses, frozenset(codes.split()), re.compile(pattern, re.IGNORECASE | re.DOTALL))

    def found(self, told: Told) -> re.Match[str] | None:
        if told.status not in self.statuses or (self.codes and told.code not in self.codes):
            return None
        return self.pattern.search(told.words)


@dataclass(frozen=True)
class Saying:
    """A row about a call: which error it is, and our sentence. `{vendor}` and `{status}` are filled in.

    `wait`: how long, where the vendor does not say it.
    """

    when: When
    error: type[ConnectorError]
    sentence: str
    failure: FailureClass | None = None
    wait: timedelta | None = None


def says(
    error: type[ConnectorError],
    sentence: str,
    *,
    statuses: Container[int] = ANY_STATUS,
    codes: str = "",
    pattern: str = "",
    failure: FailureClass | None = None,
    wait: timedelta | None = None,
) -> Saying:
    """`codes`: the vendor's, with blanks between."""
    return Saying(When.of(statuses, codes, pattern), error, sentence, failure, wait)


#: What statuses say when the connector knows nothing better. Of a write that ended in a 5xx this does not tell
#: whether it was done: that is Unknown, and the connector's to say.
USUAL = (
    says(Reconnect, "{vendor} no longer accepts the authorisation. Connect it again.", statuses={401}),
    says(AskForPermission, "{vendor} does not permit this to the connected user.", statuses={403}),
    says(RateLimited, "{vendor} asks for a pause.", statuses={429}),
    says(TryLater, "{vendor} does not work at the moment.", statuses={408, *range(500, 600)}),
    says(ContractBroken, "{vendor} refused a request of ours ({status})."),
)


def told_plainly(answer: Answer) -> Told:
    return Told(answer.text(), status=answer.status)


class ErrorTable:
    """`rows` come before the usual ones. `told` finds the vendor's code and words in an answer."""

    def __init__(self, vendor: str, *rows: Saying, told: Callable[[Answer], Told] = told_plainly) -> None:
        self._vendor, self._rows, self._told = vendor, (*rows, *USUAL), told

    def error_of(self, answer: Answer, now: datetime) -> ConnectorError | None:
        """The error that an answer means, or None if it is a success."""
        if answer.ok:
            return None
        told = self._told(answer)
        row = next(row for row in self._rows if row.when.found(told))
        about: dict[str, Any] = {"words": told.words, "failure": row.failure}
        if issubclass(row.error, TryLater):
            about["wait"] = answer.retry_after(now) or row.wait
        return row.error(row.sentence.format(vendor=self._vendor, status=told.status), **about)

    def checked(self, answer: Answer, now: datetime) -> Answer:
        """The answer, if it is a success; raises what it means otherwise."""
        error = self.error_of(answer, now)
        if error:
            raise error
        return answer


@dataclass(frozen=True)
class Refusing:
    """A row about a document. The pattern's named groups are put into sentence and subject, as are `{words}`,
    `{date}`, `{currency}` and `{kind}` of the document, and what the connector adds."""

    when: When
    failure: FailureClass
    sentence: str
    subject: str


def refuses(
    failure: FailureClass,
    sentence: str,
    subject: str = "",
    pattern: str = "",
    *,
    codes: str = "",
    statuses: Container[int] = ANY_STATUS,
) -> Refusing:
    """`codes`: the vendor's, with blanks between."""
    return Refusing(When.of(statuses, codes, pattern), failure, sentence, subject)


class Refusals:
    """`rows`: the last one should fit everything, and name the vendor's words."""

    def __init__(self, *rows: Refusing) -> None:
        self.rows = rows

    def refused(self, document: Document, told: Told, /, **more: str) -> Refused:
        """`more`: what sentences may name besides."""
        row, match = next((row, match) for row in self.rows if (match := row.when.found(told)))
        about = {**_about(document, told), **more, **match.groupdict("")}
        sentence, subject = row.sentence.format(**about), row.subject.format(**about)
        return Refused(document.key, row.failure, sentence, told.words, subject)


def _about(document: Document, told: Told) -> Mapping[str, str]:
    return {
        "date": document.dated.isoformat() if document.dated else "today",
        "currency": document.total.currency if document.total else "",
        "kind": document.kind.value,
        "words": told.words or "no reason was given.",
    }


def error_of(answer: Answer, vendor: str, now: datetime) -> ConnectorError | None:
    """By the usual rows alone."""
    return ErrorTable(vendor).error_of(answer, now)


def checked(answer: Answer, vendor: str, now: datetime) -> Answer:
    """By the usual rows alone."""
    return ErrorTable(vendor).checked(answer, now)
