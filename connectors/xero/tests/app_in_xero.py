"""Any app that speaks to the sandbox over HTTP; not our connector."""

import base64
from typing import Any, Self
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import requests
import simplejson

from connectors.kit.sandbox import Client, consent
from connectors.xero.sandbox import XeroSandbox
from connectors.xero.tests import contract

BACK = "http://localhost:9/back"
SCOPES = (
    "openid profile email offline_access accounting.invoices accounting.banktransactions accounting.manualjournals"
    " accounting.payments accounting.contacts accounting.settings.read accounting.attachments"
)
CLIENT = Client("app", "app-secret", (BACK, "http://127.0.0.1:9/back"))


class AppInXero:
    def __init__(self, sandbox: XeroSandbox, org: str, client: Client = CLIENT) -> None:
        self.sandbox, self.org, self.client = sandbox, org, client
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.headers.update([contract.STRANGER])
        self.tokens: dict[str, Any] = {}
        self.last = requests.Response()  # of the API

    # OAuth

    def address(self, **changes: str) -> str:
        asked = {"response_type": "code", "client_id": self.client.id, "redirect_uri": BACK}
        asked |= {"scope": SCOPES, "state": "s1", **changes}
        return f"{self.sandbox.url}/identity/connect/authorize?{urlencode(asked)}"

    def authorize(self, choose: str | None = None, **changes: str) -> dict[str, str]:
        """What comes back to our redirect address."""
        back = consent(self.address(**changes), choose or self.org)
        assert back.startswith(BACK)
        return {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}

    def token(self, **form: str) -> requests.Response:
        basic = (self.client.id, self.client.secret)
        return self.http.post(f"{self.sandbox.url}/connect/token", form, auth=basic, timeout=10)

    def exchange(self, code: str, **more: str) -> requests.Response:
        return self.token(grant_type="authorization_code", code=code, redirect_uri=BACK, **more)

    def refresh(self, refresh_token: str) -> requests.Response:
        return self.token(grant_type="refresh_token", refresh_token=refresh_token)

    def connect(self, choose: str | None = None, scope: str = SCOPES) -> Self:
        self.tokens = self.exchange(self.authorize(choose, scope=scope)["code"]).json()
        return self

    def connected_by(self) -> str:
        """The consent, as the access token names it."""
        payload = self.tokens["access_token"].split(".")[1]
        claims = simplejson.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        found: str = claims["authentication_event_id"]
        return found

    # The API

    def call(self, method: str, path: str, body: object = None, **options: Any) -> requests.Response:
        headers = {
            "Authorization": f"Bearer {self.tokens['access_token']}",
            "xero-tenant-id": self.org,
            "Accept": "application/json",
            "Content-Type": "application/json",
            **options.pop("headers", {}),
        }
        data = body if isinstance(body, bytes | None) else simplejson.dumps(body).encode()
        address = path if path.startswith("/connections") else f"/api.xro/2.0{path}"
        sent = {name: value for name, value in headers.items() if value is not None}
        self.last = self.http.request(
            method, self.sandbox.url + address, data=data, headers=sent, timeout=10, **options
        )
        return self.last

    def read(self, path: str, headers: Any = None, **params: str) -> dict[str, Any]:
        answer = self.call("GET", path, params=params, headers=headers or {})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = simplejson.loads(answer.text, use_decimal=True)
        return found

    def contact(self, name: str) -> str:
        found: str = self.sandbox.contacts(self.org, Name=name)[0]["id"]
        return found

    def bill(self, *lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """A good draft for Nordwind's supplier; `changes` with None leave a field out."""
        line = {"Description": "Taxi", "Quantity": 1, "UnitAmount": 12.34, "AccountCode": "5800"}
        whole = {
            "Type": "ACCPAY",
            "Contact": {"ContactID": self.contact("RAIL AB")} if "Contact" not in changes else None,
            "InvoiceNumber": "EXP-1",
            "Date": "2026-11-01",
            "LineItems": [line | changed for changed in lines] or [line],
            **changes,
        }
        return {name: value for name, value in whole.items() if value is not None}

    def credit_note(self, *lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """A good draft of a supplier's credit note."""
        about = {"Type": "ACCPAYCREDIT", "InvoiceNumber": None, "CreditNoteNumber": "CN-1"}
        return self.bill(*lines, **(about | changes))

    def spend(self, *lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """Good money spent from the card account in euro."""
        about = {"Type": "SPEND", "InvoiceNumber": None, "Reference": "EXP-1", "BankAccount": {"Code": "1930"}}
        return self.bill(*lines, **(about | changes))

    def journal(self, *lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """A good draft from travel to what is owed to employees."""
        usual = [
            {"Description": "Taxi", "LineAmount": 12.34, "AccountCode": "5800"},
            {"Description": "Taxi", "LineAmount": -12.34, "AccountCode": "2890"},
        ]
        whole = {"Narration": "Taxi [EXP-1]", "Date": "2026-11-01", "JournalLines": list(lines) or usual, **changes}
        return {name: value for name, value in whole.items() if value is not None}

    def payment(self, bill_id: str, **changes: Any) -> dict[str, Any]:
        """Good for a part of the bill, out of the bank in euro."""
        whole = {
            "Invoice": {"InvoiceID": bill_id},
            "Account": {"Code": "1920"},
            "Date": "2026-11-10",
            "Amount": 10,
            "Reference": "PAY-1",
            **changes,
        }
        return {name: value for name, value in whole.items() if value is not None}

    def approved(self, *lines: dict[str, Any], **changes: Any) -> str:
        """The id of a bill of 14.68 euro that may be paid."""
        [made] = self.put(self.bill(*lines, **({"Status": "AUTHORISED", "DueDate": "2026-11-15"} | changes)))
        found: str = made["InvoiceID"]
        return found

    def attach(self, place: str, name: str = "receipt.pdf", **options: Any) -> requests.Response:
        """`place` is as in Invoices/<id>; a small PDF unless `content` says otherwise."""
        content = options.pop("content", b"%PDF-1.7 a receipt")
        headers = {"Content-Type": options.pop("type", "application/pdf"), **options.pop("headers", {})}
        method = options.pop("method", "PUT")
        address = f"/{place}/Attachments/{quote(name, safe='')}"
        return self.call(method, address, content, headers=headers, **options)

    def send(
        self, plural: str, *documents: dict[str, Any], method: str = "PUT", **params: str
    ) -> list[dict[str, Any]]:
        """Each document judged on its own."""
        query = {"summarizeErrors": "false", "unitdp": "4", **params}
        answer = self.call(method, f"/{plural}", {plural: list(documents)}, params=query)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = simplejson.loads(answer.text, use_decimal=True)[plural]
        return found

    def put(self, *bills: dict[str, Any], method: str = "PUT", **params: str) -> list[dict[str, Any]]:
        return self.send("Invoices", *bills, method=method, **params)

    def complaints(self, document: dict[str, Any], method: str = "PUT", plural: str = "Invoices") -> list[str]:
        """Everything that is said against one document; a refused one must have changed nothing."""
        before = self._written()
        [judged] = self.send(plural, document, method=method)
        messages = [error["Message"] for error in judged.get("ValidationErrors", [])]
        assert not messages or self._written() == before
        return messages

    def _written(self) -> list[Any]:
        return [self.sandbox.written(collection, self.org) for collection in self.sandbox.collections]
