"""Work of several calls written as one function: it yields a request, and is given its answer.

def attach(self, document: Document, document_id: str, attachment: Attachment) -> Steps:
    answer = yield Request("POST", "/files", body=attachment.body)
    yield Request.json("PATCH", f"/bills/{document_id}", {"file": answer.json()["id"]})
"""

from collections.abc import Callable, Generator
from contextlib import closing
from typing import TypeVar

from connectors.kit.http import Answer, Request

R = TypeVar("R")
Steps = Generator[Request, Answer, None]
#: That come to something: what they return is what was made.
Making = Generator[Request, Answer, R]


def take(steps: Making[R], send: Callable[[Request], Answer]) -> R:
    """One after the other, to the last; what they return. What `send` or a step raises ends it; the steps after that
    are not taken."""
    with closing(steps):
        try:
            request = next(steps)
            while True:
                request = steps.send(send(request))
        except StopIteration as last:
            made: R = last.value
            return made
