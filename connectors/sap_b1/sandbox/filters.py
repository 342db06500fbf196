"""`$filter` as the Service Layer takes it: `eq ne gt ge lt le and or not ( )`, `startswith endswith contains`.

No arithmetic, no functions of dates, no `in` (manual 1.22, pages 32 and 185). Text is compared by case, as HANA does,
unless the call says `B1S-CaseInsensitive: true`.
"""

import operator
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from .refusals import refused
from .shape import Json

Test = Callable[[Json], bool]
_TOKEN = re.compile(
    r"""\s*(?:(?P<text>'(?:[^']|'')*')
    |(?P<number>-?\d+(?:\.\d+)?)
    |(?P<sign>[(),])
    |(?P<word>[A-Za-z_@][\w/]*))""",
    re.VERBOSE,
)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
_FUNCTIONS: dict[str, Callable[[str, str], bool]] = {
    "startswith": str.startswith,
    "endswith": str.endswith,
    "contains": lambda text, part: part in text,
}


class Filter:
    """`CardCode eq 'V1' and DocDate ge '2026-11-01'` as a test on a stored document."""

    def __init__(self, words: str, type_name: str, knows: Callable[[str], bool], *, fold: bool) -> None:
        self._type, self._knows, self._fold = type_name, knows, fold
        self._tokens, self._at = list(_split(words)), 0
        self.test = self._either()
        if self._at != len(self._tokens):
            raise refused("query.bad", what=words)

    def _either(self) -> Test:
        tests = [self._both()]
        while self._accept("word", "or"):
            tests.append(self._both())
        return lambda document: any(test(document) for test in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self._accept("word", "and"):
            tests.append(self._one())
        return lambda document: all(test(document) for test in tests)

    def _one(self) -> Test:
        if self._accept("word", "not"):
            inner = self._one()
            return lambda document: not inner(document)
        if self._accept("sign", "("):
            inner = self._either()
            self._need("sign", ")")
            return inner
        name = self._need("word")
        if name in _FUNCTIONS and self._accept("sign", "("):
            return self._function(name)
        return self._comparison(self._property(name))

    def _function(self, name: str) -> Test:
        field = self._property(self._need("word"))
        self._need("sign", ",")
        part = self._folded(_unquoted(self._need("text")))
        self._need("sign", ")")
        return lambda document: _FUNCTIONS[name](self._folded(document.get(field) or ""), part)

    def _comparison(self, field: str) -> Test:
        sign = self._need("word")
        if sign not in _COMPARE:
            raise refused("query.bad", what=sign)
        wanted = self._value()

        def test(document: Json) -> bool:
            found = self._folded(document.get(field))
            if found is None or wanted is None:
                return sign in {"eq", "ne"} and _COMPARE[sign](found, wanted)
            if isinstance(found, str) != isinstance(wanted, str):
                raise refused("query.operands", sign=sign)
            return _COMPARE[sign](found, wanted)

        return test

    def _value(self) -> Any:
        kind, value = self._peek()
        self._at += 1
        if kind == "text":
            return self._folded(_unquoted(value))
        if kind == "number":
            return Decimal(value)
        if value == "null":
            return None
        raise refused("query.bad", what=value)  # `true` and `false` too: there are no Booleans

    def _property(self, name: str) -> str:
        if not self._knows(name):
            raise refused("query.property", name=name, type=self._type)
        return name

    def _folded(self, value: Any) -> Any:
        return value.casefold() if self._fold and isinstance(value, str) else value

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._at] if self._at < len(self._tokens) else ("end", "")

    def _accept(self, kind: str, value: str) -> bool:
        if self._peek() != (kind, value):
            return False
        self._at += 1
        return True

    def _need(self, kind: str, value: str = "") -> str:
        found = self._peek()
        if found[0] != kind or (value and found[1] != value):
            raise refused("query.bad", what=found[1] or "the end")
        self._at += 1
        return found[1]


def _split(words: str) -> Iterator[tuple[str, str]]:
    place, words = 0, words.rstrip()
    while place < len(words):
        match = _TOKEN.match(words, place)
        if match is None or match.lastgroup is None:
            raise refused("query.bad", what=words[place:])
        yield match.lastgroup, match[match.lastgroup]
        place = match.end()


def _unquoted(text: str) -> str:
    return text[1:-1].replace("''", "'")
