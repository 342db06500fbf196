"""The subscription that tells us of new export jobs. Source: Subscriptions API 11.6.2."""

from connectors.kit.records import Subscription
from connectors.pleo import answers
from connectors.pleo.api import Api
from connectors.pleo.webhooks import JOB_CREATED

PATH = "/v1/subscriptions"


def subscribe(api: Api, address: str) -> Subscription:
    """Makes what is missing, and only that, then fetches the secret (it is in no other answer)."""
    found = _existing(api, address)
    if found is None:
        found = _put(api, "POST", PATH, address, {JOB_CREATED})
    elif found.status != "ACTIVE" or JOB_CREATED not in found.event_types:
        found = _put(api, "PUT", f"{PATH}/{found.id}", address, {*found.event_types, JOB_CREATED})
    secret = api.get(answers.Data[answers.Secret], f"{PATH}/{found.id}/secret")
    return Subscription(found.id, secret.data.secret_key)


def _existing(api: Api, address: str) -> answers.Subscription | None:
    """An active one first, should there ever be several."""
    every = api.every(answers.Page[answers.Subscription], PATH)
    ours = [one for one in every if one.endpoint_url == address]
    return min(ours, key=lambda one: (one.status != "ACTIVE", one.id), default=None)


def _put(api: Api, method: str, path: str, address: str, events: set[str]) -> answers.Subscription:
    body = {"endpointUrl": address, "eventTypes": sorted(events), "status": "ACTIVE"}
    answer = api.checked(api.write(method, path, body))
    return answers.read(answers.Data[answers.Subscription], answer).data
