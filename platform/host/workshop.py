"""The settings of `manage.py connector`: the deployment's own where there is one, else ones that lead nowhere.

Whoever writes a connector has a checkout and no deployment; what the command does needs neither database nor keys.
"""

import base64
import os
import secrets
from pathlib import Path

_FILE = Path(os.environ.get("CAUSEWAY_ENV_FILE", Path(__file__).resolve().parents[2] / ".env"))

if not (_FILE.is_file() or os.environ.get("SECRET_KEY") or os.environ.get("SECRET_KEY_FILE")):
    os.environ["SECRET_KEY"] = secrets.token_urlsafe(48)
    os.environ["VAULT_KEYS"] = base64.b64encode(secrets.token_bytes(32)).decode()
    os.environ["DATABASE_URL"] = "postgres://nobody:x@127.0.0.1:1/nowhere"
    os.environ["REDIS_URL"] = "redis://127.0.0.1:1/0"

from host.settings import *  # noqa: E402, F403  the environment comes first
