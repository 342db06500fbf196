"""What comes in is small JSON; what goes out is JSON, whatever a caller says that it would rather have."""

from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from api.errors import Refused

MOST = 64 * 1024


class SmallJson(JSONParser):
    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        body = stream.read(MOST + 1)
        if len(body) > MOST:
            raise Refused("too_large")
        try:
            found = super().parse(BytesIO(body), media_type, parser_context)
        except RecursionError:
            raise ParseError from None
        if not isinstance(found, dict):
            raise ParseError
        return found


class AlwaysJson(BaseContentNegotiation):
    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        """None is answered as an unsupported media type."""
        said = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == said), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        first = next(iter(renderers))
        return first, str(first.media_type)
