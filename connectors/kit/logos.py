"""A connector's logo: `logo.svg` beside its module, one small drawing that loads nothing and runs nothing.

Pages show it by <img> alone, where a browser runs no script of a picture, and it is served under a policy that
allows none; so what is asked here is a third wall, and what keeps a picture the same wherever it is opened.
"""

from collections.abc import Iterator
from importlib.resources import files
from xml.etree import ElementTree

from connectors.kit.connector import Connector

LARGEST = 32_768  # bytes
SVG = "{http://www.w3.org/2000/svg}"
DRAWING = frozenset(
    "svg g defs title desc style path rect circle ellipse line polyline polygon text tspan use symbol clipPath mask"
    " linearGradient radialGradient stop".split()
)


def logo_of(connector: type[Connector]) -> bytes:
    """Empty where there is none, or one that no page may show."""
    picture = _read(connector)
    return picture if picture and not any(problems(picture)) else b""


def problems_of(connector: type[Connector]) -> list[str]:
    """What is wrong with the logo, if there is one."""
    picture = _read(connector)
    return list(problems(picture)) if picture is not None else []


def problems(picture: bytes) -> Iterator[str]:
    if len(picture) > LARGEST:
        yield f"It has {len(picture)} bytes; {LARGEST} is the most."
        return
    text = picture.decode(errors="replace")
    if "<!DOCTYPE" in text:
        yield "It has a DOCTYPE, whose entities can make a small file endless."
        return
    try:
        drawn = list(ElementTree.fromstring(text).iter())  # noqa: S314 (there are no entities)
    except ElementTree.ParseError:
        yield "It is no XML in UTF-8."
        return
    if drawn[0].tag != f"{SVG}svg" or "viewBox" not in drawn[0].attrib:
        yield "It must be an <svg> of SVG's namespace, with a viewBox."
    for one in drawn:
        yield from _of_element(one)


def _of_element(one: ElementTree.Element) -> Iterator[str]:
    name = one.tag.removeprefix(SVG)
    if name not in DRAWING:
        yield f"It has an element {name}, which draws nothing of its own."
    for attribute, value in one.attrib.items():
        plain = attribute.rpartition("}")[2]
        if plain.startswith("on") or (plain == "href" and not value.startswith("#")) or _leads_out(value):
            yield f"Its {name} has {plain}={value[:40]!r}, which runs or loads something."
    if _leads_out(one.text or ""):
        yield f"Its {name} loads something from elsewhere."


def _leads_out(text: str) -> bool:
    flat = "".join(text.split()).lower().replace("'", "").replace('"', "")
    return "@import" in flat or flat.count("url(") != flat.count("url(#")


def _read(connector: type[Connector]) -> bytes | None:
    package = connector.__module__.rpartition(".")[0]
    path = files(package) / "logo.svg" if package else None
    return path.read_bytes() if path and path.is_file() else None
