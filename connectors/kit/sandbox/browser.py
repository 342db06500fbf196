"""A customer with a browser, as far as a consent page needs one: open it, choose, click."""

from html.parser import HTMLParser
from typing import Literal
from urllib.parse import urljoin

import requests


class _Form(HTMLParser):
    """The first form of a page: where it goes, its fields, and what its radio buttons are called."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.choices: dict[str, str] = {}
        self._radio = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.action = self.action or values.get("action", "")
        elif tag == "input" and values.get("type") == "hidden":
            self.fields[values["name"]] = values.get("value", "")
        elif tag == "input" and values.get("type") == "radio":
            self._radio = values["value"]
            if "checked" in values:
                self.fields[values["name"]] = values["value"]

    def handle_data(self, data: str) -> None:
        if self._radio and data.strip():
            self.choices[data.strip()] = self._radio
            self._radio = ""


def consent(address: str, choose: str | None = None, decision: Literal["approve", "deny"] = "approve") -> str:
    """Open an authorise address, choose a company by id or name, decide; the address we are sent back to."""
    shown = requests.get(address, timeout=30, allow_redirects=False)
    if shown.is_redirect:
        return shown.headers["Location"]
    shown.raise_for_status()
    form = _Form()
    form.feed(shown.text)
    fields = form.fields | {"decision": decision}
    if choose is not None:
        fields["choice"] = form.choices.get(choose, choose)
    sent = requests.post(urljoin(address, form.action), fields, timeout=30, allow_redirects=False)
    sent.raise_for_status()
    return sent.headers["Location"]
