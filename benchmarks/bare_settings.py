"""The bare view's settings: the product's own database, pool and process, and no middleware at all."""

from host.settings import *  # noqa: F403

MIDDLEWARE.clear()  # noqa: F405
ROOT_URLCONF = "benchmarks.bare"
