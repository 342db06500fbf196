"""Our installation at a company: it comes with the authorisation, and may wait until we say that all is set up.

Source: App Marketplace API 39.4.0. `/me` is the token's own, a company's or an organisation's: no id is sent.
"""

from connectors.kit.errors import ConnectorError, MendSettings, Reconnect
from connectors.kit.failures import FailureClass
from connectors.pleo.answers import Installation
from connectors.pleo.api import Api

ME = "/v1/installations/me"


def activate(api: Api) -> None:
    """Safe to repeat. An application that is not in Pleo's marketplace has no installation: nothing to do."""
    found = api.find(Installation, ME)
    if found is None:
        return
    if found.status in {"AUTHORIZED", "PENDING_INTEGRATION"}:
        api.checked(api.write("POST", f"{ME}:activate"))
    elif found.status in {"INACTIVE", "ERROR"}:
        raise _trouble(found)


def remove(api: Api) -> None:
    """With it go its tokens and subscriptions. Safe to repeat: one that is not there is removed."""
    answer = api.write("DELETE", ME)
    if answer.status != 404:
        api.checked(answer)


def _trouble(found: Installation) -> ConnectorError:
    words = ": ".join(filter(None, (found.status, found.error_code)))
    if found.error_code == "NOT_ENTITLED":
        return MendSettings(
            "This Pleo company is not entitled to the application. Change its plan in Pleo, then connect it again.",
            words=words,
            failure=FailureClass.AUTH_PERMISSION,
        )
    return Reconnect("The application is switched off in Pleo. Connect Pleo again.", words=words)
