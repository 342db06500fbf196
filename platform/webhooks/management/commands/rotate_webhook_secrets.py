"""`manage.py rotate_webhook_secrets`: new secrets for the endpoints, the former ones accepted for a while."""

import time
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q, QuerySet
from django.utils import timezone

from audit import services as audit
from database.acting import across_tenants, acting_for
from jobs.models import Run, RunState
from tenants.models import Tenant
from webhooks import rotating
from webhooks.models import Endpoint
from webhooks.subscriptions import KIND

LOOK_EVERY = 0.5


class Command(BaseCommand):
    help = "Has the workers rotate the secrets of webhook endpoints, and tells how far they are. Shows no secret."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", help="The name or id of one customer")
        parser.add_argument("--older-than", type=int, metavar="DAYS", help="Only secrets that are older")
        parser.add_argument(
            "--wait", type=int, default=300, metavar="SECONDS", help="How long to wait for the workers"
        )
        parser.add_argument("--refuse-former", action="store_true", help="Rotate nothing: end the overlap at once")

    def handle(self, *args: Any, **options: Any) -> None:
        with across_tenants("secrets are rotated for every tenant"):
            chosen = list(_chosen(options["tenant"], options["older_than"]))
        if options["refuse_former"]:
            self._refuse_former(chosen)
            return
        asked = [endpoint for endpoint in chosen if self._ask(endpoint)]
        self.stdout.write(f"Asked for {len(asked)} of {len(chosen)} endpoints.")
        left = self._follow({endpoint.pk: endpoint for endpoint in asked}, time.monotonic() + options["wait"])
        self.stdout.write(f"Rotated: {len(asked) - left}.")
        if left:
            raise CommandError(f"Not rotated yet: {left}. The workers go on; run the command again to see more.")

    def _ask(self, endpoint: Endpoint) -> bool:
        try:
            with acting_for(endpoint.tenant_id):
                rotating.ask(endpoint, actor=audit.PLATFORM)
        except rotating.CannotRotate as reason:
            self.stdout.write(f"{_name(endpoint)}: left as it is. {reason}")
            return False
        return True

    def _follow(self, asked: dict[Any, Endpoint], end: float) -> int:
        """How many are left at the end."""
        while asked:
            with across_tenants("how far the rotation is"):
                done = set(Endpoint.objects.filter(pk__in=asked, rotation_asked_at=None).values_list("pk", flat=True))
            for pk in done:
                self.stdout.write(f"{_name(asked.pop(pk))}: rotated.")
            if not asked or time.monotonic() >= end:
                break
            time.sleep(LOOK_EVERY)
        for endpoint in asked.values():
            self.stdout.write(f"{_name(endpoint)}: not yet. {_remark(endpoint)}")
        return len(asked)

    def _refuse_former(self, chosen: list[Endpoint]) -> None:
        for endpoint in chosen:
            with acting_for(endpoint.tenant_id):
                if rotating.refuse_former(endpoint, actor=audit.PLATFORM):
                    self.stdout.write(f"{_name(endpoint)}: the former secret is refused from now on.")


def _chosen(tenant: str | None, older_than: int | None) -> QuerySet[Endpoint]:
    found = Endpoint.objects.select_related("tenant", "authorisation__application").order_by("tenant__name", "pk")
    if tenant:
        same_id = [row.pk for row in Tenant.objects.filter(name=tenant)] or [row.pk for row in _by_id(tenant)]
        if not same_id:
            raise CommandError(f"There is no customer {tenant}.")
        found = found.filter(tenant__in=same_id)
    if older_than is not None:
        limit = timezone.now() - timedelta(days=older_than)
        found = found.filter(Q(secret_since=None) | Q(secret_since__lt=limit))
    return found


def _by_id(text: str) -> list[Tenant]:
    return [row for row in Tenant.objects.all() if str(row.pk) == text]


def _name(endpoint: Endpoint) -> str:
    return f"{endpoint.tenant}, {endpoint.authorisation}"


def _remark(endpoint: Endpoint) -> str:
    with acting_for(endpoint.tenant_id):
        run = Run.objects.filter(kind=KIND, subject_id=endpoint.pk).exclude(state=RunState.ENDED).first()
    return run.remark if run and run.remark else "No worker has taken it up."
