"""Any program that speaks to the sandbox over HTTP; not our connector."""

from typing import Any, Self

import requests
import simplejson

from connectors.sap_b1.sandbox import NORDWIND, USERS, SapB1Sandbox

ROOT = "/b1s/v2"


class Program:
    def __init__(self, sandbox: SapB1Sandbox, company: str = NORDWIND) -> None:
        self.sandbox, self.company = sandbox, company
        self.http = requests.Session()
        self.http.trust_env = False
        self.last = requests.Response()

    def login(self, **changes: str) -> requests.Response:
        whole = {"CompanyDB": self.company, "UserName": "causeway", "Password": USERS["causeway"], **changes}
        return self.call("POST", "/Login", whole)

    def logged_in(self) -> Self:
        assert self.login().status_code == 200, self.last.text
        return self

    def call(self, method: str, path: str, body: object = None, **options: Any) -> requests.Response:
        data, headers = None, dict(options.pop("headers", {}))
        if body is not None:
            data = body if isinstance(body, bytes) else simplejson.dumps(body).encode()
            headers = {"Content-Type": "application/json", **headers}
        address = self.sandbox.url + (path if path.startswith("/ping") else ROOT + path)
        self.last = self.http.request(method, address, data=data, headers=headers, timeout=10, **options)
        return self.last

    def read(self, path: str, headers: Any = None, **params: str) -> dict[str, Any]:
        answer = self.call("GET", path, params=params, headers=headers or {})
        assert answer.status_code == 200, answer.text
        return loaded(answer)

    def send(self, path: str, body: object) -> dict[str, Any]:
        answer = self.call("POST", path, body)
        assert answer.status_code == 201, answer.text
        return loaded(answer)

    # Good documents; `changes` with None leave a property out.

    def invoice(self, *lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
        line = {"ItemDescription": "Hotel", "AccountCode": "6660", "LineTotal": 100, "VatGroup": "V19"}
        whole = {
            "CardCode": "V10023",
            "DocType": "dDocument_Service",
            "DocDate": "2026-11-01",
            "NumAtCard": "INV-4711",
            "DocumentLines": [given(line | changed) for changed in lines] or [line],
            **changes,
        }
        return given(whole)

    def in_branch(self, *lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """Of the company with tax codes and branches."""
        usual = {"VatGroup": None, "TaxCode": "NY"}
        at = {"BPL_IDAssignedToInvoice": 1, **changes}
        return self.invoice(*[usual | line for line in lines or ({},)], **at)

    def journal(self, *lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
        usual = [{"AccountCode": "6660", "Debit": 100}, {"AccountCode": "1460", "Credit": 100}]
        return given(
            {"ReferenceDate": "2026-11-01", "Memo": "Card", "JournalEntryLines": list(lines) or usual, **changes}
        )

    def payment(self, invoice: int, **changes: Any) -> dict[str, Any]:
        """Of a whole invoice of 119 euro, out of the bank."""
        paid = {"DocEntry": invoice, "InvoiceType": "it_PurchaseInvoice", "SumApplied": changes.pop("applied", 119)}
        whole = {
            "DocType": "rSupplier",
            "CardCode": "V10023",
            "DocDate": "2026-11-02",
            "TransferAccount": "1800",
            "TransferSum": 119,
            "PaymentInvoices": [paid],
            **changes,
        }
        return given(whole)

    def posted(self, **changes: Any) -> int:
        """The DocEntry of a good invoice of 119 euro."""
        return int(self.send("/PurchaseInvoices", self.invoice(**changes))["DocEntry"])

    def upload(
        self, *names: str, part: str = "files", path: str = "/Attachments2", **options: Any
    ) -> requests.Response:
        files = [(part, (name, b"%PDF-1.7 a receipt", "application/pdf")) for name in names]
        return self.call(options.pop("method", "POST"), path, files=files, **options)


def given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def loaded(answer: requests.Response) -> dict[str, Any]:
    """With fractions as Decimal."""
    found: dict[str, Any] = simplejson.loads(answer.text, use_decimal=True)
    return found
