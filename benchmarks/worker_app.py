"""The Celery application that a benchmark's worker runs: the product's, without the vendors' limits."""

from benchmarks.worker import app, lift_limits

__all__ = ["app"]

lift_limits()
