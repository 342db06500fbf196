"""A fake Service Layer over real HTTP (root /b1s/v2), as strict as SAP Business One 10.0.

Facts are those of SAP's manual and metadata and of what its users have measured; where those are silent, the code
says ASSUMED.
"""

from .app import SapB1Sandbox
from .seed import HARBOUR, NORDWIND, USERS

sandbox_class = SapB1Sandbox

__all__ = ["HARBOUR", "NORDWIND", "USERS", "SapB1Sandbox", "sandbox_class"]
