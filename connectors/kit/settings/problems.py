"""What pydantic has against given settings, in plain words at the place that it is about."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

#: By pydantic's type of error; what stands in braces is the error's own context.
SENTENCES = {
    "missing": "Give a value.",
    "extra_forbidden": "There is no such setting.",
    "string_too_short": "At least {min_length} characters.",
    "string_too_long": "At most {max_length} characters.",
    "string_pattern_mismatch": "This is not written as it has to be; the help beside it says how.",
    "int_parsing": "Give a whole number.",
    "int_from_float": "Give a whole number.",
    "decimal_parsing": "Give a number, such as 12.50.",
    "greater_than_equal": "At least {ge}.",
    "greater_than": "More than {gt}.",
    "less_than_equal": "At most {le}.",
    "less_than": "Less than {lt}.",
    "decimal_max_places": "At most {decimal_places} places behind the point.",
    "enum": "Choose one of those that are offered.",
    "date_from_datetime_parsing": "Give a day, such as 2026-01-31.",
    "date_parsing": "Give a day, such as 2026-01-31.",
    "bool_parsing": "Say yes or no.",
    "too_long": "At most {max_length} rows.",
    "too_short": "At least {min_length} rows.",
    "value_error": "{error}",
}


@dataclass(frozen=True)
class Problem:
    """`place`: ("due_days",), or ("tracking", 0, "category") in the first row of a list; () is the whole."""

    place: tuple[str | int, ...]
    sentence: str

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.place))}: {self.sentence}" if self.place else self.sentence


def problems_of(error: ValidationError) -> tuple[Problem, ...]:
    return tuple(Problem(tuple(one["loc"]), _sentence(one)) for one in error.errors(include_url=False))


def _sentence(error: Mapping[str, Any]) -> str:
    context = error.get("ctx", {})
    if error["type"] == "string_too_short" and context.get("min_length") == 1:
        return SENTENCES["missing"]
    wording = SENTENCES.get(error["type"])
    return wording.format(**context) if wording else f"{error['msg']}."
