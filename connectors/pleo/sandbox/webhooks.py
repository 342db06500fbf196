"""Signed messages to subscribers, sent by a thread of their own, again and again until they are taken.

Standard Webhooks: HMAC-SHA256 over "id.timestamp.body" with the decoded secret; the id stays the same over all
attempts, the timestamp is new each time. Svix sends at once and after 5 s, 5 min, 30 min, 2 h…; the sandbox's
schedule is shorter, unless SVIX is asked for. An endpoint that took nothing for five days is switched off.
"""

import base64
import hashlib
import hmac
import secrets
import threading
from collections.abc import Sequence
from time import monotonic
from typing import TYPE_CHECKING

import requests
import simplejson

from connectors.kit.sandbox import Document, stamp
from connectors.pleo.sandbox import companies

if TYPE_CHECKING:
    from connectors.pleo.sandbox.app import PleoSandbox

DELAYS = (0.0, 1.0, 3.0, 10.0, 30.0, 60.0)
SVIX = (0.0, 5.0, 300.0, 1800.0, 7200.0, 18_000.0, 36_000.0, 36_000.0)
GIVE_UP = 5 * 24 * 3600
#: Pleo's prose and its API spell the names of events differently; a switch tells which one is sent.
PROSE = {"v1.export-job.created": "v1.export.job-created"}


def announce(sandbox: "PleoSandbox", event: str, data: Document) -> None:
    """One message per active subscription of the company or its organisation, in the transaction of what happened."""
    owners = companies.holders(sandbox, data["companyId"])
    for subscription in sandbox.store["subscriptions"].find(status="ACTIVE"):
        if event in subscription["eventTypes"] and subscription["owner"].split(" ")[-1] in owners:
            _queue(sandbox, subscription, event, data)


def _queue(sandbox: "PleoSandbox", subscription: Document, event: str, data: Document) -> None:
    name = PROSE.get(event, event) if sandbox.prose_names else event
    body = {"data": data, "eventType": name, "eventId": sandbox.new_id()}
    message = {
        "id": "msg_" + secrets.token_urlsafe(20),
        "subscriptionId": subscription["id"],
        "companyId": data["companyId"],
        "eventType": event,
        "body": simplejson.dumps(body, use_decimal=True),
        "state": "pending",
        "dueAt": sandbox.clock.time() + sandbox.sender.delays[0],
        "createdAt": stamp(sandbox.clock.now()),
        "attempts": [],
    }
    sandbox.store["messages"].put(message["id"], message)


def signature(secret: str, message_id: str, timestamp: int, body: str) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(key, f"{message_id}.{timestamp}.{body}".encode(), hashlib.sha256)
    return "v1," + base64.b64encode(mac.digest()).decode()


class Sender:
    """Looks for messages that are due; the queue is in the store, so a restart goes on where it was."""

    def __init__(self, sandbox: "PleoSandbox", delays: Sequence[float], timeout: float) -> None:
        self.delays, self.timeout = tuple(delays), timeout
        self._sandbox = sandbox
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def join(self) -> None:
        self._thread.join(self.timeout + 5)

    def _run(self) -> None:
        with requests.Session() as session:
            session.trust_env = False
            while not self._sandbox.halted.wait(0.05):
                self._send_due(session)

    def _send_due(self, session: requests.Session) -> None:
        now = self._sandbox.clock.time()
        for message in self._sandbox.store["messages"].find(state="pending"):
            if message["dueAt"] <= now and not self._sandbox.halted.is_set():
                self._send(session, message)

    def _send(self, session: requests.Session, message: Document) -> None:
        store = self._sandbox.store
        subscription = store["subscriptions"].get(message["subscriptionId"])
        if subscription is None or subscription["status"] != "ACTIVE":
            store["messages"].change(message["id"], state="dropped")
            return
        begun, status = monotonic(), 0
        try:
            status = self._post(session, message, subscription)
            result = str(status)
        except requests.RequestException as error:
            result = type(error).__name__
        attempt = {
            "at": stamp(self._sandbox.clock.now()),
            "result": result,
            "milliseconds": round((monotonic() - begun) * 1000),
        }
        attempts = [*message["attempts"], attempt]
        taken = 200 <= status < 300
        store["messages"].change(message["id"], attempts=attempts, **self._next(taken, len(attempts)))
        self._judge(subscription["id"], taken)

    def _judge(self, subscription_id: str, taken: bool) -> None:
        """An endpoint that has failed for too long is INACTIVE until its owner says otherwise."""
        subscriptions, now = self._sandbox.store["subscriptions"], self._sandbox.clock.time()
        with self._sandbox.store.transaction():
            known = subscriptions.get(subscription_id)
            if known is None:
                return
            since = None if taken else known.get("failingSince") or now
            status = "INACTIVE" if since is not None and since + GIVE_UP <= now else known["status"]
            subscriptions.change(subscription_id, failingSince=since, status=status)

    def _next(self, taken: bool, attempts: int) -> Document:
        if taken:
            return {"state": "delivered"}
        if attempts >= len(self.delays):
            return {"state": "failed"}
        return {"dueAt": self._sandbox.clock.time() + self.delays[attempts]}

    def _post(self, session: requests.Session, message: Document, subscription: Document) -> int:
        timestamp = int(self._sandbox.clock.time())
        auth = subscription["endpointAuth"]
        headers = subscription["customHeaders"] | {
            "Content-Type": "application/json",
            "webhook-id": message["id"],
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(subscription["secret"], message["id"], timestamp, message["body"]),
        }
        given = auth["credentials"]
        basic = (given.get("username", ""), given.get("password", "")) if auth["type"] == "BASIC" else None
        with session.post(
            subscription["endpointUrl"],
            data=message["body"].encode(),
            headers=headers,
            auth=basic,
            timeout=self.timeout,
            allow_redirects=False,
            stream=True,
        ) as sent:
            return sent.status_code
