"""An older version of the settings comes back as a new one. Call inside `acting_for` of the tenant."""

from connectors.kit.settings.versions import as_json
from installations import services
from installations.models import Configuration, Installation


def restore(installation: Installation, version: int, *, actor: str, based_on: int) -> Configuration:
    """`based_on`: the version in force that its maker saw. Raises Configuration.DoesNotExist, ChangedMeanwhile, or
    CannotRead if the connector of today does not take it any more.
    """
    old = Configuration.objects.get(installation=installation, version=version)
    old.installation = installation
    plain, secrets = as_json(old.read())
    return services.configure(
        installation,
        {**plain, **secrets},
        actor=actor,
        labels=old.labels,
        note=f"Version {version} again.",
        based_on=based_on,
    )
