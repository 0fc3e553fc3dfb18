"""Days as spreadsheets write them: 28.02.2026, 2/28/2026 2:05 PM. Which number is the day, a person has to say."""

import re
from collections.abc import Iterable
from typing import Final

#: Day before month, and month before day.
DAY_FIRST, MONTH_FIRST = "dmy", "mdy"
WRITTEN: Final = re.compile(
    r"([0-9]{1,2})([./-])([0-9]{1,2})\2([0-9]{4})"
    r"(?:,?[ T]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?(?: ?([AaPp])\.?[Mm]\.?)?)?"
)
MONTHS: Final = 12
NOON: Final = 12


def is_written_so(text: str) -> bool:
    """Whether it is a day, or a day and a time, of which only a person knows which number is the day."""
    return WRITTEN.fullmatch(text) is not None


def as_iso(text: str, order: str) -> str:
    """The same in ISO 8601, if it is written so; else as it stands."""
    found = WRITTEN.fullmatch(text)
    if not (order and found):
        return text
    one, _mark, other, year, hour, minute, second, half = found.groups()
    day, month = (one, other) if order == DAY_FIRST else (other, one)
    iso = f"{year}-{month:0>2}-{day:0>2}"
    if hour is None:
        return iso
    hours = int(hour)
    if half:  # 12 AM is midnight, 12 PM is noon; 13 PM is nothing
        hours = hours % NOON + (NOON if half in "pP" else 0) if 1 <= hours <= NOON else 24 + hours
    return f"{iso}T{hours:02}:{minute}:{second or '00'}"


def order_of(texts: Iterable[str]) -> str:
    """The order that some of these tell, by dots or a number that is no month; "" where none does, or they differ."""
    orders = set()
    for found in filter(None, map(WRITTEN.fullmatch, texts)):
        one, other = int(found[1]), int(found[3])
        if found[2] == ".":  # nobody writes the month first with dots
            orders.add(DAY_FIRST)
        elif (one > MONTHS) != (other > MONTHS):
            orders.add(DAY_FIRST if one > MONTHS else MONTH_FIRST)
    return orders.pop() if len(orders) == 1 else ""
