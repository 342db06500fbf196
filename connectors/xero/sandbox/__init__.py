"""A fake Xero over real HTTP, as strict as the vendor (accounting API 2.0, OAuth 2.0, connections).

One server plays login.xero.com, identity.xero.com, api.xero.com and go.xero.com: their paths do not collide.
Facts are those of Xero's published contract and documentation; where those are silent, the code says ASSUMED.
"""

from .app import XeroSandbox
from .identity import BROAD, GRANULAR
from .limits import Limits
from .seed import HARBOUR, NORDWIND, stable_id

sandbox_class = XeroSandbox

__all__ = ["BROAD", "GRANULAR", "HARBOUR", "NORDWIND", "Limits", "XeroSandbox", "sandbox_class", "stable_id"]
