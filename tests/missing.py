"""Programs that a machine may lack: tests that need one are skipped, and the summary says so loudly."""

import pytest

CHROMIUM, PGBOUNCER = "no Chromium was found", "no PgBouncer was found"
REMEDIES = {
    CHROMIUM: "Install it (apt-get install chromium) or name it in CHROMIUM.",
    PGBOUNCER: "Install it (apt-get install pgbouncer) or name it in PGBOUNCER.",
}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    for reason, remedy in REMEDIES.items():
        if number := sum(reason in told for told in skipped):
            terminalreporter.section("TESTS WERE SKIPPED", sep="!", red=True, bold=True)
            terminalreporter.line(f"{number} tests did not run: {reason}. {remedy}", red=True)
