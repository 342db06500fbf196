"""The WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "host.settings")

_django = get_wsgi_application()

from host.starting import (  # noqa: E402  needs the applications loaded
    miss_an_administrator,
    prepare,
    refuse_unsafe_start,
)
from webhooks.wsgi import DoorFirst  # noqa: E402

application = DoorFirst(_django)

refuse_unsafe_start()
prepare()
miss_an_administrator()
