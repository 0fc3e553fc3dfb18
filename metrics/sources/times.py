"""Moments as JSON sources write them. Each function takes whatever stands there, and raises ValueError with a reason.

What names no zone is read in the one that a person has named for the source; the answer is in UTC, but for git's.
"""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from typing import Final

from django.utils.translation import gettext as _

MONTHS: Final = {
    **{"Jan": "01", "Feb": "02", "Mar": "03", "Apr": "04", "May": "05", "Jun": "06"},
    **{"Jul": "07", "Aug": "08", "Sep": "09", "Oct": "10", "Nov": "11", "Dec": "12"},
}
LONGEST: Final = 100
#: Characters of a plain day.
DAY: Final = 10
SECONDS: Final = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,9})?")
#: Hours from UTC of zones that mail programs name and the standard library does not know; none means two things.
ZONES: Final = {
    "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "MET": 1, "MEZ": 1, "CEST": 2, "MEST": 2, "MESZ": 2, "EET": 2,
    "EEST": 3, "MSK": 3, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "HST": -10,
}  # fmt: skip


def iso(value: object, zone: tzinfo) -> datetime:
    """ISO 8601 with its offset: GitHub, GitLab, Bugzilla, Discourse."""
    if not isinstance(value, str):
        raise ValueError(_("A time in the form 2026-02-28T12:00:00Z is wanted."))
    try:
        moment = datetime.fromisoformat(value[:LONGEST])
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        reason = _("“%(text)s” is no date of the calendar in the form 2026-02-28T12:00:00Z.")
        raise ValueError(reason % {"text": value[:40]}) from None


def told(value: object, zone: tzinfo | None) -> datetime:
    """ISO 8601 as programs write it for us. A plain day is one of UTC; without an offset, somebody has named a zone."""
    if isinstance(value, str) and len(value) == DAY:
        value = f"{value}T00:00:00Z"
    moment = iso(value, zone or UTC)
    if zone is None and isinstance(value, str) and datetime.fromisoformat(value[:LONGEST]).tzinfo is None:
        reason = _("“%(text)s” does not say its offset from UTC, as in +00:00. Tell the source its time zone.")
        raise ValueError(reason % {"text": value[:40]})
    return moment


def unix(value: object, _zone: tzinfo) -> datetime:
    """Seconds since 1970, as a number or as a text of digits: Phabricator, Stack Exchange, Slack."""
    try:
        if isinstance(value, str) and SECONDS.fullmatch(value):
            value = float(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    raise ValueError(_("“%(text)s” is no Unix time in seconds.") % {"text": _shown(value)})


def git(value: object, _zone: tzinfo) -> datetime:
    """As `git log` writes it unasked: "Thu Jun 11 22:12:09 2015 +0300". In that offset: there are very many of them."""
    try:
        _weekday, month, day, clock, year, offset = value.split()  # type: ignore[attr-defined]
        moment = datetime.fromisoformat(f"{year}-{MONTHS[month]}-{day:0>2}T{clock}{offset}")
        if moment.tzinfo and 1 < moment.year < 9999:  # whose moment in UTC is one of the calendar too
            return moment
    except (ValueError, KeyError, AttributeError):
        pass
    reason = _("“%(text)s” is no time as git writes it: Thu Jun 11 22:12:09 2015 +0300.")
    raise ValueError(reason % {"text": _shown(value)})


def mail(value: object, zone: tzinfo) -> datetime:
    """As mail has it (RFC 2822), with the zones by name that have been seen there; some programs write ISO 8601."""
    if isinstance(value, str):
        text = value[:LONGEST]
        with suppress(ValueError, TypeError, IndexError, OverflowError):
            moment = parsedate_to_datetime(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=_named(text, zone))).astimezone(UTC)
        with suppress(ValueError):
            return iso(text, zone)
    reason = _("“%(text)s” is no time as mail writes it: Mon, 17 Mar 2008 10:35:05 +0100.")
    raise ValueError(reason % {"text": _shown(value)})


def _named(text: str, zone: tzinfo) -> tzinfo:
    """The zone that a date names where the standard library sees none."""
    words = text.replace("(", " ").replace(")", " ").split()
    if "-0000" in words:  # UTC, from a program that does not tell where it is
        return UTC
    named = next((ZONES[word] for word in map(str.upper, words) if word in ZONES), None)
    return zone if named is None else timezone(timedelta(hours=named))


def _shown(value: object) -> str:
    """Enough of it to be found again."""
    return str(value)[:40] if isinstance(value, str | int | float) else "…"
