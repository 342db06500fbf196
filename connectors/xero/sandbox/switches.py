"""Where nobody knows what Xero does, or a test wants a kind of trouble: both ways can be had."""

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Switches:
    """The defaults are what the fact sheet assumes; set them by `sandbox.switch(...)` or `/_sandbox/switches`."""

    #: An unknown or archived tracking option is dropped in silence, ASSUMED(medium): look at the echo.
    refuse_lost_tracking: bool = False
    #: A line below zero in money spent or received, while the total is above.
    refuse_negative_bank_lines: bool = False
    #: Xero's own example of a judged journal has no StatusAttributeString.
    tell_journal_status: bool = False
    #: Where the words against a key that was used for another request stand: beside the list, or in an element.
    key_refusal_in_elements: bool = False
    #: Without it the user who connected gets a 403 at /ManualJournals.
    reports_permission: bool = True
    #: "maintenance", "unavailable" or "organisation": every call is answered with a 503 in plain text.
    outage: str = ""
    #: How many bills the plan lets anybody approve; None is without end.
    approve_limit: int | None = None
    #: From how many documents on a filter must name a field that Xero has an index for.
    high_volume: int = 100_000
    attachment_bytes: int = 10 * MEGABYTE
    journal_attachment_bytes: int = 3 * MEGABYTE
    attachments_per_document: int = 10
