"""Work of several calls written as one function: it yields a request, and is given its answer.

def attach(self, document: Document, document_id: str, attachment: Attachment) -> Steps:
    answer = yield Request("POST", "/files", body=attachment.body)
    yield Request.json("PATCH", f"/bills/{document_id}", {"file": answer.json()["id"]})
"""

from collections.abc import Callable, Generator
from contextlib import closing

from connectors.kit.http import Answer, Request

Steps = Generator[Request, Answer, None]


def take(steps: Steps, send: Callable[[Request], Answer]) -> None:
    """One after the other, to the last. What `send` or a step raises ends it; the steps after that are not taken."""
    with closing(steps):
        try:
            request = next(steps)
            while True:
                request = steps.send(send(request))
        except StopIteration:
            return
