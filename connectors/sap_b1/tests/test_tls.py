"""The Service Layer's own certificate: believed by pin or authority, shown by the doctor, refused otherwise."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from connectors.kit.doctor import Step
from connectors.kit.private import PrivateHost, Trust
from connectors.kit.tests.certificate import HERE, fingerprint, server_context
from connectors.sap_b1.sandbox import SapB1Sandbox
from connectors.sap_b1.tests.support import connected


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[SapB1Sandbox]:
    vendor = SapB1Sandbox()
    vendor.tls = server_context(tmp_path / "server")
    with vendor:
        yield vendor


def first(sandbox: SapB1Sandbox, **trust: Any) -> Step:
    return next(connected(sandbox, PrivateHost(HERE, sandbox.port, loopback=True, **trust)).doctor())


def test_the_certificate_that_was_confirmed_is_believed_and_shown(sandbox: SapB1Sandbox, tmp_path: Path) -> None:
    pin = fingerprint(tmp_path / "server")
    listed = PrivateHost(HERE, sandbox.port, loopback=True, trust=Trust.PIN, fingerprint=pin)
    steps = list(islice(connected(sandbox, listed).doctor(), 3))
    assert [(step.name, step.ok) for step in steps] == [("Server", True), ("Service Layer", True), ("Log-in", True)]
    assert pin[:2].upper() + ":" in steps[0].sentence
    assert HERE in steps[0].sentence


def test_one_of_the_customers_authority_is_believed(sandbox: SapB1Sandbox, tmp_path: Path) -> None:
    pem = (tmp_path / "server" / "certificate.pem").read_text()
    assert first(sandbox, trust=Trust.AUTHORITY, authority=pem).ok


@pytest.mark.parametrize(
    "trust", [{"trust": Trust.SYSTEM}, {"trust": Trust.PIN, "fingerprint": "0" * 64}, {"trust": Trust.PIN}]
)
def test_any_other_is_refused_before_a_word_is_said(sandbox: SapB1Sandbox, trust: dict[str, Any]) -> None:
    step = first(sandbox, **trust)
    assert (step.name, step.ok) == ("Server", False)
    assert sandbox.log.count("*") == 0
