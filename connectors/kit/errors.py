"""Errors named after what happens next. Connectors raise them; only the engine decides.

ConnectorError
├── TryLater             nothing was done; the same call may be made again after a while
│   └── RateLimited      the vendor's budget is spent until a known time
├── OutcomeUnknown       the call was sent and no answer was read: look before sending again
├── Reconnect            the customer must authorise again; no call helps until then
├── AskForPermission     the vendor's administrator must grant a right
├── MendSettings         a setting is missing or wrong; nothing can be planned until it is mended
├── RefuseRecord         this record fails with its reason; the others go on
├── SkipRecord           this record is left out on purpose; the source is told that nothing is owed
├── RefuseFile           this receipt is left out with its reason; its document stands
├── BeginAgain           a place in the source's list that was kept is not known any more: read from the beginning
├── JobIsClosed          the source has ended the job: nothing of the old copy may be posted or reported
└── ContractBroken       the vendor's answer is not what its contract says; the evidence is kept
"""

from datetime import timedelta

from connectors.kit.failures import FailureClass


class ConnectorError(Exception):
    """`words` are the vendor's own (redacted), `sentence` is ours: what happened and what to do."""

    failure: FailureClass = FailureClass.CODE_CRASH

    def __init__(self, sentence: str, *, words: str = "", failure: FailureClass | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.words = words
        self.failure = failure or self.failure


class TryLater(ConnectorError):
    """Nothing was done; try the same again, after `wait` if the vendor said so."""

    failure = FailureClass.ERP_UNAVAILABLE

    def __init__(
        self,
        sentence: str,
        *,
        wait: timedelta | None = None,
        words: str = "",
        failure: FailureClass | None = None,
    ) -> None:
        super().__init__(sentence, words=words, failure=failure)
        self.wait = wait


class RateLimited(TryLater):
    """The vendor's budget is spent; `wait` says for how long."""

    failure = FailureClass.RATE_LIMITED


class OutcomeUnknown(ConnectorError):
    """Nobody knows yet whether the call took effect."""

    failure = FailureClass.OUTCOME_UNCERTAIN


class Reconnect(ConnectorError):
    """The authorisation is over; the customer connects again."""

    failure = FailureClass.AUTH_REVOKED


class AskForPermission(ConnectorError):
    """The account lacks a right that its administrator can grant."""

    failure = FailureClass.AUTH_PERMISSION


class MendSettings(ConnectorError):
    """A setting of the installation or application is missing or wrong."""

    failure = FailureClass.CONFIG_INVALID


class RefuseRecord(ConnectorError):
    """This one record cannot become a document; `subject` names what is wrong (an account, a field)."""

    failure = FailureClass.VALIDATION_FIELD

    def __init__(self, sentence: str, *, failure: FailureClass, subject: str = "", words: str = "") -> None:
        super().__init__(sentence, words=words, failure=failure)
        self.subject = subject


class SkipRecord(ConnectorError):
    """The settings say that such a record becomes no document."""


class RefuseFile(ConnectorError):
    """This receipt cannot be had, or not be attached, however often it is tried.

    `subject` says why: "download", "size", "type" or "upload".
    """

    failure = FailureClass.ATTACHMENT_FAILED

    def __init__(self, sentence: str, *, subject: str, words: str = "") -> None:
        super().__init__(sentence, words=words)
        self.subject = subject


class BeginAgain(ConnectorError):
    """The source refuses the place in its list that we kept. Nothing was read; a read from the beginning may help."""

    failure = FailureClass.CODE_CRASH


class JobIsClosed(ConnectorError):
    """The source has ended the job (finished, or by the failure: expired, cancelled by its user)."""

    failure = FailureClass.JOB_EXPIRED


class ContractBroken(ConnectorError):
    """The vendor answered something that its contract does not allow; `words` hold the evidence."""
