"""The product's express process, with the vendors' limits lifted: `python -m benchmarks.express --slots 2`."""

import sys

from django.core.management import execute_from_command_line

from benchmarks.worker import limits_lifted

if __name__ == "__main__":
    with limits_lifted():
        execute_from_command_line(["manage.py", "express", *sys.argv[1:]])
