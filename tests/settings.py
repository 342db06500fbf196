"""The settings for tools that only read the code (mypy): they lead nowhere."""

import os

from tests.plugin import NOWHERE, SERVICES, say_settings

say_settings()
os.environ.update(zip(SERVICES, NOWHERE, strict=True))

from host.settings import *  # noqa: E402, F403  as above: the environment comes first
