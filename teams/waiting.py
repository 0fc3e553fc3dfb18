"""How long a person, or a program that speaks for one, waits for what somebody else holds."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from psycopg import errors

from teams.refusals import Busy

#: Before being asked to try again.
LOCK_TIMEOUT = "3s"


@contextmanager
def briefly() -> Iterator[None]:
    """A transaction in which no lock is waited for longer than a person should. Raises Busy."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
            yield
    except OperationalError as error:
        if isinstance(error.__cause__, errors.LockNotAvailable | errors.DeadlockDetected):
            raise Busy from error
        raise
