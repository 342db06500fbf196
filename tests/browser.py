"""A real browser for the tests of pages: Debian's Chromium, with a fresh profile.

    def test_a_page(live_server, page): page.goto(f"{live_server.url}/…")

Where there is none these tests are skipped, and the summary says so loudly.
"""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

from tests import missing

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str | None:
    named = os.environ.get("CHROMIUM")
    return shutil.which(named) if named else shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        pytest.skip(missing.CHROMIUM)
    # Playwright's loop runs in this thread, which Django takes for asynchronous code.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        running = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty window with cookies of its own. What the page's scripts throw fails the test."""
    context = browser.new_context(locale="en-GB", timezone_id="UTC")
    window = context.new_page()
    thrown: list[Error] = []
    window.on("pageerror", lambda error: thrown.append(error))  # not the bound method: Playwright marks it
    yield window
    context.close()
    assert not thrown, thrown
