"""The course that a measurement of growth keeps: how many were active on each Sunday, and would be if nobody acted."""

from datetime import date, timedelta
from typing import NamedTuple

from teams.models import Measurement


class Point(NamedTuple):
    """A Sunday, and how many people are active on it."""

    day: date
    active: int


def course_of(measurement: Measurement) -> list[Point]:
    """From the Sunday after the entry to a year after the as-of day; empty where nothing could be counted."""
    told = measurement.detail.get("course")
    if not told:
        return []
    first = date.fromisoformat(told["first"])
    return [Point(first + timedelta(weeks=number), active) for number, active in enumerate(told["active"])]
