"""An installation is asked for the steps of its table only; whoever asks for another is told in words."""

import pytest

from audit.models import AuditEntry
from database.acting import acting_for
from installations import services
from installations.models import Installation
from installations.services import NotReady
from tests.factories import InstallationFactory

pytestmark = pytest.mark.django_db


def an_installation(state: str) -> Installation:
    installation: Installation = InstallationFactory.create(state=state)
    return installation


def is_told(installation: Installation) -> bool:
    return AuditEntry.objects.filter(object_id=str(installation.pk), action__startswith="installation.").exists()


def test_what_is_being_set_up_cannot_be_paused() -> None:
    installation = an_installation("setting_up")

    with acting_for(installation.tenant_id):
        with pytest.raises(NotReady, match="It is being set up, and cannot be paused"):
            services.pause(installation, actor="user:1")
        installation.refresh_from_db()
        assert (installation.state, is_told(installation)) == ("setting_up", False)


def test_what_has_ended_cannot_be_activated() -> None:
    installation = an_installation("ended")

    with acting_for(installation.tenant_id):
        with pytest.raises(NotReady, match="It is ended, and cannot be active"):
            services.activate(installation, actor="user:1")
        installation.refresh_from_db()
        assert (installation.state, is_told(installation)) == ("ended", False)
