"""How long what waits is kept open at the source, as staff read and change it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from installations.models import LONGEST_HOLD, SHORTEST_HOLD, Installation

MINUTE = timedelta(minutes=1)
QUESTION = (
    "Entries that wait for the ERP, or for a person, are kept open at the source for so long. Then they fail with"
    " their reason, and can be exported again. It holds for what waits now, too."
)


class HoldForm(BaseDialogForm):  # type: ignore[misc]
    minutes = forms.IntegerField(
        min_value=SHORTEST_HOLD // MINUTE,
        max_value=LONGEST_HOLD // MINUTE,
        required=False,
        widget=UnfoldAdminIntegerFieldWidget,
    )

    def __init__(self, *args: Any, object_id: str, **kwargs: Any) -> None:
        super().__init__(*args, object_id=object_id, **kwargs)
        self.fields[
            "minutes"
        ].help_text = f"Empty: {in_words(usual())}, as everywhere. At most {LONGEST_HOLD.days} days."
        self.fields["minutes"].initial = _minutes(object_id)

    @property
    def hold(self) -> timedelta | None:
        minutes = self.cleaned_data["minutes"]
        return minutes * MINUTE if minutes else None


def _minutes(object_id: str) -> int | None:
    try:
        hold = Installation.objects.values_list("hold", flat=True).filter(pk=UUID(object_id)).first()
    except ValueError:  # no id at all: there is no such page either
        return None
    return hold // MINUTE if hold else None


def usual() -> timedelta:
    return timedelta(seconds=settings.HOLD_SECONDS)


def of(installation: Installation) -> str:
    return in_words(installation.hold) if installation.hold else f"{in_words(usual())}, as everywhere"


def in_words(hold: timedelta) -> str:
    hours, rest = divmod(hold, 60 * MINUTE)
    return f"{hold // MINUTE} min" if rest or not hours else f"{hours} h"
