"""Pleo's API on the wire: JSON answers in our models, cursors, and writes that can all be repeated."""

from collections.abc import Iterator
from typing import Any

from connectors.kit.errors import BeginAgain, ContractBroken, OutcomeUnknown, TryLater
from connectors.kit.http import Answer, Client, Request
from connectors.kit.paging import pages
from connectors.pleo.answers import Element, Model, Page, read
from connectors.pleo.refusals import ERRORS

Query = tuple[tuple[str, str], ...]
PAGE = 100  # no limit is published for exports; 100 is the known one of Pleo's entry search


class Api:
    def __init__(self, client: Client) -> None:
        self._client = client

    def get(self, model: type[Model], path: str, query: Query = ()) -> Model:
        return read(model, self.checked(self._client.send(Request("GET", path, query=query))))

    def find(self, model: type[Model], path: str) -> Model | None:
        """None for a 404."""
        answer = self._client.send(Request("GET", path))
        return None if answer.status == 404 else read(model, self.checked(answer))

    def pages(
        self, page: type[Page[Element]], path: str, query: Query = (), after: str = ""
    ) -> Iterator[Page[Element]]:
        """From the kept cursor `after` on. How long Pleo knows one is not published: whatever it says instead of the
        page that begins there is BeginAgain, and from the beginning on it is what it is."""

        def fetch(cursor: str | None) -> Page[Element]:
            place = (("after", cursor),) if cursor else ()
            try:
                return self.get(page, path, (*query, ("limit", str(PAGE)), *place))
            except ContractBroken as error:
                if cursor and cursor == after:
                    raise BeginAgain("Pleo no longer knows this place in its list.", words=error.words) from error
                raise

        return pages(fetch, page.next_cursor, after or None)

    def every(self, page: type[Page[Element]], path: str, query: Query = ()) -> Iterator[Element]:
        for one in self.pages(page, path, query):
            yield from one.data

    def write(self, method: str, path: str, body: Any = None) -> Answer:
        """Outcomes are keyed by entry, an event that was taken already meets 422, a company has one open job, and
        subscription and installation are looked at first: so a lost answer means no more than asking again.
        The answer is not checked."""
        request = Request(method, path) if body is None else Request.json(method, path, body)
        try:
            return self._client.send(request)
        except OutcomeUnknown as error:
            sentence = "Pleo gave no answer; what was told may be told again."
            raise TryLater(sentence, words=error.words) from error

    def checked(self, answer: Answer) -> Answer:
        return ERRORS.checked(answer, self._client.now)
