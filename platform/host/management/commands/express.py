"""`manage.py express`: a process beside the workers, for small work."""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from host.starting import refuse_unsafe_start
from host.ticking import tick_as_express
from jobs import express


class Command(BaseCommand):
    help = "Serves small jobs beside the workers, so that none of them waits behind large ones of others."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--slots", type=int, default=2, help="How many runs at once")

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_unsafe_start()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: express.stopping.set())
        slots = [threading.Thread(target=express.serve, name=f"express-{n}") for n in range(options["slots"])]
        for slot in slots:
            slot.start()
        tick_as_express()
        for slot in slots:
            slot.join()
