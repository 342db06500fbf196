"""The subscription that tells us of new export jobs. Source: Subscriptions API 11.6.2.

A secret cannot be changed there: it is a subscription's for life, and another secret is another subscription.
"""

from collections.abc import Sequence

from connectors.kit.records import Subscription
from connectors.pleo import answers
from connectors.pleo.api import Api
from connectors.pleo.webhooks import JOB_CREATED

PATH = "/v1/subscriptions"
ACTIVE = "ACTIVE"


def subscribe(api: Api, address: str, known: Sequence[str] = (), renew: bool = False) -> Subscription:
    """Makes what is missing, and only that, then fetches the secret (it is in no other answer)."""
    ours, strays = _sorted(api, address, known)
    remarks = _take_away(api, strays)
    if known and not ours:
        remarks.append("It was not there any more, and was made anew.")
    for one in ours:
        remarks += _mend(api, one, address)
    kept = _put(api, "POST", PATH, address, {JOB_CREATED}) if renew or not ours else ours[0]
    secret = api.get(answers.Data[answers.Secret], f"{PATH}/{kept.id}/secret")
    return Subscription(kept.id, secret.data.secret_key, " ".join(remarks))


def _sorted(
    api: Api, address: str, known: Sequence[str]
) -> tuple[list[answers.Subscription], list[answers.Subscription]]:
    """Ours in the order in which they are known, and what else leads to our address. If none is known, the one to
    adopt (an answer was lost): an active one first.
    """
    every = list(api.every(answers.Page[answers.Subscription], PATH))
    ours = sorted((one for one in every if one.id in known), key=lambda one: known.index(one.id))
    strays = [one for one in every if one.endpoint_url == address and one.id not in known]
    strays.sort(key=lambda one: (one.status != ACTIVE, one.id))
    return (ours, strays) if ours else (strays[:1], strays[1:])


def _take_away(api: Api, strays: Sequence[answers.Subscription]) -> list[str]:
    for one in strays:
        answer = api.write("DELETE", f"{PATH}/{one.id}")
        if answer.status != 404:
            api.checked(answer)
    return ["Another one led to the same address, and was taken away."] if strays else []


def _mend(api: Api, one: answers.Subscription, address: str) -> list[str]:
    faults = {
        "It led to another address.": one.endpoint_url != address,
        "It was switched off.": one.status != ACTIVE,
        "It was for other events.": JOB_CREATED not in one.event_types,
    }
    remarks = [remark for remark, found in faults.items() if found]
    if remarks:
        _put(api, "PUT", f"{PATH}/{one.id}", address, {*one.event_types, JOB_CREATED})
    return remarks


def _put(api: Api, method: str, path: str, address: str, events: set[str]) -> answers.Subscription:
    body = {"endpointUrl": address, "eventTypes": sorted(events), "status": ACTIVE}
    answer = api.checked(api.write(method, path, body))
    return answers.read(answers.Data[answers.Subscription], answer).data
