"""Whose authorisation it is: a token belongs to one company or to an organisation with several.

Source: `GET /v1/introspect` (App Marketplace API 39.4.0), `/v1/companies` (Companies API 50.7.0).
"""

import re
from collections.abc import Sequence

from connectors.kit.errors import AskForPermission, ContractBroken, MendSettings, Reconnect
from connectors.kit.failures import FailureClass
from connectors.kit.records import Company
from connectors.pleo import answers
from connectors.pleo.api import Api

_SUBJECT = re.compile(r"urn:pleo:(company|organi[sz]ation):([0-9A-Za-z-]{1,64})")


def visible(api: Api) -> Sequence[Company]:
    kind, subject = _subject(api)
    if kind == "company":
        return (_company(api, subject),)
    found = api.every(answers.Page[answers.Company], "/v1/companies", (("organization_id", subject),))
    return tuple(Company(company.id, company.name) for company in found)


def chosen(companies: Sequence[Company], company_id: str) -> Company:
    if not company_id and len(companies) == 1:
        return companies[0]
    if not company_id:
        raise MendSettings(
            "Choose which of your Pleo companies is to be exported.", failure=FailureClass.AUTH_NOT_USABLE_YET
        )
    for company in companies:
        if company.id == company_id:
            return company
    raise Reconnect("This authorisation is for another Pleo company. Connect the chosen company again.")


def _subject(api: Api) -> tuple[str, str]:
    found = api.get(answers.Data[answers.Authentication], "/v1/introspect").data.subject_urn
    match = _SUBJECT.fullmatch(found)
    if match is None:
        raise ContractBroken("Pleo does not say whose authorisation this is.", words=found[:200])
    return match[1], match[2]


def _company(api: Api, company_id: str) -> Company:
    """Its name is a courtesy: where the token may not read it, the company is known by its id."""
    try:
        name = api.get(answers.Data[answers.Company], f"/v1/companies/{company_id}").data.name
    except (AskForPermission, ContractBroken):
        name = f"Pleo company {company_id[:8]}"
    return Company(company_id, name)
