"""What an administrator of NetSuite has to set right, asked of NetSuite itself, from the log-in to the last field."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from connectors.kit.doctor import Step, tried
from connectors.kit.errors import AskForPermission, ConnectorError, ContractBroken, MendSettings
from connectors.kit.http import Answer, Request
from connectors.kit.records import Probe
from connectors.netsuite import receipts, reference, shapes
from connectors.netsuite.books import Books
from connectors.netsuite.calls import details, error_of
from connectors.netsuite.query import Row
from connectors.netsuite.sending import ROOT
from connectors.netsuite.settings import NetSuiteSettings
from connectors.netsuite.shapes import Shape

NOBODY = "eid:causeway-doctor"  # no record has it: a 404 says that one could have been read
#: What planning reads, and the permission that the role needs for it.
LISTS = {
    "account": "Lists > Accounts",
    "subsidiary": "Lists > Subsidiaries",
    "currency": "Lists > Currency",
    "department": "Lists > Departments",
    "classification": "Lists > Classes",
    "location": "Lists > Locations",
    "salestaxitem": "Lists > Tax Records",
    "vendor": "Lists > Vendors",
    "employee": "Lists > Employees",
    "accountingperiod": "Setup > Manage Accounting Periods",
}
#: What every query needs: without it they all answer 400, while calls by id go on working.
WORKBOOK = "Reports > SuiteAnalytics Workbook"
_ROLE = "Add it to the integration's role under Setup > Users/Roles > Manage Roles."
_LOGIN = (
    "Look into the Login Audit Trail (Setup > Users/Roles > User Management). The role needs REST Web Services and"
    " Log in using OAuth 2.0 Access Tokens, the integration must be enabled, and the account ID be this account's."
)
_INSTALL = (
    "Install it (connectors/netsuite/README.md), deploy it to the integration's role, which must not be for web"
    " services only, or correct its ids in the settings."
)
#: What may have a custom field of the settings.
TRANSACTIONS = (shapes.BILL, shapes.CREDIT, shapes.JOURNAL, shapes.REPORT)
GOVERNANCE = "/services/rest/system/v1/governanceLimits"


@dataclass(frozen=True)
class Doctor:
    """`ask` gives the rows of a query, None for a table that is not there. `concurrent`: calls of ours at once."""

    send: Callable[[Request], Answer]
    ask: Callable[[str], Sequence[Row] | None]
    probe: Callable[[], Probe]
    settings: NetSuiteSettings
    now: datetime
    concurrent: int

    def steps(self) -> Iterator[Step]:
        """Without a log-in nothing else can be told, nor without queries what they would have shown."""
        first = tried("Log-in", self._login, _LOGIN)
        yield first
        if not first.ok:
            return
        records = {shape: self._record(shape) for shape in shapes.SHAPES}
        yield from records.values()
        lists = list(self._lists())
        if not any(step.ok for step in lists):
            yield Step("Queries", False, "NetSuite refuses every query.", f"The permission is {WORKBOOK}. {_ROLE}")
            return
        yield Step("Queries", True, f"The role has {WORKBOOK}.")
        yield from lists
        yield tried("Subsidiary", self._subsidiary, "Choose it where the customer connects; the role must see it.")
        yield tried("Periods", self._periods, "Open it under Setup > Accounting > Manage Accounting Periods.")
        yield from self._fields([shape for shape in TRANSACTIONS if records[shape].ok])
        if self.settings.restlet_script:
            yield tried("RESTlet for receipts", self._restlet, _INSTALL)
        yield tried("Calls at once", self._governance, "Lower the application's calls at once, or raise NetSuite's.")

    def _login(self) -> str:
        answer = self.send(Request("GET", f"{ROOT}/{shapes.VENDOR.record}/{NOBODY}"))
        error = error_of(answer, self.now, patient=False)
        if error and not isinstance(error, AskForPermission | ContractBroken):
            raise error
        return "NetSuite takes the access token."

    def _record(self, shape: Shape) -> Step:
        answer = self.send(Request("GET", f"{ROOT}/{shape.record}/{NOBODY}"))
        name = shape.permission
        if answer.status == 404:
            if any(one.code == "NONEXISTENT_RECORD_TYPE" for one in details(answer)):
                remedy = (
                    "Switch its feature on under Setup > Company > Enable Features, or set another form for entries."
                )
                return Step(name, False, f"This account does not have {shape.name}.", remedy)
            return Step(name, True, f"The role may read {shape.name}.")
        error = error_of(answer, self.now, shape.permission)
        return Step(name, error is None, error.sentence if error else "It can be read.", f"Level Full. {_ROLE}")

    def _lists(self) -> Iterator[Step]:
        for table, permission in LISTS.items():
            yield tried(permission, partial(self._list, table, permission), f"Level View. {_ROLE}")

    def _list(self, table: str, permission: str) -> str:
        try:
            rows = self.ask(f"SELECT id FROM {table} ORDER BY id")  # noqa: S608 - one of ours
        except AskForPermission as refused:
            raise AskForPermission(f"The role lacks {permission}.", words=refused.words) from refused
        return f"This account has no list {table}." if rows is None else f"{len(rows)} rows of {table} can be read."

    def _subsidiary(self) -> str:
        return f"{self.probe().company.name} is open to the role."

    def _periods(self) -> str:
        today: date = self.now.date()
        found = Books({"periods": list(reference.periods(self.ask))}).periods
        if not found:
            return "NetSuite lists no accounting periods, so none is looked at before posting."
        period = next((one for one in found if one.first <= today <= one.last), None)
        if period is None or not period.is_open(journal=False):
            raise MendSettings(
                f"Today's period ({period.name if period else today}) is closed or locked for payables."
            )
        return f"Today's period, {period.name}, is open."

    def _fields(self, readable: Sequence[Shape]) -> Iterator[Step]:
        names = [*filter(None, [self.settings.receipt_field]), *self.settings.custom_segments]
        remedy = "Apply the field to all of them, show it on the forms that the role uses, or correct the settings."
        for name in names:
            yield tried(f"Field {name}", partial(self._field, name, readable), remedy)

    def _field(self, name: str, readable: Sequence[Shape]) -> str:
        lacking = [shape.name for shape in readable if f'"{name}"' not in self._schema(shape)]
        if lacking:
            raise MendSettings(f"NetSuite shows no field {name} on {', '.join(lacking)}.")
        return f"{name} is there, on every kind of document."

    def _schema(self, shape: Shape) -> str:
        """As NetSuite describes such a record."""
        path = f"{ROOT}/metadata-catalog/{shape.record}"
        answer = self.send(Request("GET", path, headers={"Accept": "application/schema+json"}))
        if error := error_of(answer, self.now):
            raise error
        return answer.text(1_000_000)

    def _restlet(self) -> str:
        answer = self.send(receipts.presence(self.settings))
        if error := error_of(answer, self.now):
            raise error
        return "The RESTlet is installed, and the role may call it."

    def _governance(self) -> str:
        answer = self.send(Request("GET", GOVERNANCE))
        error: ConnectorError | None = error_of(answer, self.now)
        if isinstance(error, AskForPermission):
            return f"Only an administrator may read the account's limit. We make {self.concurrent} calls at once."
        if error:
            raise error
        body = answer.json()
        most = body.get("accountConcurrencyLimit") if isinstance(body, dict) else None
        if isinstance(most, int) and most <= self.concurrent:
            raise MendSettings(f"We make {self.concurrent} calls at once, and all integrations together have {most}.")
        return f"The account takes {most} calls at once, of which we make {self.concurrent}."
