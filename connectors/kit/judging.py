"""What a status says when the connector knows nothing better: the common part of every vendor's errors."""

from datetime import datetime

from connectors.kit.errors import (
    AskForPermission,
    ConnectorError,
    ContractBroken,
    RateLimited,
    Reconnect,
    TryLater,
)
from connectors.kit.http import Answer


def error_of(answer: Answer, vendor: str, now: datetime) -> ConnectorError | None:
    """The error that an answer means, or None if it is a success. For reads, and for writes that the vendor
    refused before doing anything; a 5xx after a write is an unknown outcome and the connector's to say."""
    words = answer.text()
    if answer.ok:
        return None
    if answer.status == 401:
        return Reconnect(f"{vendor} no longer accepts the authorisation. Connect it again.", words=words)
    if answer.status == 403:
        return AskForPermission(f"{vendor} does not permit this to the connected user.", words=words)
    if answer.status == 429:
        return RateLimited(f"{vendor} asks for a pause.", wait=answer.retry_after(now), words=words)
    if answer.status >= 500 or answer.status == 408:
        return TryLater(f"{vendor} does not work at the moment.", wait=answer.retry_after(now), words=words)
    return ContractBroken(f"{vendor} refused a request of ours ({answer.status}).", words=words)


def checked(answer: Answer, vendor: str, now: datetime) -> Answer:
    """The answer, if it is a success; raises what it means otherwise."""
    error = error_of(answer, vendor, now)
    if error:
        raise error
    return answer
