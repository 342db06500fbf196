"""Pleo on loopback: OAuth, the v3 Export API, subscriptions, signed webhooks and a page with an Export button.

As strict as what Pleo publishes (Export API 32.1.0, Subscriptions API 11.6.2, App Marketplace API 39.4.0).
`python -m connectors.kit.sandbox pleo --port 8101 --folder DIR`
"""

from connectors.pleo.sandbox.app import PleoSandbox

sandbox_class = PleoSandbox

__all__ = ["PleoSandbox", "sandbox_class"]
