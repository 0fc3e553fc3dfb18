"""Moments as JSON sources write them."""

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.sources import times

BERLIN = ZoneInfo("Europe/Berlin")
Reader = Callable[[object, tzinfo], datetime]


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("read", "value", "moment"),
    [
        (times.iso, "2016-02-17T17:33:46Z", at(2016, 2, 17, 17, 33, 46)),
        (times.iso, "2017-03-18T09:59:01.073Z", at(2017, 3, 18, 9, 59, 1, 73_000)),
        (times.iso, "2021-03-30T16:09:00.000-04:00", at(2021, 3, 30, 20, 9)),
        (times.iso, "2016-07-01T12:00:00", at(2016, 7, 1, 10)),
        (times.iso, "2016-07-01", at(2016, 6, 30, 22)),
        (times.unix, 1462297064, at(2016, 5, 3, 17, 37, 44)),
        (times.unix, "1462297064", at(2016, 5, 3, 17, 37, 44)),
        (times.unix, "1427135890.000071", at(2015, 3, 23, 18, 38, 10, 71)),
        (times.unix, -1, at(1969, 12, 31, 23, 59, 59)),
        (times.git, "Thu Jun 11 22:12:09 2015 +0300", at(2015, 6, 11, 19, 12, 9)),
        (times.git, "Sat Jan 2 00:30:00 2016 +0545", at(2016, 1, 1, 18, 45)),
        (times.git, "Sat Jan 2 00:30:00 2016 -0930", at(2016, 1, 2, 10)),
        (times.mail, "Mon, 17 Mar 2008 10:35:05 +0100", at(2008, 3, 17, 9, 35, 5)),
        (times.mail, "17 Mar 2008 10:35:05 +0530 (IST)", at(2008, 3, 17, 5, 5, 5)),
        (times.mail, "Mon, 17 Mar 2008 10:35:05 GMT", at(2008, 3, 17, 10, 35, 5)),
        (times.mail, "Mon, 17 Mar 2008 10:35:05 -0000", at(2008, 3, 17, 10, 35, 5)),
        (times.mail, "Mon, 17 Mar 2008 10:35:05 EST", at(2008, 3, 17, 15, 35, 5)),
        (times.mail, "Mon, 17 Mar 2008 10:35:05 MEST", at(2008, 3, 17, 8, 35, 5)),
        (times.mail, "Mon, 17 Mar 2008 10:35:05", at(2008, 3, 17, 9, 35, 5)),
        (times.mail, "Mon, 17 Mar 08 10:35 +0100", at(2008, 3, 17, 9, 35)),
        (times.mail, "2008-03-17 10:35:05", at(2008, 3, 17, 9, 35, 5)),
    ],
)
def test_a_moment_is_read_into_utc_and_without_a_zone_in_the_one_that_was_named(
    read: Reader, value: object, moment: datetime
) -> None:
    found = read(value, BERLIN)
    assert found == moment
    assert read is times.git or found.tzinfo is UTC


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (times.iso, "2026-02-30T10:00:00Z"),
        (times.iso, "2026-02-28T10:00:00+25:00"),
        (times.iso, "0001-01-01T00:00:00+01:00"),
        (times.iso, "soon"),
        (times.iso, 1462297064),
        (times.unix, 10**400),
        (times.unix, float("inf")),
        (times.unix, float("nan")),
        (times.unix, "1_000"),
        (times.unix, "x" * 10_000_000),
        (times.unix, True),
        (times.git, "Mon Feb 30 10:00:00 2026 +0000"),
        (times.git, "Thu Jun 11 22:12:09 2015"),
        (times.git, "Mon Jan 1 00:00:00 0001 +0100"),
        (times.git, "Fri Dec 31 23:00:00 9999 -0200"),
        (times.git, "Thu Foo 11 22:12:09 2015 +0300"),
        (times.git, "Thu Jun 11 22:12:09 2015 +2500"),
        (times.git, None),
        (times.mail, "Mon, 31 Feb 2008 10:35:05 +0100"),
        (times.mail, "Mon, 17 Mar 2008 10:35:05 +2500"),
        (times.mail, "yesterday"),
        (times.mail, ["Mon, 17 Mar 2008 10:35:05 +0100"]),
    ],
)
def test_what_is_no_moment_has_a_reason(read: Reader, value: object) -> None:
    with pytest.raises(ValueError, match=r"is no|is wanted") as caught:
        read(value, UTC)
    assert type(caught.value) is ValueError


ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=50) | st.lists(st.text())


def outcome(read: Reader, value: object) -> tzinfo | type | None:
    try:
        return read(value, UTC).astimezone(UTC).tzinfo
    except ValueError as error:
        return type(error)


@given(ANYTHING)
def test_nothing_but_that_reason_escapes(value: object) -> None:
    for read in (times.iso, times.unix, times.git, times.mail):
        assert outcome(read, value) in {UTC, ValueError}


@given(st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1)), st.integers(-14 * 4, 14 * 4))
def test_what_git_and_mail_write_is_read_back(moment: datetime, quarters: int) -> None:
    sign, minutes = "-" if quarters < 0 else "+", abs(quarters) * 15
    offset = f"{sign}{minutes // 60:02}{minutes % 60:02}"
    wanted = datetime.fromisoformat(f"{moment:%Y-%m-%dT%H:%M:%S}{offset}")
    assert times.git(f"{moment:%a %b} {moment.day} {moment:%H:%M:%S %Y} {offset}", BERLIN) == wanted
    assert times.mail(f"{moment:%a, %d %b %Y %H:%M:%S} {offset}", BERLIN) == wanted
