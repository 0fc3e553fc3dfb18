"""The settings of the web process that is measured: production's, with a bare page beside the product's own."""

from lifecycle.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.bare"
