"""What a customer is told before they agree, as data of the connector. `{partner}` stands for whoever asks."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Grant:
    """What one scope means, in the customer's words. Something is said of every scope; two may say the same."""

    reads: str = ""
    writes: str = ""
    lasts: str = ""


@dataclass(frozen=True)
class Terms:
    """For how long it is given, and how the customer takes it back, without us."""

    lasts: str
    stop: str
