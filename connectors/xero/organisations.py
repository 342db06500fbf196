"""Xero's organisations: which ones a consent offers, and which one answers."""

from typing import Any

from connectors.kit.errors import ContractBroken
from connectors.kit.records import Company, Probe


def offered(connections: Any) -> tuple[Company, ...]:
    """What `/connections` lists: organisations only, as a practice has no books."""
    try:
        return tuple(
            Company(str(one["tenantId"]), str(one.get("tenantName") or one["tenantId"]), str(one["id"]))
            for one in connections
            if one["tenantType"] == "ORGANISATION"
        )
    except (TypeError, KeyError, AttributeError) as error:
        raise ContractBroken("Xero's list of organisations is broken.", words=str(connections)[:500]) from error


def answering(company: str, body: Any) -> Probe:
    """What `/Organisation` says."""
    try:
        organisation = body["Organisations"][0]
        name = str(organisation["Name"])
    except (TypeError, KeyError, IndexError) as error:
        raise ContractBroken("Xero did not name the organisation.", words=str(body)[:500]) from error
    demo = ("This is Xero's demo company.",) if organisation.get("IsDemoCompany") is True else ()
    return Probe(Company(company, name), demo)
