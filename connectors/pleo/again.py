"""Asking Pleo for a new job of entries that failed, or that an expired job left behind."""

from collections.abc import Sequence

from connectors.kit.errors import ContractBroken, RefuseRecord
from connectors.kit.failures import FailureClass
from connectors.kit.records import Job
from connectors.pleo import answers, jobs
from connectors.pleo.api import Api


def export_again(api: Api, old: answers.ExportJob, entries: Sequence[str]) -> Job:
    """With the options of the old job, so that the payloads are the same but for what was corrected.

    Raises AnotherIsOpen.
    """
    body = {
        "companyId": old.company_id,
        "accountingEntryIds": list(entries),
        "isInteractive": False,
        "options": {"vendorBasedBookkeeping": old.vendor_based_bookkeeping},
    }
    answer = api.write("POST", jobs.PATH, body)
    try:
        api.checked(answer)
    except ContractBroken as error:
        raise RefuseRecord(
            "Pleo does not export these entries again. Look them up in Pleo and export them there.",
            words=error.words,
            failure=FailureClass.VALIDATION_FIELD,
        ) from error
    return jobs.read(answers.read(answers.Data[answers.ExportJob], answer).data)
