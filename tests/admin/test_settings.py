"""The settings of an installation in the admin: a form made from the connector's model, versions, choices."""

import html
import re
from typing import Any

import pytest

from audit.models import AuditEntry
from connectors import registry
from connectors.kit.errors import Reconnect, TryLater
from database.acting import across_tenants, acting_for
from installations import services
from installations.models import Configuration, Installation
from tests.admin.conftest import SETTINGS_SECRET as SECRET
from tests.admin.conftest import Acme, colleague_with, page_of
from tests.cast import Visitor, member
from tests.factories import TARGETS, InstallationFactory, TenantFactory

pytestmark = pytest.mark.django_db

FILLED = {"ledger": "L1", "account": "4000", "posting": "draft", "days": "30", "name": "Acme", "mapping-rows": "0"}


@pytest.fixture
def operations() -> Visitor:
    """May act on installations."""
    return colleague_with("installations.view_installation", "installations.change_installation")


@pytest.fixture
def support() -> Visitor:
    """Sees installations, and has not the right."""
    return colleague_with("installations.view_installation")


def fill(visitor: Visitor, installation: Installation, *, seen: str = "1", **changes: str) -> Any:
    said = {**FILLED, "version": seen, **changes}
    return visitor.post(page_of(installation, "settings"), said, follow=True)


def current(installation: Installation) -> Configuration:
    with acting_for(installation.tenant_id):
        return services.current(installation)


def text(answer: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def wrong_at(answer: Any, name: str) -> str:
    found = re.search(rf'id="{name}-wrong">(.*?)</p>', answer.content.decode())
    return html.unescape(found[1]) if found else ""


def test_the_form_asks_what_the_model_says(operations: Visitor, installation: Installation) -> None:
    page = operations.get(page_of(installation, "settings")).content.decode()

    assert re.findall(r"<legend>(.*?)</legend>", page) == ["General", "Where", "How"]
    assert '<input id="days" name="days"' in page
    assert '<option value="in_the_ledger">In the ledger</option>' in page
    assert 'data-live="account" data-of="accounts" data-label="" data-parents="ledger=ledger "' in page
    assert "The other." in page
    assert 'value="7"' in page


def test_a_secret_goes_in_and_never_comes_out(operations: Visitor, installation: Installation) -> None:
    fill(operations, installation, password="another-secret-4712")

    pages = [operations.get(page_of(installation, name)) for name in ("settings", "versions", "change")]
    with across_tenants("a test reads the trail"):
        trail = str(list(AuditEntry.objects.values_list("before", "after", "detail")))
    for told in (*(page.content.decode() for page in pages), trail):
        assert SECRET not in told
        assert "another-secret" not in told
    assert "One is kept, and never shown." in text(pages[0])
    assert secret_of(installation) == "another-secret-4712"


def secret_of(installation: Installation) -> str | None:
    return current(installation).secrets().get("password")


def test_a_secret_left_empty_stays_and_is_forgotten_on_demand(
    operations: Visitor, installation: Installation
) -> None:
    fill(operations, installation, password="")
    assert secret_of(installation) == SECRET

    fill(operations, installation, seen="2", **{"password-forget": "on"})
    assert secret_of(installation) is None


def test_saving_makes_a_version_that_says_who_and_why(operations: Visitor, installation: Installation) -> None:
    answer = fill(operations, installation, note="As agreed", **{"mapping-rows": "2", "mapping-1-category": "Travel"})

    made = current(installation)
    assert "Saved as version 2." in text(answer)
    assert (made.settings["days"], made.settings["ledger"]) == (30, "L1")
    assert made.settings["mapping"] == [{"category": "Travel", "account": ""}]
    assert (made.created_by, made.note) == (f"user:{operations.user.pk}", "As agreed")
    with across_tenants("a test reads the trail"):
        (entry,) = AuditEntry.objects.filter(actor=made.created_by)
    assert (entry.action, entry.after["version"]) == ("installation.configured", 2)


def test_what_is_not_changed_makes_no_version(operations: Visitor, installation: Installation) -> None:
    fill(operations, installation)

    assert "Nothing was changed." in text(fill(operations, installation, seen="2"))
    assert current(installation).version == 2


def test_a_vendor_that_does_not_answer_keeps_nobody_from_saving(
    operations: Visitor, installation: Installation, acme: Acme
) -> None:
    acme.broken = TryLater("Acme does not answer.")

    told = text(fill(operations, installation))

    assert "The accounts could not be looked at: Acme does not answer." in told
    assert current(installation).version == 2


def test_a_fault_of_the_connector_keeps_nobody_from_saving(
    operations: Visitor, installation: Installation, acme: Acme
) -> None:
    acme.broken = KeyError("Code")

    assert "The connector failed at it (KeyError)." in text(fill(operations, installation))
    assert current(installation).version == 2


def test_what_is_chosen_is_held_against_the_erp(operations: Visitor, installation: Installation) -> None:
    told = text(fill(operations, installation, account="5990"))
    assert "Account: 5990 Old is archived in Acme." in told
    assert current(installation).labels == {"ledgers": {"L1": "Ledger L1"}, "accounts": {"5990": "5990 Old"}}

    told = text(fill(operations, installation, seen="2", account="4711"))
    assert f"Account: 4711 is not in {registry.get(TARGETS[0]).name}." in told
    assert current(installation).labels["accounts"] == {"5990": "5990 Old"}


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("days", "400", "At most 365."),
        ("days", "many", "Give a whole number."),
        ("limit", "-1", "At least 0."),
        ("name", "", "Give a value."),
        ("name", "Joke", "Acme refuses jokes."),
        ("since", "soon", "Give a day, such as 2026-01-31."),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    field: str, value: str, sentence: str, operations: Visitor, installation: Installation
) -> None:
    answer = fill(operations, installation, **{field: value})

    assert wrong_at(answer, field) == sentence
    assert "Nothing was saved." in text(answer)
    assert f'value="{value}"' in answer.content.decode()
    assert current(installation).version == 1


def test_what_is_wrong_in_a_row_is_told_there(operations: Visitor, installation: Installation) -> None:
    row = {"mapping-rows": "3", "mapping-2-account": "4000"}

    answer = fill(operations, installation, **row)

    assert wrong_at(answer, "mapping-0-category") == "Give a value."


def test_who_saw_an_older_version_is_told_and_loses_nothing(operations: Visitor, installation: Installation) -> None:
    fill(operations, installation)

    answer = fill(operations, installation, seen="1", days="99")

    assert "Version 2 was saved meanwhile, and yours is not." in text(answer)
    assert 'value="99"' in answer.content.decode()
    assert current(installation).settings["days"] == 30


def test_versions_stand_side_by_side_and_of_a_secret_only_whether_it_changed(
    support: Visitor, operations: Visitor, installation: Installation
) -> None:
    fill(operations, installation, password="another-secret-4712")

    page = support.get(page_of(installation, "versions")).content.decode()

    changed = re.findall(r'<tr class="changed">\s*<td[^>]*>(.*?)<small>', page)
    assert changed == ["Password of the gateway", "Ledger", "Account", "Days"]
    assert "another-secret" not in page
    assert "Restore" not in page


def test_an_older_version_comes_back_as_a_new_one(operations: Visitor, installation: Installation) -> None:
    fill(operations, installation, password="another-secret-4712")
    restoring = {"version": "1", "newest": "2"}

    answer = operations.post(page_of(installation, "versions"), restoring, follow=True)
    again = operations.post(page_of(installation, "versions"), restoring, follow=True)

    assert "Version 1 is in force again, as version 3." in text(answer)
    assert "Version 3 was saved meanwhile" in text(again)
    made = current(installation)
    assert (made.settings["days"], made.note, secret_of(installation)) == (7, "Version 1 again.", SECRET)


def test_who_only_sees_changes_nothing(support: Visitor, installation: Installation) -> None:
    assert fill(support, installation).status_code == 403
    for name in ("settings", "choices", "configure"):
        assert support.get(page_of(installation, name)).status_code == 403
    assert support.post(page_of(installation, "versions"), {"version": "1", "newest": "1"}).status_code == 403
    assert current(installation).version == 1


def test_a_customer_has_no_way_in(installation: Installation) -> None:
    owner = member(installation.tenant, "owner")
    for name in ("settings", "choices", "versions"):
        assert owner.get(page_of(installation, name)).status_code == 302
    assert fill(owner, installation).redirect_chain


@pytest.mark.parametrize("asked", [{}, {"setting": "days"}, {"setting": "nowhere"}, {"setting": "mapping.nowhere"}])
def test_choices_are_only_of_what_has_some(
    asked: dict[str, str], operations: Visitor, installation: Installation
) -> None:
    assert operations.get(page_of(installation, "choices"), asked).status_code == 404


def test_choices_that_depend_on_another_ask_for_it_first(operations: Visitor, installation: Installation) -> None:
    for setting in ("account", "mapping.account"):
        answer = operations.get(page_of(installation, "choices"), {"setting": setting})
        assert answer.json() == {"first": "Ledger"}


def test_an_unknown_installation_is_not_found(operations: Visitor, acme: Acme) -> None:
    nowhere = InstallationFactory.build(tenant=TenantFactory.create())
    assert operations.get(page_of(nowhere, "settings")).status_code == 404


def asked(visitor: Visitor, installation: Installation, **what: str) -> dict[str, Any]:
    said = {"setting": "account", "given.ledger": "L1", **what}
    return dict(visitor.get(page_of(installation, "choices"), said).json())


def test_choices_are_those_of_the_parent_in_the_erps_order(operations: Visitor, installation: Installation) -> None:
    answer = asked(operations, installation)
    assert [one["id"] for one in answer["choices"]] == ["4000", "5990"]
    assert answer["choices"][1]["problem"] == "archived in Acme"
    other = asked(operations, installation, **{"given.ledger": "L2"})
    assert [one["id"] for one in other["choices"]] == ["8000"]


def test_what_is_chosen_and_there_no_more_is_said_to_be_gone(operations: Visitor, installation: Installation) -> None:
    assert asked(operations, installation, chosen="4000")["chosen"]["label"] == "4000 Travel"
    assert asked(operations, installation, chosen="4711")["chosen"] is None


def test_of_very_many_a_part_is_shown_and_the_rest_is_searched(
    operations: Visitor, installation: Installation, acme: Acme
) -> None:
    acme.many = 1000

    answer = asked(operations, installation, chosen="90999")
    searched = asked(operations, installation, search="account 999")

    assert (len(answer["choices"]), answer["more"]) == (200, True)
    assert answer["chosen"]["label"] == "Account 999"
    assert ([one["id"] for one in searched["choices"]], searched["more"]) == (["90999"], False)


def test_choices_that_fail_say_why_and_what_to_do(
    operations: Visitor, installation: Installation, acme: Acme
) -> None:
    acme.broken = TryLater("Acme does not answer.")

    answer = asked(operations, installation)

    assert answer["problem"] == "Acme does not answer. Try again in a moment."
    acme.broken = Reconnect("The authorisation is over.")
    assert "onnect" in asked(operations, installation)["problem"].removeprefix("The authorisation is over.")
