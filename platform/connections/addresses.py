"""The secrets that stand in our own addresses: a link that lets in, an endpoint that may be knocked at."""

import re

# All are of `secrets.token_urlsafe(32)`, or signed, with colons; what is shorter is a page, such as a vendor's own
# /connect/token. In JSON a slash may be escaped.
PLACES = ("connect", "hooks", "sign-in", "admin/first")
TOKEN = re.compile(rf"(\\?/(?:{'|'.join(PLACES)})\\?/)[\w:-]{{20,}}")


def without_tokens(text: str) -> str:
    """Bodies are long, and a pattern costs more than words."""
    return TOKEN.sub(r"\1…", text) if any(place in text for place in PLACES) else text
