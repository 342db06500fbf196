"""Takes the pictures of README.md: `scripts/pictures`. A demo with throw-away data, seen by Debian's Chromium."""

import re
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, sync_playwright

from connectors import registry
from connectors.kit.connector import Source
from host.embedded import services
from tests import missing
from tests.browser import ARGUMENTS, chromium
from tests.docs.history import Past, database_of

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "pictures"
ENTRIES = "60"  # enough for a few that are refused
CUSTOMERS = 3  # that the demo connects
WINDOW = {"consent": 1000, "dashboard": 900, "admin": 1100, "preview": 1000}  # pixels high
WIDTH = 1280
START_SECONDS = 300
PATIENCE = 60_000  # milliseconds


@dataclass
class Demo:
    """`said` is what `scripts/demo` prints at its end, by name."""

    pid: int
    said: dict[str, str]

    @property
    def source(self) -> str:
        names = [vendor.name for vendor in registry.installed().values() if issubclass(vendor, Source)]
        return next(self.said[f"{name} sandbox"] for name in names if f"{name} sandbox" in self.said)


def main() -> None:
    path = chromium()
    if path is None:
        raise SystemExit(f"No pictures: {missing.CHROMIUM}. {missing.REMEDIES[missing.CHROMIUM]}")
    with demo() as running, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        page = browser.new_page(locale="en-GB", timezone_id="UTC", color_scheme="light")
        page.set_default_timeout(PATIENCE)
        consent(page, running.said["Consent page"])
        address = running.said["Admin"]
        log_in(page, address, *running.said["Log-in"].split(" / "))
        job(page, address)
        with database_of(running.pid) as database:
            past = Past(running.source, database, CUSTOMERS)
            past.live()
            past.leave_one_waiting()
        preview(page, address)
        dashboard(page, address)
        browser.close()


@contextmanager
def demo() -> Iterator[Demo]:
    """Afterwards it is stopped and its data forgotten."""
    with tempfile.TemporaryDirectory() as name:
        command = [str(ROOT / "scripts" / "demo"), "--folder", name, "--entries", ENTRIES]
        running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        try:
            yield Demo(running.pid, addresses(running))
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait()
            services.forget(Path(name))


def addresses(running: subprocess.Popen[str]) -> dict[str, str]:
    """Its lines up to the last one, which says that it stays up."""
    found: dict[str, str] = {}
    too_slow = threading.Timer(START_SECONDS, running.terminate)
    too_slow.start()
    for line in running.stdout or ():
        sys.stdout.write(line)
        if named := re.fullmatch(r"(\w[\w -]*?)  +(\S.*)", line.strip()):
            found[named[1]] = named[2]
        if line.startswith("Ctrl-C"):
            too_slow.cancel()
            return found
    raise SystemExit("No pictures: the demo did not come up.")


def consent(page: Page, address: str) -> None:
    page.goto(address)
    take(page, "consent")


def log_in(page: Page, address: str, person: str, password: str) -> None:
    page.goto(address)
    page.locator("#id_username").fill(person)
    page.locator("#id_password").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url(address)


def job(page: Page, address: str) -> None:
    """The page of a job whose records were posted, with some that were refused, and its balance."""
    page.goto(f"{address}exports/exportjob/")
    page.locator('#result_list a[href*="/change/"]').first.click()
    page.wait_for_url("**/change/**")
    page.wait_for_load_state("networkidle")
    take(page, "admin", page.locator("#progress"))


def preview(page: Page, address: str) -> None:
    """Of a job that waits: an entry in debit and credit beside its request, unfolded."""
    page.goto(f"{address}exports/exportjob/?how=open")
    while not page.locator('#result_list a[href*="/change/"]').count():
        page.wait_for_timeout(500)
        page.reload()
    page.locator('#result_list a[href*="/change/"]').first.click()
    page.get_by_role("link", name="Preview").click()
    entry = page.locator(".entry:has(table) + .entry:has(table)").first  # what failed before comes first
    entry.locator(".document:has(table) .fold summary").first.click()
    take(page, "preview", entry)


def dashboard(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_load_state("networkidle")
    take(page, "dashboard")


def take(page: Page, name: str, top: Locator | None = None) -> None:
    """`top`: the part of a long page that is to be seen first."""
    page.set_viewport_size({"width": WIDTH, "height": WINDOW[name]})
    if top:
        top.evaluate("part => part.scrollIntoView()")
    page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")


if __name__ == "__main__":
    main()
