"""Replaying, one or many: first a page that says what each would do, then by POST."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from desk.formats import NOTHING, cut, to
from desk.pages import SheetPage, actor, leads
from desk.sheets import Cell, Table
from webhooks import replaying
from webhooks.models import Delivery
from webhooks.replaying import Foreseen

if TYPE_CHECKING:
    Base = SheetPage
else:
    Base = object

NONE_CAN = "None of them can be replayed."
ONE_CANNOT = "It cannot be replayed."


class Replaying(Base):
    """What `DeliveryAdmin` offers to those who may act."""

    @leads("Replay", icon="replay", permission="act")
    def replay(self, request: HttpRequest, object_id: str) -> HttpResponse:
        delivery: Delivery = self.row(request, object_id)
        page = self.address("change", delivery.pk)
        if request.method != "POST":
            hidden: list[tuple[str, object]] = []
            return self._ask(request, [delivery], title=f"Replay {delivery}", hidden=hidden, back=page)
        done = replaying.replay([delivery], actor=actor(request))
        level = messages.SUCCESS if done else messages.WARNING
        messages.add_message(request, level, "It is processed anew." if done else ONE_CANNOT)
        return HttpResponseRedirect(page)

    @admin.action(description="Replay", permissions=["act"])
    def replay_all(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> HttpResponse | None:
        chosen = list(queryset.order_by("received_at"))
        if "sure" not in request.POST:
            hidden = [("action", "replay_all"), ("index", 0), ("sure", "yes")]
            hidden += [(ACTION_CHECKBOX_NAME, str(one.pk)) for one in chosen]
            return self._ask(request, chosen, title="Replay deliveries", hidden=hidden, back=request.get_full_path())
        done = replaying.replay(chosen, actor=actor(request))
        left = f" {len(chosen) - done} cannot be." if done < len(chosen) else ""
        self.message_user(request, f"Replayed: {done}.{left}", messages.SUCCESS if done else messages.WARNING)
        return None

    def _ask(
        self,
        request: HttpRequest,
        chosen: Sequence[Delivery],
        *,
        title: str,
        hidden: Sequence[tuple[str, object]],
        back: str,
    ) -> HttpResponse:
        """The form leads back to the address that asked: for one to its own, for many to the list."""
        told = replaying.foresee(chosen)
        can = sum(one.can for one in told)
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "line": _line(told),
            "table": _table(told),
            "can": can,
            "button": "Replay" if len(chosen) == 1 else f"Replay {can}",
            "hidden": hidden,
            "back": back,
        }
        return TemplateResponse(request, "admin/webhooks/replay.html", context)


def _line(told: Sequence[Foreseen]) -> str:
    if not any(one.can for one in told):
        return ONE_CANNOT if len(told) == 1 else NONE_CAN
    if len(told) == 1:
        return told[0].sentence
    does = sum(one.does for one in told)
    rest = "The others change nothing." if does < len(told) else "What they lead to is done once all the same."
    return f"Replay of {len(told)} deliveries: {does} lead to work. {rest}"


def _table(told: Sequence[Foreseen]) -> Table:
    return Table(
        "What will happen",
        ["Message", "Customer", "Installation", "Job", "What will happen"],
        [
            [
                to(one.delivery, cut(one.delivery.delivery_id, 24)),
                one.delivery.tenant.name,
                to(one.meaning.installation),
                _job(one),
                one.sentence,
            ]
            for one in told
        ],
        of="webhooks.delivery",
    )


def _job(one: Foreseen) -> Cell:
    if one.job:
        return to(one.job)
    return "A new one" if one.does else NOTHING
