"""A connector that was made for a kit which had this."""

from connectors.kit.conveniences import Everything  # type: ignore[import-untyped]

connector = Everything
