"""Where NetSuite accounts differ, or a test wants a kind of trouble."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Switches:
    """Set them by `sandbox.switch(...)` or `/_sandbox/switches`."""

    #: Calls at once, of all integrations of the account together; the base of most accounts.
    concurrent: int = 5
    #: Over that limit the refusal is a 401 as if the log-in were wrong, as some accounts have it (julbrs#26).
    overload_is_401: bool = False
    #: So many calls are refused for concurrency though none else runs: others use the account, too.
    others_calls: int = 0
    #: Permissions that the integration's role lacks, e.g. "TRAN_VENDBILL", "REPO_ANALYTICS".
    lacks: tuple[str, ...] = ()
    #: Features that the account does not have: "subsidiaries", "currencies", "expense_reports".
    without: tuple[str, ...] = ()
    #: By record type the fields that its form makes mandatory, e.g. {"vendorBill": ["department"]}; of lines too.
    mandatory: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Fields that the form does not show: they cannot be set.
    hidden: tuple[str, ...] = ()
    #: New bills and journals wait for approval.
    routing: bool = False
