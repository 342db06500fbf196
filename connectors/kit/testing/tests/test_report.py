"""The suite's report, in pytest and without it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import SecretStr

import connectors
from connectors.kit.settings import TargetSettings
from connectors.kit.testing import suite
from connectors.kit.testing.checking import Check, NotDeclared, Result, Verdict, expect, run_check
from connectors.kit.testing.declaring import Books, Written
from connectors.kit.testing.report import Report
from connectors.kit.testing.target.looking import of_nobody
from connectors.kit.testing.tests.example.conformance import KIT, AcmeBooks
from connectors.kit.testing.tests.example.connector import Acme
from connectors.kit.testing.tests.example.sandbox import AcmeSandbox

ROOT = Path(connectors.__file__).parents[1]


def result_of(run: Callable[[Any], None], **kit: Any) -> Result:
    check: Check[Any] = Check("light_is_on", "The light is on.", "Switch it on.", run, lambda kit: "")
    return run_check(check, replace(KIT, **kit), lambda kit: nullcontext(kit))


def told(result: Result) -> str:
    return "\n".join(Report().lines(result))


def test_a_failure_says_what_happened_and_what_to_do() -> None:
    shown = told(result_of(lambda bench: expect(False, "It is dark.")))

    assert shown.splitlines() == [
        "FAIL  light_is_on",
        "      The light is on.",
        "      But: It is dark.",
        "      Do:  Switch it on.",
    ]


def test_what_the_contract_does_not_name_is_told_with_its_place() -> None:
    def crash(bench: object) -> None:
        int("twelve")

    result = result_of(crash)

    assert result.verdict is Verdict.FAILED
    assert result.told.startswith("ValueError came up: invalid literal")
    assert 'int("twelve")' in result.where


def test_an_exemption_is_told_by_its_reason() -> None:
    result = result_of(lambda bench: expect(False, "It is dark."), does_not_apply={"light_is_on": "It has no light."})

    assert told(result) == "skip  light_is_on: It has no light."


def test_what_is_not_declared_fails_rather_than_being_left_out() -> None:
    def undeclared(bench: object) -> None:
        raise NotDeclared("lamp")

    result = result_of(undeclared)

    assert result.verdict is Verdict.FAILED
    assert "The declaration has no lamp." in result.told


def test_files_that_the_declaration_forgets_are_asked_for() -> None:
    class Forgetful(AcmeBooks):
        def written(self, company: str = "") -> Sequence[Written]:
            return [replace(one, files=()) for one in super().written(company)]

    @contextmanager
    def books() -> Iterator[Books]:
        with AcmeSandbox() as sandbox:
            yield Forgetful(sandbox, "bbb", ["bills"], choice="all")

    name = "receipt_is_on_its_document"
    (result,) = suite.run_all(replace(KIT, books=books), lambda one: one == name)

    assert "The declaration has no file in what is written (Written.files)" in result.told


def test_a_secret_that_may_be_left_out_is_asked_for_all_the_same() -> None:
    class Pinned(TargetSettings):
        pin: SecretStr | None = None

    class WithPin(Acme):
        settings_model = Pinned

    name = "secrets_of_settings_are_hidden"
    (result,) = suite.run_all(replace(KIT, connector=WithPin), lambda one: one == name)

    assert "The declaration has no settings['pin']." in result.told


def test_an_exemption_of_no_check_is_a_slip() -> None:
    (result,) = suite.run_all(
        replace(KIT, does_not_apply={"light_is_off": "Why?"}), lambda name: name == "declaration"
    )

    assert "light_is_off" in result.told


def test_every_check_says_what_holds_and_what_to_do() -> None:
    for check in suite.checks_of(KIT):
        assert check.says.endswith("."), check.name
        assert check.mend.endswith("."), check.name


def test_names_of_checks_are_unique() -> None:
    names = [check.name for check in suite.checks_of(KIT)]

    assert len(set(names)) == len(names)


def test_a_package_of_ones_own_is_checked_by_pytest_alone(tmp_path: Path) -> None:
    """Its conformance.py is a test file, and a failure reads as a report, not as a stack."""
    (tmp_path / "conformance.py").write_text(
        "from dataclasses import replace\n"
        "from connectors.kit.testing.tests.example import conformance\n"
        'KIT = replace(conformance.KIT, bad_settings=[{"receipts": "attach"}])\n'
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-p", "connectors.kit.testing.plugin", "-p", "no:cacheprovider"]

    done = subprocess.run(
        [*command, "-p", "no:django", "-k", "settings_refuse_nonsense or plan_is_pure", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )

    assert "1 failed, 1 passed" in done.stdout
    assert "But: The settings took {'receipts': 'attach'}." in done.stdout
    assert "Traceback" not in done.stdout


def test_a_kind_is_left_out_of_every_check_or_of_one() -> None:
    exempt = {"invoice_back": "No credits.", "voided_document[refund]": "No refund is voided."}
    kit = replace(KIT, more=(replace(KIT.sample, kind="refund"),), does_not_apply=exempt)
    told = {
        result.check.name: result.told
        for result in suite.run_all(kit, lambda name: "stand" in name or "void" in name)
    }

    assert told["standing_documents[invoice_back]"] == "No credits."
    assert told["voided_document[refund]"] == "No refund is voided."
    assert told["standing_documents"] == told["standing_documents[refund]"] == ""


def test_an_id_that_nobody_has_is_none_of_those_that_are_there() -> None:
    assert of_nobody({"1", "2"}) == "9"
    assert of_nobody({"8", "9"}) == "7"
    assert of_nobody({"12/V100"}) == "99/V999"
