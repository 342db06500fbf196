"""Where fault tests break the trip of an export job (jobs.failpoints)."""

from jobs.failpoints import Place


class OfTrip(Place):
    AFTER_CLAIM = "after_claim"
    AFTER_RECEIPT = "after_receipt"
    BEFORE_UPLOAD = "before_upload"
    AFTER_UPLOAD = "after_upload"
    BEFORE_INTENT = "before_intent"
    AFTER_INTENT = "after_intent"
    AFTER_CALL = "after_call"
    AFTER_OUTCOME = "after_outcome"
    AFTER_ATTACH = "after_attach"
    AFTER_REPORT = "after_report"
    BEFORE_FINAL_EVENT = "before_final_event"
    AFTER_FINAL_EVENT = "after_final_event"
