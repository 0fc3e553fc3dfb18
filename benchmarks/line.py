"""A line of the table of figures, and the ways to take one."""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Final

from django.db import connection

REPEATS: Final = 5
#: Seconds. What takes longer is repeated three times, and once if it takes longer than MINUTE.
LONG: Final = 20.0
MINUTE: Final = 60.0

Work = Callable[[], object]


@dataclass(frozen=True)
class Line:
    """One figure against its limit; `figure` is None where there is nothing to measure yet."""

    what: str
    figure: float | None
    limit: float
    unit: str = "x"
    at_least: bool = False
    took: str = ""
    repeats: int = REPEATS
    note: str = ""

    @property
    def met(self) -> bool:
        """Whether the figure keeps to its limit."""
        if self.figure is None:
            return False
        return self.figure >= self.limit if self.at_least else self.figure <= self.limit

    @property
    def verdict(self) -> str:
        """The same in a word."""
        return "met" if self.met else "missed" if self.figure is not None else "missed: not built"

    @property
    def target(self) -> str:
        """The limit as the table says it."""
        return f"{'>=' if self.at_least else '<='} {self.limit:g} {self.unit}"

    @property
    def said(self) -> str:
        """The figure as the table says it."""
        return "-" if self.figure is None else f"{self.figure:,.2f} {self.unit}"


@dataclass
class Taken:
    """Seconds of each repetition of one piece of work."""

    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The one in the middle."""
        return median(self.seconds)

    @property
    def repeats(self) -> int:
        """How many repetitions there were."""
        return len(self.seconds)

    def __str__(self) -> str:
        """In the unit that suits."""
        return f"{self.median:,.2f} s" if self.median >= 1 else f"{self.median * 1000:,.1f} ms"


def seconds(work: Work) -> float:
    """How long it takes, once."""
    gc.collect()
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def race(*works: Work) -> list[Taken]:
    """Each work in turn, round by round, so that a busy minute of the machine hits all of them; after a first round
    that warms up. What is LONG counts from its first time, and is done less often.
    """
    first = [seconds(work) for work in works]
    taken = [Taken([took] if took > LONG else []) for took in first]
    wanted = [1 if took > MINUTE else 3 if took > LONG else REPEATS for took in first]
    while any(one.repeats < number for one, number in zip(taken, wanted, strict=True)):
        for work, one, number in zip(works, taken, wanted, strict=True):
            if one.repeats < number:
                one.seconds.append(seconds(work))
    return taken


class Inside:
    """Seconds spent inside the database by what Django sends; COPY and COMMIT are not in it."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.statements = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Django's execute wrapper."""
        begin = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += time.perf_counter() - begin
            self.statements += 1


@contextmanager
def inside() -> Iterator[Inside]:
    """Sums the time inside the database."""
    sums = Inside()
    with connection.execute_wrapper(sums):
        yield sums


def ratio(what: str, one: Taken, other: Taken, limit: float, *, note: str = "", names: str = "against") -> Line:
    """How many times as long one takes as the other."""
    return Line(
        what,
        one.median / other.median,
        limit,
        took=f"{one} {names} {other}",
        repeats=min(one.repeats, other.repeats),
        note=note,
    )
