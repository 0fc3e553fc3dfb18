"""The one clock of every rule: UTC calendar days."""

from datetime import UTC, date, datetime
from typing import Final

#: No record lies before it: an earlier day is a broken clock, or a year of two digits.
FIRST_DAY: Final = date(1970, 1, 1)


def now() -> datetime:
    """This moment, with its zone."""
    return datetime.now(UTC)


def today() -> date:
    """The UTC calendar day on which every rule, window and as-of is read (1-definitions, 1.3)."""
    return now().date()
