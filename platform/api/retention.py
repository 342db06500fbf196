"""A write that is sent again after days is a new one."""

from datetime import datetime

from api.models import Write
from retention.rules import Batch, Rule, register
from retention.services import next_batch


def remove_writes(since: datetime | None, before: datetime) -> Batch:
    return next_batch(Write.objects.all(), "at", since, before)


def register_rules() -> None:
    register(
        Rule(
            "writes",
            "Answers to writes of the API",
            "API_WRITE_DAYS",
            "the API's writes are no tenant's",
            remove_writes,
            stays="What was written stays.",
        )
    )
