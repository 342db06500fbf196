"""What can be connected: a subsidiary of a NetSuite account, or the account itself where it has none.

A company's id begins with the account's, `1234567-sb1.3`: every account has a subsidiary 1, and a connection must not
be led to another account's.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

from connectors.kit.errors import MendSettings
from connectors.kit.failures import FailureClass
from connectors.kit.records import Company
from connectors.netsuite.query import Row

#: In place of a subsidiary's id: the account has none.
WHOLE = "0"
SUBSIDIARIES = "SELECT id, name, isinactive FROM subsidiary ORDER BY id"


def account_of(address: str) -> str:
    """The account's part of its own host, `1234567-sb1`."""
    return (urlsplit(address).hostname or "").partition(".")[0]


def offered(account: str, subsidiaries: Sequence[Row] | None) -> tuple[Company, ...]:
    """`subsidiaries` is None where NetSuite does not know such a thing."""
    if subsidiaries is None:
        return (Company(f"{account}.{WHOLE}", f"NetSuite account {account}"),)
    return tuple(
        Company(f"{account}.{row['id']}", row.get("name", row["id"]))
        for row in subsidiaries
        if row.get("isinactive") != "T"
    )


def not_offered(subsidiary: str) -> MendSettings:
    return MendSettings(
        f"NetSuite shows subsidiary {subsidiary or 'of the account'} no more. Open it to the integration's role under"
        " Setup > Users/Roles > Manage Roles, or choose another one."
    )


def subsidiary_of(company: str, account: str) -> str:
    """The chosen subsidiary's id; empty where there are none. Raises MendSettings if it is none of this account."""
    if not company:
        raise MendSettings("No subsidiary is chosen yet. Choose one.", failure=FailureClass.AUTH_NOT_USABLE_YET)
    owner, _, subsidiary = company.rpartition(".")
    if owner != account or not subsidiary.isdigit():
        raise MendSettings(
            f"The chosen company {company} is not of the NetSuite account {account}. Choose one of its subsidiaries."
        )
    return "" if subsidiary == WHOLE else subsidiary
