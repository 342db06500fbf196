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
        for environment, prefix in _asked_for(key, vendor).items():
            _seed(key, vendor, environment, prefix)


def seeded_by(key: str, vendor: type[Connector], environment: Environment = Environment.PRODUCTION) -> list[str]:
    """The settings that ask for an application: what the vendor issues for that environment; where it issues nothing,
    the environment itself."""
    issued = vendor.flows[0].issued
    if not issued:
        return [f"{prefix_of(key)}_ENVIRONMENT"]
    general = environment == Environment.PRODUCTION
    return _names(vendor, prefix_of(key) if general else prefix_of(key, environment))


def prefix_of(key: str, environment: Environment | None = None) -> str:
    """What the names of a connector's settings begin with: for one environment, or for that which they name."""
    return f"CAUSEWAY_{key.upper()}" + (f"_{environment.upper()}" if environment else "")


def _names(vendor: type[Connector], prefix: str) -> list[str]:
    return [f"{prefix}_{name.upper()}" for name in vendor.flows[0].issued]


def _asked_for(key: str, vendor: type[Connector]) -> dict[Environment, str]:
    """The environments to seed, each with what its settings begin with. Those of an environment go before the general
    ones as a whole: an id is never paired with the secret of another environment."""
    known = [one for one in Environment if vendor.hosts.get(one)]
    found = {one: prefix for one in known if _is_set(vendor, prefix := prefix_of(key, one))}
    general = prefix_of(key)
    if _is_set(vendor, general) or (not vendor.flows[0].issued and env.text(f"{general}_ENVIRONMENT", "")):
        named = env.one_of(f"{general}_ENVIRONMENT", Environment.PRODUCTION.value, *(one.value for one in known))
        found.setdefault(Environment(named), general)
    return found


def _is_set(vendor: type[Connector], prefix: str) -> bool:
    return any(env.text(name, "") for name in _names(vendor, prefix))


def _seed(key: str, vendor: type[Connector], environment: Environment, prefix: str) -> None:
    client_id, secret = env.text(f"{prefix}_CLIENT_ID", ""), env.text(f"{prefix}_CLIENT_SECRET", "")
    for name in _names(vendor, prefix):
        if not env.text(name, ""):
            env.refuse(name, "is missing: the vendor issues both together.")
    if len(client_id) > LONGEST_CLIENT_ID:
        env.refuse(f"{prefix}_CLIENT_ID", f"is longer than {LONGEST_CLIENT_ID} characters.")
    with across_tenants("applications are seeded at the start"):
        services.seed_application(
            key,
            environment.value,
            client_id=client_id,
            secret=secret,
            hosts=dict(vendor.hosts[environment]),
            scopes=env.text(f"{prefix}_SCOPES", ""),
        )
