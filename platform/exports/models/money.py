"""How amounts are kept."""

from typing import Any

MONEY: dict[str, Any] = {"max_digits": 20, "decimal_places": 4}
