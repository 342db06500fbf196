"""Text as ERPs take it: one line, cut to a length. The same text always gives the same result."""


def one_line(text: str, at_most: int) -> str:
    """Without control characters or double spaces, at most so many UTF-16 units, as .NET and Java count."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    plain = " ".join(text.split())
    if 2 * len(plain) <= at_most:  # no letter has more than two units
        return plain
    return plain.encode("utf-16-le")[: at_most * 2].decode("utf-16-le", "ignore").strip()
