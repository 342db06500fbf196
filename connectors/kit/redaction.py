"""No secret leaves the process by way of an exchange, a log line or an error."""

import re

SECRET_HEADERS = {"authorization", "cookie", "set-cookie", "proxy-authorization", "webhook-signature"}
_WORDS = (
    "token|secret|password|signature|private_?key|api[_-]?key|authorization|credential|assertion|jwt|session|cookie"
)
#: How each of them begins, in small letters: what has none of these has none of them.
_CLUES = tuple(re.findall(r"(?:^|\|)([a-z]+)", _WORDS))
_FOLDING = "\u0130\u0131\u017f\u212a"  # letters that a pattern which ignores case takes for i, s and k
# Lengths are bounded and addresses are matched whole: a customer's text must not make this slow.
_FIELD = re.compile(
    rf'("[^"]{{0,60}}(?:{_WORDS})[^"]{{0,60}}"\s*:\s*)'
    r'("(?:[^"\\]|\\.)*"?|[\[{][^\]}]*[\]}]?|[^,}\]\s]+)',
    re.IGNORECASE,
)
_FORM = re.compile(
    rf"((?:^|[?&\s])(?:code|code_verifier|sig|[\w-]{{0,40}}(?:{_WORDS})[\w-]{{0,40}})=)[^&\s\"'<>]+", re.IGNORECASE
)
_ADDRESS = re.compile(r"(https?://)([^\s\"'<>?#\\/]*@)?([^\s\"'<>?#\\]*)([?#][^\s\"'<>\\]*)?")
_BEARER = re.compile(r"\b(Bearer|Basic)\s{1,9}[A-Za-z0-9._~+/=-]{6,}", re.IGNORECASE)
_JWT = re.compile(r"\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*")
_SECRET_HEADER = re.compile(_WORDS, re.IGNORECASE)
_WEBHOOK_KEY = re.compile(r"whsec_[A-Za-z0-9+/=_-]+")


def redact(text: str, *secrets: str) -> str:
    """Hides values of secret-looking fields, tokens, the query of every address (signed URLs), and `secrets`."""
    text = text.replace("\x00", "\N{SYMBOL FOR NULL}")  # no database takes it
    for secret in filter(None, secrets):
        text = text.replace(secret, "…")
    # What cannot be there is not looked for: bodies are long, and patterns cost more than words.
    said = _folded(text)
    if any(clue in said for clue in _CLUES):
        text = _FIELD.sub(r'\1"…"', text)
    if "=" in text:
        text = _FORM.sub(r"\1…", text)
    if "://" in text:
        text = _ADDRESS.sub(_bare, text)
    if "bearer" in said or "basic" in said:
        text = _BEARER.sub(r"\1 …", text)
    if "eyJ" in text:
        text = _JWT.sub("…", text)
    return _WEBHOOK_KEY.sub("whsec_…", text) if "whsec_" in text else text


def _folded(text: str) -> str:
    """Small letters, as a pattern that ignores case compares them."""
    if not text.isascii():
        for letter, plain in zip(_FOLDING, "iisk", strict=True):
            text = text.replace(letter, plain)
    return text.lower()


def fields(text: str) -> str:
    """Hides values of secret-looking fields only: for our own addresses, whose query says what was asked."""
    return _FORM.sub(r"\1…", text)


def _bare(address: re.Match[str]) -> str:
    scheme, user, place, query = address.groups()
    return scheme + ("…@" if user else "") + place + ("?…" if query else "")


def headers(values: dict[str, str], *secrets: str) -> dict[str, str]:
    return {name: "…" if _is_secret(name) else redact(value, *secrets) for name, value in values.items()}


def _is_secret(header: str) -> bool:
    return header.lower() in SECRET_HEADERS or bool(_SECRET_HEADER.search(header))
