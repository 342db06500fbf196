"""The secrets that stand in our own addresses: a link that lets in, an endpoint that may be knocked at."""

import re

# All are of `secrets.token_urlsafe(32)`, or signed, with colons; what is shorter is a page, such as a vendor's own
# /connect/token. In JSON a slash may be escaped.
TOKEN = re.compile(r"(\\?/(?:connect|hooks|sign-in|admin/first)\\?/)[\w:-]{20,}")


def without_tokens(text: str) -> str:
    return TOKEN.sub(r"\1…", text)
