"""A fake NetSuite over real HTTP, as strict as the vendor: tokens, the REST record service, SuiteQL, one RESTlet.

One server plays the hosts suitetalk, restlets and app of one account: their paths do not collide. Facts are those of
Oracle's help pages and of recorded traffic; where those are silent, the code says ASSUMED.
"""

from .app import NetSuiteSandbox
from .seed import HARBOUR, NORDWIND, SOLSIKKE

sandbox_class = NetSuiteSandbox

__all__ = ["HARBOUR", "NORDWIND", "SOLSIKKE", "NetSuiteSandbox", "sandbox_class"]
