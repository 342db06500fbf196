"""A slice of a Service Layer's metadata as a judge of what is sent and answered, where it is at hand.

It is not ours to ship. `CAUSEWAY_CONTRACTS` names the folder of `sap_b1_service_layer_v4.json`; without it the
checkout's neighbour is looked at. It knows names, types and enumerations; neither lengths nor what must be there.
"""

import json
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import simplejson
from werkzeug import Request, Response

from connectors.sap_b1.sandbox.refusals import Said

ROOT = Path(__file__).parents[3]
FILE = Path(os.environ.get("CAUSEWAY_CONTRACTS") or ROOT.parent / "shared/contracts") / "sap_b1_service_layer_v4.json"
PRESENT = FILE.is_file()
needed = pytest.mark.skipif(
    not PRESENT, reason=f"NOT CHECKED: the Service Layer's metadata is not at {FILE}; set CAUSEWAY_CONTRACTS"
)
_SIMPLE: dict[str, type | tuple[type, ...]] = {
    "Edm.String": str,
    "Edm.Int32": int,
    "Edm.Double": (int, float),
    "Edm.DateTimeOffset": str,
    "Edm.TimeOfDay": str,
}
#: What an enumeration's value is in the database is taken too, and never given.
_LETTER = re.compile("[A-Z]")


@cache
def metadata() -> dict[str, Any]:
    return dict(json.loads(FILE.read_text()))


def type_of(entity_set: str) -> str:
    return str(metadata()["entitySets"].get(entity_set, ""))


def faults(type_name: str, document: dict[str, Any], at: str = "") -> Iterator[str]:
    """What the metadata says against a document; nothing if all is well. User fields it cannot know."""
    properties = metadata()["types"][type_name]["properties"]
    for name, value in document.items():
        place = f"{at}{name}"
        if name.startswith(("@odata.", "U_")) or value is None:
            continue
        if name not in properties:
            yield f"{place} is not in {type_name}"
        else:
            yield from _value_faults(properties[name], value, place)


def _value_faults(declared: str, value: Any, place: str) -> Iterator[str]:
    if declared.startswith("Collection("):
        for n, one in enumerate(value):
            yield from _value_faults(declared[11:-1], one, f"{place}[{n}].")
    elif declared in _SIMPLE:
        if not isinstance(value, _SIMPLE[declared]) or isinstance(value, bool):
            yield f"{place} is {value!r}, not {declared}"
    elif (name := declared.removeprefix("SAPB1.")) in metadata()["types"]:
        yield from faults(name, value, place)
    elif value not in metadata()["enums"].get(name, [value]) and not _LETTER.fullmatch(str(value)):
        yield f"{place} is {value!r}, not one of {name}"


class Watch:
    """Looks at every document that a sandbox takes or gives."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def __call__(self, request: Request, response: Response) -> None:
        entity_set = request.path.rpartition("/")[2].partition("(")[0]
        type_name = type_of(entity_set)
        if not type_name or isinstance(response, Said) or response.mimetype != "application/json":
            return
        content = simplejson.loads(response.get_data())
        sent = [simplejson.loads(request.get_data())] if request.method == "POST" and request.is_json else []
        for document in [*content.get("value", [content]), *sent]:
            self.faults += [f"{entity_set}: {fault}" for fault in faults(type_name, document)]
