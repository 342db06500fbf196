"""JSON with exact numbers: fractions are Decimal both ways, and what cannot be exact is refused.

The standard library reads and writes several times faster; what it cannot write is a Decimal.
"""

import json
import re
from decimal import Decimal
from typing import Any, NoReturn

import simplejson

from connectors.kit.errors import ContractBroken
from connectors.kit.redaction import redact

_DOUBTFUL = re.compile(r"\\u(?:0000|d[89a-f])", re.IGNORECASE)  # NUL, or half a pair, unless its other half follows


def loads(text: bytes | str) -> Any:
    """Reads JSON; raises ContractBroken with the beginning of what was not JSON, or not clear."""
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")
        value = _READER.decode(text)
        if _DOUBTFUL.search(text):
            _refuse_what_no_database_takes(value)
        return value
    except (ValueError, ArithmeticError, RecursionError) as error:
        start = text[:800] if isinstance(text, str) else text[:800].decode("utf-8", "replace")
        raise ContractBroken("The answer is not JSON.", words=redact(start)[:200]) from error


def dumps(value: Any) -> str:
    """Canonical: sorted keys, no spaces. The same value gives the same bytes, so it can be hashed."""
    try:
        return _WRITER.encode(value)
    except TypeError:  # a Decimal, or what neither of them writes
        return _with_fractions(value)


def _with_fractions(value: Any) -> str:
    return str(
        simplejson.dumps(
            value,
            use_decimal=True,
            sort_keys=True,
            separators=(",", ":"),
            allow_nan=False,
            encoding=None,  # bytes are refused, not guessed at
            namedtuple_as_object=False,
        )
    )


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")


def _refuse_what_no_database_takes(value: Any) -> None:
    """Half a surrogate pair and the character NUL, both of which JSON can spell."""
    plain = simplejson.dumps(value, ensure_ascii=False, use_decimal=True)
    plain.encode()
    if "\\u0000" in plain:
        raise ValueError("the character NUL is no text")


def _each_field_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("a field is given twice, so nobody can say which one is meant")
    return value


_READER = json.JSONDecoder(object_pairs_hook=_each_field_once, parse_float=Decimal, parse_constant=_refuse)
_WRITER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)
