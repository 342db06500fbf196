"""JSON with exact numbers: fractions are Decimal both ways, and what cannot be exact is refused."""

from typing import Any, NoReturn

import simplejson

from connectors.kit.errors import ContractBroken


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")


def loads(text: bytes | str) -> Any:
    """Reads JSON; raises ContractBroken with the beginning of what was not JSON."""
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8")
        return simplejson.loads(text, use_decimal=True, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        start = text[:200] if isinstance(text, str) else text[:200].decode("utf-8", "replace")
        raise ContractBroken("The answer is not JSON.", words=start) from error


def dumps(value: Any) -> str:
    """Canonical: sorted keys, no spaces. The same value gives the same bytes, so it can be hashed."""
    return str(
        simplejson.dumps(value, use_decimal=True, sort_keys=True, separators=(",", ":"), allow_nan=False)
    )
