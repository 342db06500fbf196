"""Takes the pictures of README.md: `scripts/pictures`. A demo with throw-away data, seen by Debian's Chromium."""

import re
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from host.embedded import services
from tests.browser import ARGUMENTS, NO_BROWSER, REMEDY, chromium

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "pictures"
ENTRIES = "120"  # enough for a few that are refused
WINDOW = {"admin": 1100, "consent": 1000}  # pixels high
WIDTH = 1280
START_SECONDS = 300


def main() -> None:
    path = chromium()
    if path is None:
        raise SystemExit(f"No pictures: {NO_BROWSER}. {REMEDY}")
    with demo() as addresses, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        page = browser.new_page(locale="en-GB", timezone_id="UTC", color_scheme="light")
        consent(page, addresses["Consent page"])
        admin(page, addresses["Admin"], *addresses["Log-in"].split(" / "))
        browser.close()


@contextmanager
def demo() -> Iterator[dict[str, str]]:
    """What `scripts/demo` prints at its end, by name. Afterwards it is stopped and its data forgotten."""
    with tempfile.TemporaryDirectory() as name:
        command = [str(ROOT / "scripts" / "demo"), "--folder", name, "--entries", ENTRIES]
        running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        try:
            yield addresses(running)
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


def admin(page: Page, address: str, person: str, password: str) -> None:
    """The page of a job whose records were posted, with some that were refused."""
    page.goto(address)
    page.locator("#id_username").fill(person)
    page.locator("#id_password").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url(address)
    page.goto(f"{address}exports/exportjob/")
    page.locator('#result_list a[href*="/change/"]').first.click()
    page.wait_for_url("**/change/**")
    page.wait_for_load_state("networkidle")
    take(page, "admin")


def take(page: Page, name: str) -> None:
    page.set_viewport_size({"width": WIDTH, "height": WINDOW[name]})
    page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")


if __name__ == "__main__":
    main()
