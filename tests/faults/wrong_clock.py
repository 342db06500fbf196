"""Runs a program with a clock that is so many seconds off: `python -m tests.faults.wrong_clock -600 celery worker`.

What it reads of the time of day is wrong, in all its threads; how long something takes it measures rightly.
"""

import runpy
import sys
from datetime import UTC, datetime, timedelta

import time_machine

if __name__ == "__main__":
    _, off, program, *words = sys.argv
    sys.argv = [program, *words]
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=int(off))):
        runpy.run_module(program, run_name="__main__", alter_sys=True)
