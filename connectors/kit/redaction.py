"""No secret leaves the process by way of an exchange, a log line or an error."""

import re

SECRET_HEADERS = {"authorization", "cookie", "set-cookie", "proxy-authorization", "webhook-signature"}
_SECRET_FIELD = re.compile(
    r'("[^"]*(?:token|secret|password|signature|private_?key|authorization|credential|assertion)[^"]*"\s*:\s*)'
    r'("(?:[^"\\]|\\.)*"?|[^,}\]\s]+)',
    re.IGNORECASE,
)
_QUERY = re.compile(r"(https?://[^\s\"'<>?#\\]+)[?#][^\s\"'<>\\]*")
_BEARER = re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{6,}", re.IGNORECASE)


def redact(text: str) -> str:
    """Hides values of secret-looking fields, bearer tokens, and the query of every address (signed URLs)."""
    text = _SECRET_FIELD.sub(r'\1"…"', text)
    text = _QUERY.sub(r"\1?…", text)
    return _BEARER.sub(r"\1 …", text)


def headers(values: dict[str, str]) -> dict[str, str]:
    return {name: "…" if name.lower() in SECRET_HEADERS else redact(value) for name, value in values.items()}
