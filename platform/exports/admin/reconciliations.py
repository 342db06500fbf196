"""What the nightly reading of the ERP found: on the incident, on the posting, and on the installation's own page."""

from collections.abc import Sequence

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst

from desk.formats import ago, cut, exact, to
from desk.pages import actor, asked
from desk.sheets import Moment, Table
from exports import reconciling
from exports.models import Discrepancy, Posting, Reconciliation
from incidents.admin import IncidentAdmin
from incidents.models import Incident
from installations.admin import InstallationAdmin
from installations.models import Installation
from jobs.admin import RunAdmin

LATEST, LISTED = 10, 50
ASKED = "The ERP is read by our references and compared with what was posted. Nothing is written there."

admin.site.unregister(Installation)


@admin.register(Installation)
class ReconciledInstallationAdmin(InstallationAdmin):
    """The page of the room below, with what the ledger adds to it."""

    actions_detail = [*InstallationAdmin.actions_detail, "reconcile"]

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[object]:
        offered = super().get_actions_detail(request, object_id)
        permitted = super(InstallationAdmin, self).get_actions_detail(request, object_id)
        installation = self.get_object(request, object_id)
        mine = [one for one in permitted if one.path == "reconcile" and installation and installation.is_active]
        return [*offered, *mine]

    @asked("Reconcile now", ASKED, button="Reconcile", icon="fact_check")
    def reconcile(self, request: HttpRequest, form: object, object_id: str) -> HttpResponse:
        installation = self.row(request, object_id)
        reconciling.ask(installation, actor=actor(request))
        return self.done(request, installation, "The ERP is read now. What does not agree opens an incident.")


def of_installation(installation: Installation) -> Table:
    latest = Reconciliation.objects.filter(installation=installation)[:LATEST]
    return Table(
        "Reconciliations",
        ["Begun", "Ended", "Since", "Compared", "Remark"],
        [
            [
                ago(one.started_at),
                ago(one.ended_at) if one.ended_at else "Under way",
                exact(one.since),
                str(one.compared),
                cut(one.remark, 100),
            ]
            for one in latest
        ],
        empty="None yet: the ERP is read every night.",
        of="installations.installation",
    )


def of_incident(incident: Incident) -> Table:
    found = Discrepancy.objects.filter(incident=incident).select_related("posting__record__job")[:LISTED]
    return Table(
        "Differences from the ERP",
        ["Posting", "What was found", "Found", "Agrees again"],
        [
            [
                to(one.posting, capfirst(str(one.posting))),
                cut(one.sentence, 120),
                ago(one.found_at),
                ago(one.closed_at) if one.closed_at else "Not yet",
            ]
            for one in found
        ],
        empty="None.",
        of="exports.posting",
    )


def moments_of(posting: Posting) -> Sequence[Moment]:
    """Both are on the posting's own page: whoever sees it may see them."""
    return [
        moment
        for one in posting.discrepancies.order_by("found_at")
        for moment in (Moment(one.found_at, one.sentence), Moment(one.closed_at, "Ledger and ERP agree again"))
    ]


InstallationAdmin.parts += [of_installation]
IncidentAdmin.parts += [of_incident]
RunAdmin.subjects[reconciling.KIND] = "installations.installation"
