"""Runs: attempts to bring a piece of work to its end. PostgreSQL is the truth; a message is a hint."""

from datetime import timedelta
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from database.constraints import OnlyRises, Steps
from database.fields import TenantForeignKey
from jobs import states
from jobs.states import RunState as RunState
from tenants.models import TenantModel

HEAVIEST = 100


class Stop(models.TextChoices):
    PAUSE = "pause", "Pause"
    CANCEL = "cancel", "Cancel"


class TriggerKind(models.TextChoices):
    WEBHOOK = "webhook", "Webhook"
    POLL = "poll", "Poll"
    SCHEDULE = "schedule", "Schedule"
    MANUAL = "manual", "By a person"
    REPLAY = "replay", "Replay"


class Run(TenantModel):
    """`kind` names the handler, `subject_id` what it works on, `lane` what allows only one at a time.

    ready(run_at) → held(lease, fence) → ready, waiting, paused, aside, ended. Only the holder of the newest fence may
    write. `calling_until`: a vendor call of the holder may be in flight until then, so nobody takes over before.
    `look_at`: when a waiting one is looked at again by itself; the others in its lane go on meanwhile.
    `keys`: ids of what it belongs to, apart from its tenant; whatever carries one can be stopped at once.
    `stop`: what a person asked for. The holder obeys at its next save-point; an ended run that has it was cancelled.
    """

    kind = models.CharField(max_length=30)
    subject_id = models.UUIDField(db_index=True)
    lane = models.UUIDField()
    keys = ArrayField(models.UUIDField(), default=list)
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.READY)
    stop = models.CharField(max_length=10, choices=Stop.choices, blank=True)
    order = models.DateTimeField(help_text="The oldest goes first within its lane.")
    run_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    calling_until = models.DateTimeField(null=True, blank=True)
    look_at = models.DateTimeField(null=True, blank=True)
    fence = models.PositiveBigIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0, help_text="Slices in a row that ended without progress.")
    crashes = models.PositiveIntegerField(
        default=0, help_text="Slices that crashed, or died with their worker, since there was progress."
    )
    worked = models.FloatField(db_default=0, editable=False, help_text="Seconds of all its slices.")
    remark = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "kind", "subject_id"],
                condition=~Q(state=RunState.ENDED),
                name="one_open_run_a_subject",
            ),
            models.UniqueConstraint(
                fields=["tenant", "lane"], condition=Q(state=RunState.HELD), name="one_held_run_a_lane"
            ),
            Steps(name="steps_of_runs", field="state", steps=states.RUN),
            OnlyRises(name="fences_of_runs", field="fence"),
        ]
        indexes = [
            models.Index(fields=["run_at"], condition=Q(state=RunState.READY), name="ready_runs"),
            models.Index(fields=["look_at"], condition=Q(state=RunState.WAITING), name="waiting_runs"),
            models.Index(fields=["lease_until"], condition=Q(state=RunState.HELD), name="held_runs"),
            models.Index(fields=["tenant", "lane", "order"], condition=~Q(state=RunState.ENDED), name="lanes"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} run, {self.get_state_display()}"


class Schedule(TenantModel):
    """Work that comes again, at the slots of a grid: `next_at`, and every `every` from there.

    A slot is opened once, however many look (`Trigger.slot`). Of slots that nobody opened in time only the last is.
    """

    kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    keys = ArrayField(models.UUIDField(), default=list)
    every = models.DurationField()
    next_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "kind", "subject_id"], name="one_schedule_a_subject"),
            models.CheckConstraint(condition=Q(every__gt=timedelta(0)), name="time_between_slots"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} every {self.every}"


class Trigger(TenantModel):
    """Why a run was opened, or was asked to go on. `slot`: which one of the schedule it stands for."""

    run = TenantForeignKey(Run, models.CASCADE, related_name="triggers")
    kind = models.CharField(max_length=10, choices=TriggerKind.choices)
    at = models.DateTimeField(auto_now_add=True)
    schedule = TenantForeignKey(Schedule, models.SET_NULL, null=True, blank=True, related_name="+")
    slot = models.DateTimeField(null=True, blank=True)
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["tenant", "schedule", "slot"], name="one_trigger_a_slot")]
        indexes = [
            models.Index(fields=["at"], condition=Q(kind__in=["poll", "schedule"]), name="repeated_triggers"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class Share(TenantModel):
    """A tenant's fair share of all slots, by its `weight` (start-time fair queueing).

    `virtual_time`: what it has been served, in quanta (jobs.leases.QUANTUM) divided by its weight. Who has the least
    is served next. One quantum is charged when a slice begins, and settled when it ends: who needs little pays
    little. Whoever is new, or comes back after a while, begins at the present, the highest `virtual_start` of all:
    nobody saves up, and nobody is passed by for ever.
    """

    weight = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(HEAVIEST)]
    )
    virtual_start = models.FloatField(null=True, blank=True)
    virtual_time = models.FloatField(null=True, editable=False)
    served_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant"], name="one_share_a_tenant"),
            models.CheckConstraint(condition=Q(weight__gte=1, weight__lte=HEAVIEST), name="sane_weights"),
        ]

    def __str__(self) -> str:
        return f"weight {self.weight}, served {self.served_at}"


class StandingOrder(models.Model):
    """That all work which carries `key` stands still until it is resumed: nothing begins, what is held lets go.

    `kind` ("tenants.tenant") and `name` say to people what the key is of.
    """

    kind = models.CharField(max_length=50)
    name = models.CharField(max_length=300)
    given_by = models.CharField(max_length=200)
    given_at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True


class Halt(StandingOrder, TenantModel):
    """For one tenant: its own id as the key, or that of a part of its work."""

    key = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="one_halt_a_key")]

    def __str__(self) -> str:
        return f"halt of {self.key}"


class PlatformHalt(StandingOrder):
    """For every tenant: what belongs to one of the platform's own parts, or all there is."""

    EVERYTHING = UUID(int=0)

    key = models.UUIDField(primary_key=True)

    def __str__(self) -> str:
        return "Everything" if self.key == self.EVERYTHING else f"halt of {self.key}"


class Pulse(models.Model):
    """Of a worker, express process or beat, by machine and process: when it last said that it lives, and heard the
    queue."""

    name = models.CharField(max_length=300, primary_key=True)
    began_at = models.DateTimeField()
    ticked_at = models.DateTimeField()
    heard_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
