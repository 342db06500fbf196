"""The environments that rows of this room belong to."""

from connectors.kit.connector import Environment

CLOSED = "Sandboxes are not allowed in this deployment (ALLOW_SANDBOX)."
ENVIRONMENTS = [(e.value, e.value) for e in Environment]
