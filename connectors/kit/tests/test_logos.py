import pytest

from connectors.kit.logos import LARGEST, problems


def svg(inside: str) -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{inside}</svg>'.encode()


@pytest.mark.parametrize(
    "inside",
    [
        '<path d="M0 0h9v9z"/>',
        '<style>path{fill:url("#a")}</style><defs><linearGradient id="a"/></defs><path d="M0 0h9"/>',
        '<g id="a"/><use href="#a" fill="url(#a)"/>',
    ],
)
def test_a_drawing_is_a_logo(inside: str) -> None:
    assert list(problems(svg(inside))) == []


@pytest.mark.parametrize(
    "picture",
    [
        svg("<script>x()</script>"),
        svg('<path onclick="x()"/>'),
        svg("<foreignObject><p>x</p></foreignObject>"),
        svg('<image href="data:image/png;base64,x"/>'),
        svg('<use href="https://elsewhere.example/a.svg#a"/>'),
        svg('<use xmlns:x="http://www.w3.org/1999/xlink" x:href="//elsewhere.example/a.svg#a"/>'),
        svg("<path fill=\"URL( 'https://elsewhere.example/a.svg#a')\"/>"),
        svg("<style>@import 'https://elsewhere.example/a.css'</style>"),
        svg('<animate attributeName="href" to="javascript:x()"/>'),
        b'<!DOCTYPE svg [<!ENTITY a "aa">]>' + svg("&a;"),
        svg("").decode().encode("utf-16"),
        svg("")[:-1],
        svg("").replace(b"viewBox", b"box"),
        b"<html><path/></html>",
        b"\x89PNG",
        svg(" " * LARGEST),
    ],
)
def test_what_runs_loads_or_draws_nothing_is_none(picture: bytes) -> None:
    assert list(problems(picture))
