"""What a request says, read the way Xero reads it: names in any case, null as absent, numbers as text too."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import simplejson

GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
ZERO_GUID = "00000000-0000-0000-0000-000000000000"
_MS_DATE = re.compile(r"/Date\((-?\d+)([+-]\d{4})?\)/")


class UnreadableError(Exception):
    """The body as a whole cannot be read: Xero refuses the call, not the element."""


def read_json(body: bytes) -> Any:
    try:
        return simplejson.loads(body.decode("utf-8"), use_decimal=True)
    except (ValueError, RecursionError) as error:
        raise UnreadableError("JSON for post data was invalid") from error


class Fields:
    """One JSON object of a request."""

    def __init__(self, raw: object, place: str = "body") -> None:
        if not isinstance(raw, dict):
            raise UnreadableError(f"JSON for post data was invalid, an object was expected at {place}")
        self._raw = {str(name).lower(): value for name, value in raw.items() if value is not None}

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._raw

    def having(self, name: str, value: str) -> "Fields":
        return Fields(self._raw | {name: value})

    def text(self, name: str) -> str | None:
        value = self._raw.get(name.lower())
        if isinstance(value, dict | list):
            raise self._bad(name, "text")
        return None if value is None else str(value)

    def number(self, name: str) -> Decimal | None:
        """Xero takes "1" for 1, as fylein/fyle-xero-api relies on."""
        value = self._raw.get(name.lower())
        if value is None or value == "":
            return None
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            raise self._bad(name, "a number") from None
        if isinstance(value, bool) or not number.is_finite() or abs(number.adjusted()) > 20:
            raise self._bad(name, "a number")
        return number

    def guid(self, name: str) -> str | None:
        value = self.text(name)
        if value is None or value == ZERO_GUID:
            return None
        if not GUID.fullmatch(value):
            raise self._bad(name, "a GUID")
        return value.lower()

    def day(self, name: str) -> date | None:
        value = self.text(name)
        if not value:
            return None
        if match := _MS_DATE.fullmatch(value):
            return datetime.fromtimestamp(int(match[1]) / 1000, UTC).date()
        try:
            return date.fromisoformat(value.removesuffix("T00:00:00"))
        except ValueError:
            raise self._bad(name, "a date") from None

    def choice(self, name: str, allowed: Iterable[str]) -> str | None:
        value = self.text(name)
        if value is not None and value not in allowed:
            raise self._bad(name, "a known value")
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        value = self._raw.get(name.lower(), default)
        if not isinstance(value, bool) and str(value).lower() not in {"true", "false"}:
            raise self._bad(name, "true or false")
        return str(value).lower() == "true"

    def part(self, name: str) -> "Fields | None":
        value = self._raw.get(name.lower())
        return None if value is None else Fields(value, name)

    def parts(self, name: str) -> "list[Fields] | None":
        value = self._raw.get(name.lower())
        if value is None:
            return None
        if not isinstance(value, list):
            raise self._bad(name, "a list")
        return [Fields(item, name) for item in value]

    def _bad(self, name: str, wanted: str) -> UnreadableError:
        value = str(self._raw.get(name.lower()))[:80]
        return UnreadableError(f"JSON for post data was invalid, {name} '{value}' is not {wanted}")


def elements(body: bytes, plural: str) -> list[Fields]:
    """The elements of a batch: `{"Invoices": [..]}`, or a bare object, which Xero takes too."""
    wrapper = Fields(read_json(body))
    found = wrapper.parts(plural) if plural in wrapper else [wrapper]
    if not found:
        raise UnreadableError("No valid elements were found in the post data")
    return found
