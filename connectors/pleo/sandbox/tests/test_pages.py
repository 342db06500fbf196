"""What a bookkeeper clicks, over HTTP."""

import requests

from connectors.pleo.sandbox import PleoSandbox
from connectors.pleo.sandbox.tests.app import App


def click(pleo: PleoSandbox, path: str, **form: object) -> requests.Response:
    return requests.post(pleo.url + path, form, timeout=30, allow_redirects=False)


def test_add_entries_export_and_cancel(pleo: PleoSandbox) -> None:
    company = pleo.company_id("Nordwind GmbH")
    assert click(pleo, f"/companies/{company}/entries", count=3, seed=1).headers["Location"] == "/"
    assert "3 waiting for export" in requests.get(pleo.url, timeout=10).text
    exported = click(pleo, f"/companies/{company}/export")
    job = exported.headers["Location"].rsplit("/", 1)[-1]
    assert (exported.status_code, pleo.job(job)["numberOfItems"]) == (303, 3)
    assert click(pleo, f"/jobs/{job}/cancel").status_code == 303
    shown = requests.get(f"{pleo.url}/jobs/{job}", timeout=10).text
    assert "canceled_by_user" in shown


def test_entries_may_be_of_a_named_seed(pleo: PleoSandbox) -> None:
    company = pleo.company_id("Nordwind GmbH")
    click(pleo, f"/companies/{company}/entries", count=4, seed="receipts")
    assert sorted(pleo.add_entries(company, 4, "receipts")) == sorted(e["id"] for e in pleo.store["entries"].find())


def test_a_second_export_is_refused_with_a_sentence(pleo: PleoSandbox) -> None:
    company = pleo.company_id("Nordwind GmbH")
    empty = click(pleo, f"/companies/{company}/export")
    assert (empty.status_code, "nothing to export" in empty.text) == (400, True)
    click(pleo, f"/companies/{company}/entries", count=1)
    click(pleo, f"/companies/{company}/export")
    again = click(pleo, f"/companies/{company}/export")
    assert (again.status_code, "already in progress" in again.text) == (409, True)


def test_a_jobs_page_shows_outcomes_reasons_and_links(app: App, pleo: PleoSandbox) -> None:
    job = app.export(2)
    first, second = app.entries(job)
    url = "https://erp.example/B-1"
    app.report(
        job,
        {"accountingEntryId": first, "status": "successful", "externalId": "B<1>", "externalUrl": url},
        {"accountingEntryId": second, "status": "failed", "failureReason": "<b>no</b>"},
    )
    shown = requests.get(f"{pleo.url}/jobs/{job}", timeout=10).text
    assert f'href="{url}"' in shown
    assert "B&lt;1&gt;" in shown
    assert "&lt;b&gt;no&lt;/b&gt;" in shown


def test_an_address_that_is_no_web_address_is_no_link(app: App, pleo: PleoSandbox) -> None:
    job = app.export(1)
    (entry,) = app.entries(job)
    item = {"accountingEntryId": entry, "status": "successful", "externalUrl": "javascript:alert(1)"}
    app.report(job, item)
    assert "javascript:" not in requests.get(f"{pleo.url}/jobs/{job}", timeout=10).text


def test_what_is_not_there_is_said(pleo: PleoSandbox) -> None:
    assert requests.get(f"{pleo.url}/jobs/nothing", timeout=10).status_code == 404
    assert click(pleo, "/messages/nothing/resend").status_code == 404
    assert click(pleo, "/companies/nothing/entries", count=1).status_code == 400
    company = pleo.company_id("Nordwind GmbH")
    assert click(pleo, f"/companies/{company}/entries", count=1, seed="everyone").status_code == 400


def test_every_page_says_that_it_is_a_sandbox(app: App, pleo: PleoSandbox) -> None:
    for path in ("/", f"/jobs/{app.export(1)}"):
        assert '<span class="badge">sandbox</span>' in requests.get(pleo.url + path, timeout=10).text
