"""The door: deliveries that were answered, and knocks that were refused."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, RangeDateTimeFilter

from connections.admin.authorisations import AuthorisationAdmin
from connections.admin.connections import ConnectionAdmin
from connections.models import Authorisation, Connection
from desk.formats import NOTHING, ago, cut, day, pretty, to, whole
from desk.pages import LongList, SheetPage, actor, asked, column, state_column
from desk.sheets import Cell, Fold, Moment, Sheet, Table, Todo
from desk.tones import State, Tone, badge
from jobs.admin import RunAdmin
from webhooks import replaying, retention, subscriptions
from webhooks.models import Delivery, DeliveryBody, DeliveryState, Endpoint, RefusedKnock

TONES = {
    DeliveryState.RECEIVED: Tone.WORKING,
    DeliveryState.PROCESSED: Tone.DONE,
    DeliveryState.IGNORED: Tone.DONE,
    DeliveryState.QUARANTINED: Tone.NEEDS_SOMEBODY,
}
GONE = "It cannot be replayed: its body is no longer kept."
REPLAYING = "It is processed anew. What it leads to is done once all the same."


def state_of(delivery: Delivery) -> State:
    state = DeliveryState(delivery.state)
    return TONES[state], state.label


@admin.register(Delivery)
class DeliveryAdmin(LongList, SheetPage):
    views = [("All", ""), *((state.label, f"state__exact={state}") for state in DeliveryState)]
    list_display = ["message", "customer", "how", "remarked", "received"]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        ("received_at", RangeDateTimeFilter),
        ("tenant", AutocompleteSelectFilter),
    ]
    list_filter_submit = True
    related = ["tenant", "endpoint__authorisation__application"]
    search_fields = ["delivery_id__exact", "remark", "id__exact"]
    search_help_text = "The vendor's whole message id, or words of the remark"
    actions = ["replay_all"]
    actions_detail = ["replay"]

    @column("Message", ordering="delivery_id")
    def message(self, delivery: Delivery) -> Cell:
        return cut(delivery.delivery_id, 40)

    @column("Customer", ordering="tenant__name")
    def customer(self, delivery: Delivery) -> str:
        return delivery.tenant.name

    @state_column("state")
    def how(self, delivery: Delivery) -> State:
        return state_of(delivery)

    @column("Remark")
    def remarked(self, delivery: Delivery) -> Cell:
        return cut(delivery.remark, 70)

    @column("Received", ordering="received_at")
    def received(self, delivery: Delivery) -> Cell:
        return ago(delivery.received_at)

    @asked("Replay", REPLAYING, button="Replay", icon="replay")
    def replay(self, request: HttpRequest, form: object, object_id: str) -> HttpResponse:
        delivery = self.row(request, object_id)
        replayed = bool(replaying.replay([delivery], actor=actor(request)))
        return self.done(request, delivery, "It is processed anew." if replayed else GONE, fine=replayed)

    @admin.action(description="Replay", permissions=["act"])
    def replay_all(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        done = replaying.replay(list(queryset), actor=actor(request))
        self.message_user(request, f"Replayed: {done}.")

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[object]:
        offered: list[object] = super().get_actions_detail(request, object_id)  # type: ignore[misc]
        delivery = self.get_object(request, object_id)
        return offered if delivery and bodies_of(delivery).exists() else []

    def sheet(self, request: HttpRequest, row: Delivery) -> Sheet:
        bodies = list(bodies_of(row)[:10])
        may_replay = bool(bodies) and self.has_act_permission(request)
        return Sheet(
            state=state_of(row),
            line=row.remark or "Received; a worker looks at it within seconds.",
            todos=todos_of(row, act=self.act_address("replay", row) if may_replay else ""),
            facts=[
                ("Customer", to(row.tenant)),
                ("Authorisation", to(row.endpoint.authorisation)),
                ("The vendor's id", whole(row.delivery_id)),
                ("Other bodies under this id", str(row.conflicts)),
                ("SHA-256", whole(row.digest)),
                ("Body", body_kept(row, is_there=bool(bodies))),
            ],
            moments=[Moment(row.received_at, "Received and answered")],
            folds=[fold for body in bodies for fold in _folds(body)],
        )


def bodies_of(delivery: Delivery) -> QuerySet[DeliveryBody]:
    """The one that counts, then those that came under its id later."""
    since = DeliveryBody.objects.filter(delivery_id=delivery.pk, received_at__gte=delivery.received_at)
    return since.order_by("received_at")


def body_kept(delivery: Delivery, *, is_there: bool) -> str:
    if not is_there:
        on = retention.body_deleted_on(delivery)
        when = f"was deleted on {on:%-d %b %Y}" if on else "is no longer kept"
        return f"The body {when}. Kept are its id, its digest, when it came and what became of it."
    until = retention.body_kept_until(delivery)
    return f"Kept until {until:%-d %b %Y}" if until else "Kept for ever"


def todos_of(delivery: Delivery, *, act: str) -> list[Todo]:
    todos = []
    if delivery.state == DeliveryState.QUARANTINED:
        mending = "Mend what the remark names, then replay it."
        todos.append(
            Todo("Quarantined", delivery.remark, "operations", mending, act=act, act_text="Replay" if act else "")
        )
    if delivery.conflicts:
        said = "The same id came again with another body. The first one counts; compare them below."
        todos.append(Todo("Two bodies under one id", said, "operations", "Ask the vendor which one is true."))
    return todos


def _folds(body: DeliveryBody) -> list[Fold]:
    return [Fold("Body", pretty(body.body)), Fold("Headers", pretty(body.headers))]


@admin.register(RefusedKnock)
class RefusedKnockAdmin(SheetPage):
    list_display = ["on", "reason", "times"]
    search_fields = ["reason"]

    @column("Day", ordering="day")
    def on(self, knock: RefusedKnock) -> str:
        return day(knock.day)

    def sheet(self, request: HttpRequest, row: RefusedKnock) -> Sheet:
        return Sheet(state=None, line=f"{day(row.day)}: refused {row.times} times, because: {row.reason}.")


def of_authorisation(authorisation: Authorisation) -> Table:
    return _endpoint(Endpoint.objects.filter(authorisation=authorisation))


def of_connection(connection: Connection) -> Table:
    """That of its authorisation: it may be shared with other companies."""
    return _endpoint(Endpoint.objects.filter(authorisation__connections=connection))


def _endpoint(found: QuerySet[Endpoint]) -> Table:
    """The address itself is a secret: only what it was used for is shown."""
    return Table(
        "Endpoint",
        ["Subscription", "Secret", "Refused knocks", "Newest delivery", "Made"],
        [
            [
                whole(one.subscription_id) or NOTHING,
                badge((Tone.DONE, "Kept") if one.sealed_secret else (Tone.WAITING, "Not yet")),
                str(one.refused),
                _newest(one),
                ago(one.created_at),
            ]
            for one in found
        ],
        empty="None: no webhooks come from there.",
        of="webhooks.endpoint",
    )


def _newest(endpoint: Endpoint) -> Cell:
    newest = endpoint.deliveries.first()
    return to(newest, ago(newest.received_at)) if newest else NOTHING


AuthorisationAdmin.parts += [of_authorisation]
ConnectionAdmin.parts += [of_connection]
RunAdmin.subjects[subscriptions.KIND] = "webhooks.endpoint"
