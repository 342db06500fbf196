"""A connector that was made for a kit that is not here yet."""

from connectors.kit.connector import Environment, Source
from connectors.kit.consent import Terms
from connectors.kit.flows import AuthorisationCode, Endpoint
from connectors.kit.limits import Limits


class Newer(Source):
    key, name, requires_kit = "newer", "Newer Spending", ">=2.0,<3"
    flows = (AuthorisationCode(authorise=Endpoint("api", "/oauth"), token=Endpoint("api", "/token"), pkce=True),)
    hosts = {Environment.PRODUCTION: {"api": "https://api.newer.example"}}
    limits = Limits(per_minute=60)
    grants = {}
    terms = Terms(lasts="Until you stop it.", stop="Remove {partner} there.")


connector = Newer
