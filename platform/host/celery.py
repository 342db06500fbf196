"""The Celery application. Hints travel through it; what is to be done stands in PostgreSQL."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "host.settings")

TRANSPORT_ALIASES.update(dict.fromkeys(["redis", "rediss"], "host.broker:Transport"))

app = Celery("causeway")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
