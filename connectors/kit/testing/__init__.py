"""What a connector is tested with: the kit's ports in memory, and the conformance suite.

    connector = Acme(Client({"api": sandbox.url}, ports(FixedTokens("t")), Network.SANDBOX), Settings())

The suite needs a declaration, `KIT` in `<connector>/conformance.py`; see `declaring` and docs/connectors.md.
"""

from connectors.kit.testing.ports import (
    FixedClock,
    FixedTokens,
    ListRecorder,
    NoLimit,
    SystemClock,
    anywhere,
    ports,
)

__all__ = ["FixedClock", "FixedTokens", "ListRecorder", "NoLimit", "SystemClock", "anywhere", "ports"]
