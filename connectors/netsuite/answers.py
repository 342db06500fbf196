"""What NetSuite's answer to a write means for the one record that it was about."""

import re
from datetime import datetime

from connectors.kit import redaction
from connectors.kit.documents import Created, Document, Draft, Found, Outcome, Part, Refused, Unknown
from connectors.kit.errors import ContractBroken
from connectors.kit.http import Answer
from connectors.netsuite import refusals, shapes
from connectors.netsuite.calls import WORDS_AT_MOST, details, error_of, is_refusal, words_of

_LOCATION = re.compile(r"/record/v1/(?P<record>\w+)/(?P<id>\d+)/?$")
#: Where NetSuite says which fields it has left out. We ask it not to, and look all the same.
_DROPPED = "x-netsuite-propertyvalidation"


def read(draft: Draft, answer: Answer, now: datetime, *, verify: bool) -> tuple[Outcome, ...]:
    """`verify`: what NetSuite has made is not believed before it was read back, with its total.

    Raises TryLater, RateLimited, Reconnect and AskForPermission, of which each says that nothing was done.
    """
    (document,) = draft.documents
    return (_outcome(document, answer, now, verify=verify and document.key.part is not Part.VENDOR),)


def _outcome(document: Document, answer: Answer, now: datetime, *, verify: bool) -> Outcome:
    if answer.ok:
        return _made(document, answer, verify=verify)
    if answer.status in {401, 403, 429} or is_refusal(answer):
        return _refused(document, answer, now)
    return Unknown(document.key, f"{answer.status}: {words_of(answer)}"[:WORDS_AT_MOST])


def _made(document: Document, answer: Answer, *, verify: bool) -> Outcome:
    """The whole of the answer is an address: 204, no body, and the id at its end."""
    place = _LOCATION.search(answer.headers.get("location", ""))
    if place is None or place["record"].lower() != shapes.of(document).record.lower():
        return Unknown(document.key, f"NetSuite gave no address for {document.reference} ({answer.status}).")
    if verify:
        return Unknown(document.key, f"NetSuite made {place['id']}; it is read back before it counts as posted.")
    dropped = answer.headers.get(_DROPPED, "")
    return Created(document.key, Found(place["id"]), (redaction.redact(dropped),) if dropped else ())


def _refused(document: Document, answer: Answer, now: datetime) -> Outcome:
    told, words = details(answer), words_of(answer)
    if any(refusals.THERE.search(f"{one.text} {one.code}") for one in told):
        return Unknown(document.key, words)
    error = error_of(answer, now, shapes.of(document).permission)
    if error and not isinstance(error, ContractBroken):  # of a mere refusal the table below knows more
        raise error
    failure, sentence, subject = refusals.classify(document, told, words)
    return Refused(document.key, failure, sentence, words, subject)
