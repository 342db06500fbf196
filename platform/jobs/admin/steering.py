"""How staff pause, resume and cancel all work of something at once: on its page, and everything above the runs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextInputWidget

from desk.pages import Page, actor, asked
from desk.sheets import Sheet
from jobs import selectors, steering
from jobs.admin.standing import todos_of
from jobs.steering import EVERYTHING, Scope

PAUSING = (
    "Nothing of it begins any more, and what is being worked on stops within seconds, after the call it is making. A"
    " job that waits longer than its source allows ends there, and is exported again."
)
CANCELLING = (
    "Every run that is open ends within seconds. What is posted stays and is told; what is not posted fails with that"
    " reason and can be exported again. Runs that are opened later are not touched."
)
RESUMING = "Work goes on where it stood."

if TYPE_CHECKING:
    Base = Page
else:
    Base = object


class ReasonForm(BaseDialogForm):  # type: ignore[misc]
    reason = forms.CharField(
        label="Why",
        required=False,
        max_length=300,
        strip=True,
        widget=UnfoldAdminTextInputWidget,
        help_text="Colleagues read it where they see the pause.",
    )


class Steered(Base):
    """Comes before `Page`. `actions_detail` must name what is to be offered."""

    steering = ("pause_work", "resume_work", "cancel_work")

    def scope_of(self, row: Model) -> Scope:
        raise NotImplementedError

    def has_steer_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("jobs.change_run")

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
        row = self.get_object(request, object_id)
        useless = "resume_work" if row is None or not self.scope_of(row).halts.exists() else "pause_work"
        offered = super().get_actions_detail(request, object_id)  # type: ignore[misc]
        return [one for one in offered if one.path != useless]

    @asked("Pause work", PAUSING, button="Pause", icon="pause", permission="steer", form=ReasonForm)
    def pause_work(self, request: HttpRequest, form: forms.Form, object_id: str) -> HttpResponse:
        row = self.row(request, object_id)
        steering.pause(self.scope_of(row), actor=actor(request), reason=form.cleaned_data["reason"])
        return self.done(request, row, "Paused.")

    @asked("Resume work", RESUMING, button="Resume", icon="play_arrow", permission="steer")
    def resume_work(self, request: HttpRequest, form: object, object_id: str) -> HttpResponse:
        row = self.row(request, object_id)
        steering.resume(self.scope_of(row), actor=actor(request))
        return self.done(request, row, "Resumed.")

    @asked("Cancel work", CANCELLING, button="Cancel the work", icon="cancel", permission="steer")
    def cancel_work(self, request: HttpRequest, form: object, object_id: str) -> HttpResponse:
        row = self.row(request, object_id)
        runs = steering.cancel(self.scope_of(row), actor=actor(request))
        return self.done(request, row, told(runs))

    def sheet(self, request: HttpRequest, row: Any) -> Sheet:
        sheet = super().sheet(request, row) or Sheet(state=None, line="")
        scope = self.scope_of(row)
        return replace(sheet, todos=[*todos_of(selectors.halts_over(scope.tenant_id, [scope.key])), *sheet.todos])


class EverythingSteered(Base):
    """Comes before `Page`: the same for all there is, above the list of runs."""

    actions_list = ("pause_everything", "resume_everything", "cancel_everything")

    def get_actions_list(self, request: HttpRequest) -> list[Any]:
        useless = "pause_everything" if selectors.is_everything_paused() else "resume_everything"
        return [one for one in super().get_actions_list(request) if one.path != useless]  # type: ignore[misc]

    @asked("Pause everything", PAUSING, button="Pause everything", icon="pause", form=ReasonForm)
    def pause_everything(self, request: HttpRequest, form: forms.Form) -> HttpResponse:
        steering.pause(EVERYTHING, actor=actor(request), reason=form.cleaned_data["reason"])
        return self._back(request, "Everything is paused.")

    @asked("Resume everything", RESUMING, button="Resume everything", icon="play_arrow")
    def resume_everything(self, request: HttpRequest, form: object) -> HttpResponse:
        steering.resume(EVERYTHING, actor=actor(request))
        return self._back(request, "Everything goes on, but what is paused by itself.")

    @asked("Cancel everything", CANCELLING, button="Cancel everything", icon="cancel")
    def cancel_everything(self, request: HttpRequest, form: object) -> HttpResponse:
        return self._back(request, told(steering.cancel(EVERYTHING, actor=actor(request))))

    def _back(self, request: HttpRequest, sentence: str) -> HttpResponse:
        self.message_user(request, sentence)
        return HttpResponse(headers={"HX-Redirect": reverse("admin:jobs_run_changelist")})


def told(runs: int) -> str:
    return f"{runs} runs are being cancelled." if runs else "Nothing was open."
