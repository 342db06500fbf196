"""What stands for a connector that is not here (any more): its customers' rows still name it.

It has a name to be shown and facts that permit nothing; each of its methods says what to do. So a page about a row
opens, and work that comes to it waits for whoever installs the connector again.
"""

from inspect import getmembers, isroutine
from typing import Any, NoReturn, TypeVar

from connectors.kit.connector import Connector
from connectors.kit.consent import Terms
from connectors.kit.errors import MendSettings
from connectors.kit.flows import AuthorisationCode, Endpoint
from connectors.kit.limits import Limits
from connectors.kit.settings import TargetSettings

ConnectorT = TypeVar("ConnectorT", bound=Connector)
NOWHERE = Endpoint("", "")
OF_FACTS = {"flow", "way"}  # they only read what stands here


class ConnectorMissing(MendSettings):
    """The connector is not installed, or was left out at the start."""

    def __init__(self, key: str) -> None:
        super().__init__(
            f"The connector {key} is missing: see Connectors in the admin."
            " Install it and start again; the work goes on."
        )


class KeptSettings(TargetSettings, extra="allow"):
    """Whatever was valid for the connector that is missing."""


def stand_in(role: type[ConnectorT], key: str) -> type[ConnectorT]:
    """A `role` of this key that can be made, and refuses everything with ConnectorMissing."""

    def refuse(*args: object, **kwargs: object) -> NoReturn:
        raise ConnectorMissing(key)

    facts: dict[str, Any] = {
        "key": key,
        "name": f"{key} (connector missing)",
        "flows": (AuthorisationCode(authorise=NOWHERE, token=NOWHERE, pkce=True),),
        "hosts": {},
        "limits": Limits(per_minute=1, concurrent=1),
        "settings_model": KeptSettings,
        "grants": {},
        "terms": Terms(lasts="", stop=""),
    }
    methods = {name: refuse for name, _ in getmembers(role, isroutine) if name[0] != "_" and name not in OF_FACTS}
    return type(f"Missing{role.__name__}", (role,), facts | methods)
