"""A target of singer-sdk that sends bills in batches: `python -m benchmarks.singer URL BATCH < messages`.

Prints the seconds that it took, without the start of Python.
"""

import io
import sys
import time
from typing import Any

import requests
from singer_sdk import BatchSink, Target


class Bills(BatchSink):
    session = requests.Session()
    max_size = int(sys.argv[2])

    def process_batch(self, context: dict[str, Any]) -> None:
        answer = self.session.put(sys.argv[1], json={"Invoices": context["records"]}, timeout=30)
        answer.raise_for_status()
        answer.json()


class Bench(Target):
    name = "target-bench"
    config_jsonschema = {"type": "object", "properties": {}}
    default_sink_class = Bills


if __name__ == "__main__":
    messages = io.StringIO(sys.stdin.read())
    begun = time.perf_counter()
    Bench(config={}).listen(messages)
    sys.stdout.write(f"{time.perf_counter() - begun}\n")
