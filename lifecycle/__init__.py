"""The floor of the house: what the stages are, and the shell of the project."""

from lifecycle.celery import app as celery_app

__all__ = ["celery_app"]
