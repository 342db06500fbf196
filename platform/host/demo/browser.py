"""A customer with a browser: opens an address, chooses, types, clicks the button, follows where it leads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import requests

from host.demo.sentences import DemoFailed

PAGES_AT_MOST = 20
ANOTHER = "/another/"  # a further company, which is offered when all is done
#: What is typed, by the fields' names: at this address, where a file was to be had (empty where none was).
Typed = Callable[[str, str], Mapping[str, str]]


@dataclass
class Form:
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    choices: list[tuple[str, str, str]] = field(default_factory=list)  # name, value, label
    asked: list[str] = field(default_factory=list)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.file = ""  # where the page's own is
        self._open: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form" and values.get("method", "").lower() == "post":
            self._open = Form(values.get("action", ""))
            if not self._open.action.endswith(ANOTHER):
                self.found.append(self._open)
        elif tag == "a" and "download" in values:
            self.file = values["href"]
        elif self._open and values.get("name"):
            self._take(self._open, tag, values)

    def _take(self, form: Form, tag: str, values: dict[str, str]) -> None:
        kind = values.get("type", "")
        if kind == "radio":
            form.choices.append((values["name"], values.get("value", ""), ""))
        elif kind == "hidden" or tag == "button":
            form.fields.setdefault(values["name"], values.get("value", ""))
        elif tag == "input":
            form.asked.append(values["name"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None

    def handle_data(self, data: str) -> None:
        if self._open and self._open.choices and data.strip():
            name, value, label = self._open.choices[-1]
            self._open.choices[-1] = (name, value, f"{label} {data.strip()}".strip())


def walk(address: str, company: str, typed: Typed) -> str:
    """Clicks through every page until one asks for nothing more; its text. Chooses `company` where asked."""
    with requests.Session() as session:
        page = session.get(address, timeout=30)
        for _ in range(PAGES_AT_MOST):
            forms = _Forms()
            forms.feed(page.text)
            if not page.ok:
                raise DemoFailed(f"The page {page.url} answered {page.status_code} while a customer connected.")
            if not forms.found:
                return page.text
            form = forms.found[0]
            page = session.post(
                urljoin(page.url, form.action),
                data=form.fields | _chosen(form, company) | _filled(form, typed, page.url, forms.file, session),
                headers={"Referer": page.url},
                timeout=60,
            )
    raise DemoFailed("The connect pages do not come to an end.")


def _chosen(form: Form, company: str) -> dict[str, str]:
    if not form.choices:
        return {}
    name, value, _ = next((c for c in form.choices if company in c[2]), form.choices[0])
    return {name: value}


def _filled(form: Form, typed: Typed, address: str, file: str, session: requests.Session) -> dict[str, str]:
    if not form.asked:
        return {}
    content = session.get(urljoin(address, file), timeout=30).text if file else ""
    answers = typed(address, content)
    return {name: answers[name] for name in form.asked if name in answers}
