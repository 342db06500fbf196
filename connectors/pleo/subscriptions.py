"""The subscription that tells us of new export jobs. Source: Subscriptions API 11.6.2.

A secret cannot be changed there: it is a subscription's for life, and another secret is another subscription.
"""

from collections.abc import Iterable, Sequence

from connectors.kit.records import Subscription
from connectors.pleo import answers
from connectors.pleo.api import Api
from connectors.pleo.webhooks import JOB_CREATED

PATH = "/v1/subscriptions"
ACTIVE = "ACTIVE"


def subscribe(
    api: Api, address: str, known: Sequence[str] = (), over: Sequence[str] = (), renew: bool = False
) -> Subscription:
    """Makes what is missing, and only that, then fetches the secret (it is in no other answer)."""
    every = list(api.every(answers.Page[answers.Subscription], PATH))
    ours, strays = _sorted([one for one in every if one.id not in over], address, known)
    _take_away(api, [*strays, *(one for one in every if one.id in over)])
    remarks = ["Another one led to the same address, and was taken away."] if strays else []
    for one in ours:
        remarks += _mend(api, one, address)
    is_there = bool(ours) and (not known or ours[0].id == known[0])
    if known and not is_there:
        remarks.append("It was not there any more, and was made anew.")
    kept = ours[0] if is_there and not renew else _put(api, "POST", PATH, address, {JOB_CREATED})
    secret = api.get(answers.Data[answers.Secret], f"{PATH}/{kept.id}/secret")
    return Subscription(kept.id, secret.data.secret_key, " ".join(remarks))


def _sorted(
    every: Sequence[answers.Subscription], address: str, known: Sequence[str]
) -> tuple[list[answers.Subscription], list[answers.Subscription]]:
    """Ours in the order in which they are known, and what else leads to our address. If none is known, the one to
    adopt (an answer was lost): an active one first.
    """
    ours = sorted((one for one in every if one.id in known), key=lambda one: known.index(one.id))
    strays = [one for one in every if one.endpoint_url == address and one.id not in known]
    strays.sort(key=lambda one: (one.status != ACTIVE, one.id))
    return (ours, strays) if known else (strays[:1], strays[1:])


def _take_away(api: Api, some: Iterable[answers.Subscription]) -> None:
    for one in some:
        answer = api.write("DELETE", f"{PATH}/{one.id}")
        if answer.status != 404:
            api.checked(answer)


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
