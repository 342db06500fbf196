"""What the conformance suite needs to know of Pleo: an export item, and what a customer does there."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from connectors.kit.signatures import sign
from connectors.kit.testing.customers import SandboxCustomer
from connectors.kit.testing.declaring import Exporter, SourceKit
from connectors.pleo.connector import Pleo
from connectors.pleo.sandbox import PleoSandbox
from connectors.pleo.sandbox.names import MEMBERS, ORGANISATION

_AMOUNT = {"currency": "EUR", "value": 9950}
_BOTH = {"inSupplierCurrency": {"currency": "SEK", "value": 112500}, "inWalletCurrency": _AMOUNT}
_TAX = {"currency": "EUR", "value": 1990}
#: As the specification of the Export API 32.1.0 shows one; the values are invented.
ITEM = {
    "_links": {"web": {"exportItem": "https://app.example/e/1"}, "mobile": {}, "api": {}},
    "companyId": "0b8f3a52-2222-4000-8000-000000000002",
    "accountingEntryId": "0b8f3a52-3333-4000-8000-000000000003",
    "type": "card_purchase",
    "subType": None,
    "date": "2026-02-27T13:40:00Z",
    "note": "Train to client",
    "amount": _BOTH,
    "accountingEntryLines": [
        {
            "accountingEntryLineId": "line-1",
            "lineAmount": _BOTH,
            "netAmount": _BOTH,
            "account": {"id": "acc-1", "name": "Travel", "code": "5800", "identifier": None},
            "tax": {
                "code": "I25",
                "type": "inclusive",
                "rate": 1,
                "amount": {"inSupplierCurrency": _TAX, "inWalletCurrency": _TAX},
            },
            "tags": [{"id": "tag-1", "groupCode": "DEPT", "code": "SALES"}, None],
        }
    ],
    "supplier": {"name": "RAIL AB", "code": None, "account": None, "categoryCode": "4112", "country": "SE"},
    "vendor": {"id": "v-1", "name": "Rail AB", "code": "V-100", "externalId": "erp-v-100"},
    "contraAccount": {"id": "acc-2", "name": "Card EUR account", "code": "1930", "identifier": None},
    "user": {"id": "u-1", "name": "Ada Holm", "code": "E-12"},
    "team": {"id": "t-1", "name": "Sales", "code": "S1"},
    "servicePeriod": {"from": "2026-02-01T00:00:00Z", "to": "2026-02-28T00:00:00Z"},
    "files": [],
    "additionalInformation": {
        "reconciliationId": "BOOK-000123",
        "attendees": None,
        "reconciledEntries": None,
        "invoiceInformation": {
            "invoiceNumber": "F-9",
            "invoiceDate": "2026-02-20T00:00:00Z",
            "dueDate": None,
        },
    },
}


class PleoCompany(SandboxCustomer, Exporter):
    """A member of an organisation: its token sees the other members as well."""

    sandbox: PleoSandbox
    _exports = 0

    def export(self, entries: int) -> str:
        self._exports += 1
        return self.sandbox.export_some(self.company, entries, f"plain/{self._exports}")

    def cancel(self, job_id: str) -> None:
        self.sandbox.cancel(job_id)

    def told(self, job_id: str) -> Mapping[str, str]:
        return {item["accountingEntryId"]: item["status"] for item in self.sandbox.items(job_id)}

    def state(self, job_id: str) -> str:
        return str(self.sandbox.job(job_id)["status"])

    def deliver(self, job_id: str, secret: str) -> tuple[Mapping[str, str], bytes]:
        message = next(one for one in self.sandbox.store["messages"].find() if job_id in one["body"])
        at, body = int(self.sandbox.clock.time()), message["body"].encode()
        headers = {
            "webhook-id": message["id"],
            "webhook-timestamp": str(at),
            "webhook-signature": sign(secret, message["id"], at, body),
        }
        return headers, body


@contextmanager
def company() -> Iterator[PleoCompany]:
    with PleoSandbox(rate_limit=None) as sandbox:
        chosen, stranger = sandbox.company_id(MEMBERS[1]), sandbox.company_id(MEMBERS[0])
        customer = PleoCompany(sandbox, chosen, list(Pleo.grants), choice=sandbox.company_id(ORGANISATION))
        customer.stranger = stranger
        yield customer


KIT = SourceKit(connector=Pleo, exporter=company, payload=ITEM, enums=("type", "subType"))
