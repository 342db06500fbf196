"""Where a line is booked: account, tax rate and tracking, and what may be said against each."""

from dataclasses import dataclass

from connectors.kit.sandbox import Document

from .answers import Json
from .books import Books
from .fields import Fields
from .refusals import Problem, problem

CONTROL = frozenset({"DEBTORS", "CREDITORS", "RETAINEDEARNINGS"})
_CLASS_WORDS = {
    "ASSET": "CanApplyToAssets",
    "EQUITY": "CanApplyToEquity",
    "EXPENSE": "CanApplyToExpenses",
    "LIABILITY": "CanApplyToLiabilities",
    "REVENUE": "CanApplyToRevenue",
}


@dataclass
class Coding:
    """`closed`: the system accounts that this kind of document may not name."""

    books: Books
    problems: list[Problem]
    closed: frozenset[str] = CONTROL

    def account(self, account: Document | None, shown: str) -> Document | None:
        """None, and a complaint, unless it may be booked to."""
        if account is None:
            refusal = "unknown"
        elif account["Type"] == "BANK":
            refusal = "bank"
        elif account["SystemAccount"] in self.closed:
            refusal = "system"
        elif account["Status"] != "ACTIVE":
            refusal = "archived"
        else:
            return account
        self.problems.append(problem(f"line.account_{refusal}", code=shown))
        return account if refusal == "archived" else None

    def tax_rate(self, chosen: str, account: Document | None, code: str) -> Document | None:
        rate = self.books.tax_rate(chosen)
        refusal = ""
        if rate is None:
            refusal = "unknown"
        elif rate["Status"] != "ACTIVE":
            refusal = "archived"
        elif account is not None and not rate[_CLASS_WORDS[account["Class"]]]:
            refusal = "unfit"
        if refusal:
            self.problems.append(problem(f"line.tax_{refusal}", tax=chosen, code=code))
        return rate

    def tracking(self, asked: list[Fields]) -> list[Json]:
        """What is echoed: an archived or unknown option is dropped in silence, unless the switch says so."""
        if len(asked) > 2:
            self.problems.append(problem("line.tracking_many"))
        found = [self._option(one) for one in asked]
        for one, option in zip(asked, found, strict=True):
            if option is None and self.books.sandbox.switches.refuse_lost_tracking:
                named = one.text("Option") or one.text("TrackingOptionID") or ""
                self.problems.append(problem("line.tracking_unknown", name=named))
        return [option for option in found if option is not None]

    def _option(self, asked: Fields) -> Json | None:
        category_id, option_id = asked.guid("TrackingCategoryID"), asked.guid("TrackingOptionID")
        category_name, option_name = asked.text("Name"), asked.text("Option")
        for category in self.books.org["tracking"]:
            if category["TrackingCategoryID"] != category_id and category["Name"] != category_name:
                continue
            for option in category["Options"]:
                named = option["TrackingOptionID"] == option_id or option["Name"] == option_name
                if named and "ACTIVE" == option["Status"] == category["Status"]:
                    return {
                        "Name": category["Name"],
                        "Option": option["Name"],
                        "TrackingCategoryID": category["TrackingCategoryID"],
                        "TrackingOptionID": option["TrackingOptionID"],
                    }
        return None
