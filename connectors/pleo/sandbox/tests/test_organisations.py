"""A token of an organisation: one authorisation for several companies."""

import pytest
import requests

from connectors.pleo.sandbox import PleoSandbox
from connectors.pleo.sandbox.names import MEMBERS
from connectors.pleo.sandbox.tests.app import CLIENT, App, authorise_url, endpoint, refusal

ORGANISATION, OUTSIDE = "Nordlicht Holding", "Kitsune Trading KK"


@pytest.fixture
def whole(pleo: PleoSandbox) -> App:
    """The application at the organisation."""
    return App(pleo, ORGANISATION)


def test_the_consent_page_offers_companies_first_and_then_the_organisation(pleo: PleoSandbox) -> None:
    shown = requests.get(authorise_url(pleo), timeout=10).text
    assert shown.index("Nordwind GmbH") < shown.index(ORGANISATION)
    assert [choice.name for choice in pleo.choices()] == [*MEMBERS, OUTSIDE, ORGANISATION]


def test_it_is_known_by_its_urn(whole: App, pleo: PleoSandbox) -> None:
    urn = f"urn:pleo:organisation:{whole.company}"
    assert whole.get("/v1/introspect").json()["data"]["subjectURN"] == urn
    address, form = f"{pleo.url}/oauth/token/introspect", {"token": whole.tokens["access_token"]}
    told = requests.post(address, form, auth=(CLIENT.id, CLIENT.secret), timeout=10).json()
    assert told["urn:pleo:params:oauth:subject_urn"] == urn
    assert whole.get("/v1/installations/me").json()["resource"] == urn


def test_its_companies_are_listed_and_no_other(whole: App, pleo: PleoSandbox) -> None:
    for query in ({}, {"organization_id": whole.company}):
        listed = whole.get("/v1/companies", **query).json()["data"]
        assert [one["name"] for one in listed] == list(MEMBERS)
    assert whole.get(f"/v1/companies/{pleo.company_id('Nordwind GmbH')}").status_code == 200
    assert whole.get(f"/v1/companies/{pleo.company_id(OUTSIDE)}").status_code == 404


def test_it_exports_each_company_by_itself(whole: App, pleo: PleoSandbox) -> None:
    jobs = {}
    for name in MEMBERS:
        company = pleo.company_id(name)
        pleo.add_entries(company, 2, "plain")
        made = whole.post("/v3/export-jobs", {"companyId": company})
        assert made.status_code == 201
        jobs[company] = made.json()["data"]["id"]
    for company, job in jobs.items():
        listed = whole.get("/v3/export-jobs", company_id=company).json()["data"]
        assert [one["id"] for one in listed] == [job]
        assert whole.event(job, "started").status_code == 202
        assert len(whole.get("/v3/export-items", job_id=job).json()["data"]) == 2
        assert whole.event(job, "completed").status_code == 202


def test_a_company_outside_is_forbidden(whole: App, pleo: PleoSandbox) -> None:
    outside = pleo.company_id(OUTSIDE)
    assert refusal(whole.get("/v3/export-jobs", company_id=outside)) == (403, "FORBIDDEN")
    job = App(pleo, OUTSIDE).export(1)
    assert refusal(whole.get(f"/v3/export-jobs/{job}")) == (404, "EXPORT_NOT_FOUND")


def test_it_is_told_of_the_jobs_of_all_its_companies(whole: App, pleo: PleoSandbox) -> None:
    with endpoint() as listening:
        body = {"endpointUrl": listening.address, "eventTypes": ["v1.export-job.created"]}
        whole.post("/v1/subscriptions", body)
        App(pleo, OUTSIDE).export(1)
        App(pleo, "Solsikke Design AB").export(1)
        _, body_sent = listening.next()
        assert pleo.company_id("Solsikke Design AB").encode() in body_sent
        assert len(pleo.deliveries()) == 1


def test_a_companys_own_token_is_apart_from_the_organisations(app: App, whole: App, pleo: PleoSandbox) -> None:
    whole.call("DELETE", "/v1/installations/me")
    assert [one.get("/v1/introspect").status_code for one in (app, whole)] == [200, 401]
