"""The WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "host.settings")

application = get_wsgi_application()

from host.seeding import seed_applications  # noqa: E402  needs the applications loaded
from host.starting import miss_an_administrator, refuse_unsafe_start  # noqa: E402

refuse_unsafe_start()
seed_applications()
miss_an_administrator()
