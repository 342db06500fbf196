"""`where`, as Xero's filters are written; what cannot be parsed is refused."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from .answers import Json, bad_query

Test = Callable[[Json], bool]
Getter = Callable[[Json], Any]

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"[^"]*")
    |DateTime\((?P<date>[\d\s,]+)\)
    |[Gg]uid\("(?P<guid>[0-9a-fA-F-]{36})"\)
    |(?P<number>-?\d+(?:\.\d+)?)
    |(?P<joiner>AND\b|OR\b|&&|\|\|)
    |(?P<sign>==|!=|>=|<=|=|>|<|\(|\))
    |(?P<name>[A-Za-z]+(?:\.[A-Za-z]+)*))""",
    re.VERBOSE,
)
_JOINERS = {"AND": "AND", "&&": "AND", "OR": "OR", "||": "OR"}


def named(*names: str) -> dict[str, Getter]:
    """Fields that are asked for by the name they are stored under."""
    return {name: partial(_get, name) for name in names}


def _get(name: str, document: Json) -> Any:
    return document.get(name)


def fold(value: object) -> Any:
    """Xero compares text without case and accents; other values as they are."""
    if not isinstance(value, str):
        return value
    split = unicodedata.normalize("NFKD", value.casefold())
    return "".join(letter for letter in split if not unicodedata.combining(letter))


class Where:
    """`Type=="ACCPAY" AND Date>=DateTime(2026,11,01)` as a test on a document."""

    def __init__(self, words: str, fields: Mapping[str, Getter]) -> None:
        self._fields = {name.lower(): getter for name, getter in fields.items()}
        self._tokens = list(self._split(words))
        self._at = 0
        self.used: set[str] = set()
        self.test = self._either()
        if self._at != len(self._tokens):
            raise bad_query()

    def _split(self, words: str) -> Any:
        place, words = 0, words.rstrip()
        while place < len(words):
            match = _TOKEN.match(words, place)
            if match is None or match.lastgroup is None:
                raise bad_query()
            yield match.lastgroup, match[match.lastgroup]
            place = match.end()

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._at] if self._at < len(self._tokens) else ("end", "")

    def _next(self, kind: str) -> str:
        found, value = self._peek()
        if found != kind:
            raise bad_query()
        self._at += 1
        return value

    def _joined(self, word: str) -> bool:
        kind, value = self._peek()
        if kind != "joiner" or _JOINERS[value] != word:
            return False
        self._at += 1
        return True

    def _either(self) -> Test:
        tests = [self._both()]
        while self._joined("OR"):
            tests.append(self._both())
        return lambda document: any(test(document) for test in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self._joined("AND"):
            tests.append(self._one())
        return lambda document: all(test(document) for test in tests)

    def _one(self) -> Test:
        if self._peek() == ("sign", "("):
            self._at += 1
            inner = self._either()
            if self._next("sign") != ")":
                raise bad_query()
            return inner
        name = self._next("name")
        getter = self._fields.get(name.lower())
        if getter is None:
            raise bad_query("query.unknown_field", name=name)
        self.used.add(name.lower())
        return _comparison(getter, self._next("sign"), self._value())

    def _value(self) -> Any:
        kind, value = self._peek()
        self._at += 1
        if kind == "text":
            return value[1:-1]
        if kind == "guid":
            return value.lower()
        if kind == "number":
            return Decimal(value)
        if kind == "date":
            return _date_time(value)
        if kind == "name" and value in {"true", "false", "null"}:
            return {"true": True, "false": False, "null": None}[value]
        raise bad_query()


def _date_time(numbers: str) -> str:
    try:
        return datetime(*map(int, numbers.split(","))).isoformat()  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise bad_query() from None


def _comparison(getter: Getter, sign: str, wanted: Any) -> Test:
    wanted = fold(wanted)
    compare: dict[str, Callable[[Any], bool]] = {
        "=": lambda found: bool(found == wanted),
        "==": lambda found: bool(found == wanted),
        "!=": lambda found: bool(found != wanted),
        ">=": lambda found: bool(found >= wanted),
        "<=": lambda found: bool(found <= wanted),
        ">": lambda found: bool(found > wanted),
        "<": lambda found: bool(found < wanted),
    }
    if sign not in compare:
        raise bad_query()

    def test(document: Json) -> bool:
        found = fold(getter(document))
        try:
            return compare[sign](found)
        except TypeError:  # a text against a number, or nothing against a date
            if found is None:
                return False
            raise bad_query("query.operands") from None

    return test
