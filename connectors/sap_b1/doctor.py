"""What an administrator of Business One has to set right, in the order in which it is met (sheet, appendix B)."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from connectors.kit.doctor import Step, tried
from connectors.kit.errors import ContractBroken, MendSettings, TryLater
from connectors.kit.http import Client, Ready, Request
from connectors.sap_b1 import reference, user_fields
from connectors.sap_b1.calls import error_of, told
from connectors.sap_b1.listing import Listed
from connectors.sap_b1.sending import FRESH, ROOT
from connectors.sap_b1.settings import SapB1Settings
from connectors.sap_b1.user_fields import TABLES

_SERVER = (
    "Check the host and port of the listing, the firewall, and that the Service Layer runs. A certificate that was"
    " renewed has to be confirmed again."
)
_PING = "Start the Service Layer's nodes on the server, and look into its load balancer's log."
_LOG_IN = (
    "Check the database's name, the user and the password, and that the user is not locked and has a licence; then"
    " connect again."
)
_RIGHTS = "Give the user the authorisations for financials, purchasing and business partners."
_BRANCH = (
    "Where the company works with branches, choose an active one in the settings; where it does not, choose none."
)
_SERIES = (
    "Define a default numbering series for it under Administration > System Initialization > Document Numbering."
)
_PERIOD = "Open it under Administration > System Initialization > Posting Periods."
_NO_TABLE = (
    "None is needed: each document bears its reference in the user field, and is looked for before it is sent again."
)
#: What planning reads, and whether a company may do without it.
LISTS = {"ChartOfAccounts": False, "Projects": True, "ProfitCenters": True, "Dimensions": True}
TAXES = ("VatGroups", "SalesTaxCodes")
#: By SAP's numbers of document types.
SERIES = {"18": "purchase invoices", "19": "purchase credit notes", "30": "journal entries", "46": "vendor payments"}
OLDEST = 1000000  # 10.0, as the version is written
#: By the version since when: feature packages 2011, 2102 and 2208. ASSUMED: SAP publishes no table; none is needed.
FEATURES = {1000140: "stored queries", 1000150: "ETags", 1000210: "log-in by OAuth"}
WITHOUT_BRANCHES, WITH_BRANCHES = "tNO", "tYES"


@dataclass(frozen=True)
class Doctor:
    """`get` reads an address, `call` asks a function by POST, `listed` lists an entity set; all raise."""

    client: Client
    get: Callable[[str], Any]
    call: reference.Called
    listed: Listed
    settings: SapB1Settings

    def steps(self) -> Iterator[Step]:
        """Without a server, or without a log-in, nothing after it can be told."""
        for name, work, remedy in (
            ("Server", self._server, _SERVER),
            ("Service Layer", self._ping, _PING),
            ("Log-in", self._log_in, _LOG_IN),
        ):
            step = tried(name, work, remedy)
            yield step
            if not step.ok:
                return
        yield tried("Company", self._company, _RIGHTS)
        yield from self._lists()
        yield from self._user_fields()
        yield Step("User table", True, _NO_TABLE)
        yield tried("Period", self._period, _PERIOD)
        for number, name in SERIES.items():
            yield tried(f"Series of {name}", lambda number=number: self._series(number), _SERIES)  # type: ignore[misc]
        yield Step("Receipts", True, "Not tried, as what is uploaded cannot be deleted: look at the first receipt.")
        yield Step("Log-out", True, "The session is shared with the exports and kept; it ends when it is not used.")

    def _server(self) -> str:
        found = self.client.certificate()
        self._send_bare("/ping/")
        if found is None:
            return "It answers; this one has no certificate of its own."
        names = ", ".join(found.names) or "no other name"
        return f"It answers, and its certificate is believed: {found} ({names})."

    def _ping(self) -> str:
        answer = self._send_bare("/ping/")
        if not answer.ok:
            raise TryLater(f"No node of the Service Layer is up ({answer.status}).", words=answer.text())
        return "A node of the Service Layer is up."

    def _send_bare(self, path: str) -> Any:
        """Without a session, so that no log-in comes first."""
        return self.client.send(Request("GET", path, headers=FRESH), Ready("", math.inf))

    def _log_in(self) -> str:
        told = self.get(f"{ROOT}/CompanyService_GetCompanyInfo")
        return f"Business One takes the log-in, to {told.get('CompanyName')}."

    def _company(self) -> str:
        version = str(self.get(f"{ROOT}/CompanyService_GetCompanyInfo").get("Version") or "")
        admin = self.get(f"{ROOT}/CompanyService_GetAdminInfo")
        if version.isdecimal() and int(version) < OLDEST:
            raise MendSettings(f"Business One has the version {version}, and 10.0 is needed. Update it.")
        known = [name for since, name in FEATURES.items() if version.isdecimal() and int(version) >= since]
        features = f"by it {', '.join(known) or 'none of the newer features'}; Causeway needs none of them"
        money = f"local currency {admin.get('LocalCurrency')}, system currency {admin.get('SystemCurrency')}"
        decimals = f"{admin.get('TotalsAccuracy')} decimals in totals"
        return f"Version {version or 'unknown'} ({features}), {money}, {decimals}."

    def _lists(self) -> Iterator[Step]:
        for name, may_be_empty in LISTS.items():
            yield tried(name, lambda one=name, empty=may_be_empty: self._counted((one,), empty), _RIGHTS)  # type: ignore[misc]
        yield tried("Taxes", lambda: self._counted(TAXES, may_be_empty=False), _RIGHTS)
        yield tried("BusinessPlaces", self._branches, _BRANCH)

    def _counted(self, names: Sequence[str], may_be_empty: bool) -> str:
        counts = {name: self._count(name) for name in names}
        shown = ", ".join(f"{count} of {name}" for name, count in counts.items())
        if not may_be_empty and not any(counts.values()):
            raise MendSettings(
                f"Business One shows none ({shown}). Either there are none, or the user may not see them."
            )
        return f"There are {shown}."

    def _count(self, name: str) -> int:
        answer = self.client.send(Request("GET", f"{ROOT}/{name}/$count", headers=FRESH))
        if error := error_of(answer, self.client.now):
            raise error
        text = answer.text().strip().lstrip("\ufeff")
        if not text.isdecimal():
            raise ContractBroken(f"Business One did not count {name}.", words=text)
        return int(text)

    def _branches(self) -> str:
        """What Business One does not say, its list of branches says: without one nothing can be posted to any."""
        chosen, said = self.settings.branch, self.get(f"{ROOT}/CompanyService_GetAdminInfo").get("EnableBranches")
        query = [("$select", "BPLID,BPLName,Disabled"), ("$orderby", "BPLID")]
        places = [] if said == WITHOUT_BRANCHES else list(self.listed("BusinessPlaces", query))
        active = {str(one["BPLID"]) for one in places if one.get("Disabled") != "tYES"}
        if not chosen and not active and said != WITH_BRANCHES:
            return "The company works without branches."
        if chosen and not places:
            raise MendSettings(f"The company works without branches, and the settings name branch {chosen}.")
        if chosen not in active:
            raise MendSettings(f"Branch {chosen or '(none)'} of the settings is no active one.")
        return f"Branch {chosen} is active."

    def _user_fields(self) -> Iterator[Step]:
        name = self.settings.marker_field
        for table, entity_set in TABLES.items():
            yield tried(
                f"U_{name} on {entity_set}",
                lambda table=table: self._user_field(name, table),  # type: ignore[misc]
                user_fields.BY_HAND,
            )

    def _user_field(self, name: str, table: str) -> str:
        """That it is there, and that the running Service Layer knows it."""
        if table not in user_fields.marked(self.listed, name):
            raise MendSettings(f"There is no user field {name} on {table}.")
        query = (("$filter", f"U_{name} eq 'causeway-doctor'"), ("$top", "1"))
        answer = self.client.send(Request("GET", f"{ROOT}/{TABLES[table]}", query=query, headers=FRESH))
        if answer.status == 400:
            raise MendSettings(
                f"The field is made, but not seen yet. {user_fields.RESTART}", words=told(answer).words
            )
        if error := error_of(answer, self.client.now):
            raise error
        return "It is there, and can be asked for."

    def _period(self) -> str:
        today: date = self.client.now.date()
        periods = list(reference.periods(self.call))
        if not periods:
            return "Business One does not tell its periods; it refuses documents of a closed one itself."
        if not any(one["is_open"] for one in periods if one["from"] <= today.isoformat() <= one["to"]):
            raise MendSettings(f"No posting period of {today} is open.")
        return f"The posting period of {today} is open."

    def _series(self, number: str) -> str:
        try:
            found = self.call("SeriesService_GetDefaultSeries", {"DocumentTypeParams": {"Document": number}})
        except ContractBroken as refused:
            raise MendSettings("Business One names no default series for it.", words=refused.words) from refused
        return f"Its default series is {found.get('Name') or found.get('Series')}."
