"""Webhooks that do not arrive: polling finds the jobs all the same, and counts what no webhook told of.

A poll may be a moment quicker than the webhook, so one is nothing; the next webhook that tells of a job ends it.
Call inside `acting_for`.
"""

from django.conf import settings
from django.db.models import F

from audit import services as audit
from connectors.kit.failures import FailureClass
from exports.models import ExportJob
from incidents import services as incidents
from webhooks.models import Endpoint
from webhooks.subscriptions import check

IN_A_ROW = 3
SILENT = (
    "The webhooks of {vendor} do not arrive: polling found the last {missed} jobs, and no webhook told of them."
    " See that {address} is reached from the internet, by HTTPS and with a valid certificate, and that no firewall or"
    " proxy refuses the vendor. Jobs start up to {seconds} s later meanwhile; none is lost."
)


def missed(job: ExportJob) -> None:
    """Polling was the first to find it, though there was a subscription when it was made."""
    source = job.installation.source
    endpoint = (
        Endpoint.objects.select_related("authorisation__application")
        .filter(authorisation=source.authorisation_id, secret_since__lt=job.created_at)
        .first()
    )
    if endpoint is None:
        return
    endpoint.missed += 1
    if endpoint.missed >= IN_A_ROW:
        check(endpoint)  # the subscription may be what is wrong. First its run is locked, as when it is looked at
    Endpoint.objects.filter(pk=endpoint.pk).update(missed=F("missed") + 1)
    if endpoint.missed >= IN_A_ROW:
        _say(endpoint)


def _say(endpoint: Endpoint) -> None:
    sentence = SILENT.format(
        vendor=endpoint.authorisation.application.vendor.name,
        missed=endpoint.missed,
        address=settings.BASE_URL,
        seconds=settings.POLL_SECONDS,
    )
    incidents.open_incident(
        endpoint.tenant_id, FailureClass.CONFIG_INVALID, about=_about(endpoint), sentence=sentence
    )


def heard(endpoint: Endpoint) -> None:
    """A webhook told of a job."""
    if endpoint.missed and Endpoint.objects.filter(pk=endpoint.pk).update(missed=0):
        incidents.mend_about(endpoint.tenant_id, _about(endpoint), actor=audit.PLATFORM)


def _about(endpoint: Endpoint) -> str:
    return f"webhooks:{endpoint.pk}"
