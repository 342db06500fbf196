from collections.abc import Iterator

import pytest
import requests

from connectors.kit.sandbox import Fault, Kind
from connectors.xero.sandbox import HARBOUR, NORDWIND, Limits, XeroSandbox
from connectors.xero.tests.app_in_xero import CLIENT, AppInXero

NOT_FOUND = "The resource you're looking for cannot be found"


@pytest.fixture
def tight() -> Iterator[AppInXero]:
    """Connected to a Xero with small limits."""
    limits = Limits(minute=3, day=5, concurrent=1)
    with XeroSandbox(clients=[CLIENT], limits=limits) as running:
        yield AppInXero(running, NORDWIND).connect()


def spend(app: AppInXero, calls: int) -> None:
    for _ in range(calls):
        assert app.call("GET", "/Currencies").status_code == 200


def test_without_a_valid_token_the_answer_has_lower_case_keys(nordwind: AppInXero) -> None:
    answer = nordwind.call("GET", "/Organisation", headers={"Authorization": "Bearer made-up"})
    assert answer.status_code == 401
    assert answer.json().keys() == {"title", "status", "detail", "instance"}
    assert answer.json()["detail"] == "AuthenticationUnsuccessful"
    assert answer.headers["WWW-Authenticate"] == "Bearer error=invalid_token"
    assert nordwind.call("GET", "/Organisation", headers={"Authorization": None}).status_code == 401


def test_an_expired_token_says_so(nordwind: AppInXero) -> None:
    nordwind.sandbox.clock.advance(1801)
    answer = nordwind.call("GET", "/Organisation")
    assert answer.status_code == 401
    assert answer.json()["Detail"].startswith("TokenExpired: token expired at ")


def test_a_token_without_the_scope_is_unauthorized_not_forbidden(nordwind: AppInXero) -> None:
    nordwind.connect("All organisations", scope="accounting.contacts")
    answer = nordwind.call("GET", "/Invoices")
    assert (answer.status_code, answer.json()["Detail"]) == (401, "AuthorizationUnsuccessful")
    assert nordwind.call("GET", "/Contacts").status_code == 200


def test_a_read_scope_reads_and_does_not_write(nordwind: AppInXero) -> None:
    nordwind.connect("All organisations", scope="accounting.invoices.read")
    assert nordwind.call("GET", "/Invoices").status_code == 200
    assert nordwind.call("PUT", "/Invoices", {"Invoices": []}).status_code == 401


def test_the_broad_scope_of_an_old_app_covers_bills(nordwind: AppInXero) -> None:
    nordwind.connect("All organisations", scope="accounting.transactions")
    assert nordwind.call("GET", "/Invoices").status_code == 200


@pytest.mark.parametrize("tenant", [None, "", HARBOUR, "796cafa7-0000-0000-0000-000000000000"])
def test_a_missing_or_foreign_organisation_is_forbidden(nordwind: AppInXero, tenant: str | None) -> None:
    answer = nordwind.call("GET", "/Organisation", headers={"xero-tenant-id": tenant})
    assert answer.status_code == 403
    assert answer.json()["Title"] == "Forbidden"
    assert answer.json()["Detail"] == "AuthenticationUnsuccessful"


def test_without_accept_the_answer_is_xml(nordwind: AppInXero) -> None:
    for accept in (None, "*/*", "text/html"):
        answer = nordwind.call("GET", "/Currencies", headers={"Accept": accept})
        assert answer.headers["Content-Type"].startswith("text/xml")
        assert "<Currency><Code>EUR</Code>" in answer.text


def test_an_unknown_resource_is_a_404_in_plain_text(nordwind: AppInXero) -> None:
    for path in ("/Nonsense", "/Invoices/4cf9032d-f5bd-4afd-bb3e-8849adcd342a", "/Contacts/unknown"):
        answer = nordwind.call("GET", path)
        assert (answer.status_code, answer.text) == (404, NOT_FOUND)
        assert answer.headers["Content-Type"].startswith("text/plain")


def test_an_outage_is_a_503_in_plain_text(nordwind: AppInXero) -> None:
    nordwind.sandbox.faults.add(Fault("GET /api.xro/*", Kind.STATUS_BEFORE, status=503))
    answer = nordwind.call("GET", "/Organisation")
    assert (answer.status_code, answer.text) == (503, "The Xero API is temporarily unavailable")


def test_more_than_ten_megabytes_are_refused(nordwind: AppInXero) -> None:
    answer = nordwind.call("PUT", "/Invoices", b" " * (10 * 1024 * 1024 + 1))
    assert answer.status_code == 413
    assert answer.json()["Detail"] == "PayloadTooLarge"


def test_every_call_says_what_is_left_of_the_budgets(nordwind: AppInXero) -> None:
    nordwind.sandbox.limits = Limits()
    first, second = (nordwind.call("GET", "/Currencies").headers for _ in range(2))
    assert (first["X-MinLimit-Remaining"], second["X-MinLimit-Remaining"]) == ("59", "58")
    assert second["X-DayLimit-Remaining"] == "4998"
    assert second["X-AppMinLimit-Remaining"] == "9998"


def test_beyond_the_minute_the_wait_is_told(tight: AppInXero) -> None:
    spend(tight, 3)
    answer = tight.call("GET", "/Currencies")
    assert answer.status_code == 429
    assert answer.headers["X-Rate-Limit-Problem"] == "minute"
    assert answer.headers["X-MinLimit-Remaining"] == "0"
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert answer.text == ""


def test_the_minute_is_a_fixed_window_and_retry_after_is_enough(tight: AppInXero) -> None:
    spend(tight, 3)
    tight.sandbox.clock.advance(int(tight.call("GET", "/Currencies").headers["Retry-After"]))
    assert tight.call("GET", "/Currencies").headers["X-MinLimit-Remaining"] == "2"


def test_beyond_the_day_the_wait_is_hours(tight: AppInXero) -> None:
    spend(tight, 3)
    tight.sandbox.clock.advance(60)
    spend(tight, 2)
    answer = tight.call("GET", "/Currencies")
    assert answer.status_code == 429
    assert answer.headers["X-Rate-Limit-Problem"] == "day"
    assert int(answer.headers["Retry-After"]) > 60 or answer.headers["X-MinLimit-Remaining"] != "0"


def test_organisations_have_budgets_of_their_own_and_the_app_one_for_all(tight: AppInXero) -> None:
    other = AppInXero(tight.sandbox, HARBOUR).connect()
    spend(tight, 3)
    spend(other, 1)
    tight.sandbox.limits = Limits(app_minute=4)
    assert other.call("GET", "/Currencies").headers["X-Rate-Limit-Problem"] == "appminute"


def test_one_call_too_many_at_once_is_refused_without_retry_after(tight: AppInXero) -> None:
    with tight.sandbox.budget.flight(NORDWIND):  # one that is still on its way
        answer = tight.call("GET", "/Currencies")
    assert answer.status_code == 429
    assert answer.headers["X-Rate-Limit-Problem"] == "concurrent"
    assert "Retry-After" not in answer.headers
    assert tight.call("GET", "/Currencies").status_code == 200


def test_a_call_that_is_delayed_holds_its_place(tight: AppInXero) -> None:
    tight.sandbox.faults.add(Fault("GET /api.xro/*", Kind.DELAY_BEFORE, seconds=30))
    with pytest.raises(requests.Timeout):
        tight.http.get(
            f"{tight.sandbox.url}/api.xro/2.0/Currencies", headers={"xero-tenant-id": NORDWIND}, timeout=0.2
        )
    assert tight.call("GET", "/Currencies").headers["X-Rate-Limit-Problem"] == "concurrent"


def test_limits_are_set_over_http_too(nordwind: AppInXero) -> None:
    told = requests.post(f"{nordwind.sandbox.url}/_sandbox/limits", json={"minute": 1}, timeout=10)
    assert told.json()["minute"] == 1
    assert [nordwind.call("GET", "/Currencies").status_code for _ in range(2)] == [200, 429]
