"""Two customers with rows of every kind; one leaves."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from pytest_django import Settings

from connections import disconnecting
from database.acting import acting_for
from leaving import erasing, services
from leaving.models import Leaving, LeavingState
from tenants.models import Tenant
from tests.leaving import planting


@dataclass
class House:
    tenant: Tenant

    @property
    def pk(self) -> UUID:
        return UUID(str(self.tenant.pk))

    @property
    def leaving(self) -> Leaving:
        with acting_for(self.pk):
            return Leaving.objects.latest("asked_at")

    def state(self) -> LeavingState:
        return LeavingState(self.leaving.state)

    def leave(self) -> Leaving:
        with acting_for(self.pk):
            return services.ask(self.tenant, actor="user:1")

    def time_comes(self) -> None:
        with acting_for(self.pk):
            leaving = Leaving.objects.latest("asked_at")
            leaving.due_at -= timedelta(days=30)
            leaving.save()


@pytest.fixture(autouse=True)
def time_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """A look goes on until nothing is left, however slow the machine is."""
    monkeypatch.setattr(erasing, "SECONDS", 600.0)


@pytest.fixture
def nobody_to_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    """The vendors of these houses are nowhere: what is to be ended there is given up at once."""
    monkeypatch.setattr(disconnecting, "GIVEN_UP_AFTER", timedelta(0))


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    """Where receipts lie."""
    settings.STORAGES = {
        **settings.STORAGES,
        "receipts": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        },
    }
    return tmp_path


@pytest.fixture
def theirs(transactional_db: None, folder: Path, nobody_to_tell: None) -> House:
    """The customer that leaves."""
    return House(planting.a_house().job.tenant)


@pytest.fixture
def ours(transactional_db: None, folder: Path, nobody_to_tell: None) -> House:
    """A customer that stays."""
    return House(planting.a_house().job.tenant)


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """One row a batch, and one batch a sweep: a process that is killed after each."""
    monkeypatch.setattr(erasing, "AT_ONCE", 1)
    monkeypatch.setattr(erasing, "SECONDS", 0.0)
