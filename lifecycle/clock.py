"""The one clock of every rule: UTC calendar days."""

from datetime import UTC, date, datetime


def now() -> datetime:
    """This moment, with its zone."""
    return datetime.now(UTC)


def today() -> date:
    """The UTC calendar day on which every rule, window and as-of is read (1-definitions, 1.3)."""
    return now().date()
