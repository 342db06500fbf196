"""What a customer may set about a connector, as one pydantic model: form, checks, help and docs are made from it."""

from connectors.kit.settings.live import Choice, Live
from connectors.kit.settings.model import Receipts, Row, Settings, TargetSettings
from connectors.kit.settings.questions import Section

__all__ = ["Choice", "Live", "Receipts", "Row", "Section", "Settings", "TargetSettings"]
