"""A target with settings of its own: any target's connector, with Acme's model."""

import pytest

from connectors import registry
from connectors.kit.settings.tests.acme import AcmeSettings
from tests.factories import TARGETS


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry.get(TARGETS[0]), "settings_model", AcmeSettings)
