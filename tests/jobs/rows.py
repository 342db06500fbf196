"""A run's row, looked at and changed as nobody else would."""

from datetime import datetime, timedelta

from django.utils import timezone

from database.acting import acting_for
from jobs.models import Run


def change(run: Run, **values: object) -> None:
    with acting_for(run.tenant_id):
        Run.objects.filter(pk=run.pk).update(**values)


def now(run: Run) -> Run:
    """As it is in the database."""
    with acting_for(run.tenant_id):
        return Run.objects.get(pk=run.pk)


def ago(seconds: float) -> datetime:
    return timezone.now() - timedelta(seconds=seconds)
