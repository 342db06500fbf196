"""Applications at vendors from the settings of the deployment: made once, and the staff's from then on."""

from connections import services
from connectors import registry
from connectors.kit.connector import Connector, Environment
from database.acting import across_tenants
from host import environment as env

LONGEST_CLIENT_ID = 200


def seed_applications() -> None:
    """For the web server and the worker. One that exists stays as it is, whatever the settings say."""
    for key, vendor in registry.installed().items():
        if any(env.text(name, "") for name in seeded_by(key, vendor)):
            _seed(key, vendor)


def prefix_of(key: str) -> str:
    """What the names of a connector's settings begin with."""
    return f"CAUSEWAY_{key.upper()}"


def seeded_by(key: str, vendor: type[Connector]) -> list[str]:
    """The settings that ask for an application: what the vendor issues; where it issues nothing, the environment."""
    return [f"{prefix_of(key)}_{name.upper()}" for name in vendor.flows[0].issued or ("environment",)]


def _seed(key: str, vendor: type[Connector]) -> None:
    prefix = prefix_of(key)
    known = [one.value for one in Environment if vendor.hosts.get(one)]
    environment = env.one_of(f"{prefix}_ENVIRONMENT", Environment.PRODUCTION.value, *known)
    client_id, secret = env.text(f"{prefix}_CLIENT_ID", ""), env.text(f"{prefix}_CLIENT_SECRET", "")
    for name in seeded_by(key, vendor):
        if not env.text(name, ""):
            env.refuse(name, "is missing: the vendor issues both together.")
    if len(client_id) > LONGEST_CLIENT_ID:
        env.refuse(f"{prefix}_CLIENT_ID", f"is longer than {LONGEST_CLIENT_ID} characters.")
    with across_tenants("applications are seeded at the start"):
        services.seed_application(
            key,
            environment,
            client_id=client_id,
            secret=secret,
            hosts=dict(vendor.hosts[Environment(environment)]),
            scopes=env.text(f"{prefix}_SCOPES", ""),
        )
