"""The floor of the house: what the stages are, and the shell of the project."""

import gc

# Before anything is read: a process that starts makes 150,000 objects, which stay, and by its own measure Python looks
# through them 350 times for something to throw away. The same goes for a page: it makes many, and hardly a cycle.
gc.set_threshold(50_000, 20, 20)

from lifecycle.celery import app as celery_app  # noqa: E402 (it reads most of Celery)

__all__ = ["celery_app"]
