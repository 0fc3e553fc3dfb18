"""Days at every edge of the calendar, through a file and the whole path to a span, against the oracle and by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest

from metrics.models import Contribution, Import, Source
from metrics.recount import recount
from pathways.models import Level, Pathway
from teams.models import WeeklyCount
from tests import oracle
from tests.factories import PathwayFactory, PointFactory
from tests.metrics.acts import stored
from tests.metrics.files import deliver, file_of, source_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = timedelta(days=1)
#: The clock stands there.
TODAY = date(2026, 6, 17)


def told(source: Source, *written: str) -> list[date]:
    """A file with one act at each of these times, as written; the days they count on, in the order of the file."""
    delivery = deliver(source, file_of(*(f"{written.index(each)},Ann,,{each}" for each in written), header=HEADER))
    assert (delivery.state, delivery.new) == (Import.State.DONE, len(written))
    moments = {
        row.occurred_at: row.day
        for row in Contribution.objects.filter(imported=delivery, state=Contribution.State.COUNTED)
    }
    return [moments[moment] for each in written if (moment := datetime.fromisoformat(each).astimezone(UTC)) in moments]


HEADER = "id,name,email,date"


def runs(pathway: Pathway, level: Level) -> list[tuple[date, date]]:
    """The days on which the one person of the pathway holds a level."""
    recount(pathway.team_id)
    return sorted(row[4:6] for row in stored(pathway.team) if row[0] == pathway.pk and row[2:4] == (level, 4))


@pytest.mark.parametrize(
    ("written", "day"),
    [
        pytest.param("2024-03-31T00:30:00+01:00", date(2024, 3, 30), id="before clocks go forward in Berlin"),
        pytest.param("2024-03-31T03:30:00+02:00", date(2024, 3, 31), id="after clocks went forward in Berlin"),
        pytest.param("2024-10-27T00:30:00+02:00", date(2024, 10, 26), id="before clocks go back in Berlin"),
        pytest.param("2024-10-27T23:30:00+01:00", date(2024, 10, 27), id="a day of twenty-five hours"),
        pytest.param("2024-03-10T23:59:59-07:00", date(2024, 3, 11), id="a day of twenty-three hours in Denver"),
        pytest.param("2024-04-07T02:15:00+10:30", date(2024, 4, 6), id="half an hour of daylight on Lord Howe"),
        pytest.param("2024-02-29T12:00:00+00:00", date(2024, 2, 29), id="a leap day"),
        pytest.param("2024-03-01T13:59:59+14:00", date(2024, 2, 29), id="a leap day by fourteen hours"),
        pytest.param("2000-02-29T00:00:00+00:00", date(2000, 2, 29), id="a leap day of a century"),
        pytest.param("2023-12-31T23:59:59.999999+00:00", date(2023, 12, 31), id="the last microsecond of a year"),
        pytest.param("2024-01-01T00:00:00+00:00", date(2024, 1, 1), id="the first of the next"),
        pytest.param("2024-01-01T13:59:59.999999+14:00", date(2023, 12, 31), id="farthest east, still the old year"),
        pytest.param("2024-01-01T14:00:00+14:00", date(2024, 1, 1), id="farthest east, the new year"),
        pytest.param("2023-12-31T11:59:59.999999-12:00", date(2023, 12, 31), id="farthest west, still the old year"),
        pytest.param("2023-12-31T12:00:00-12:00", date(2024, 1, 1), id="farthest west, the new year"),
        pytest.param("2024-06-01T05:44:59+05:45", date(2024, 5, 31), id="an offset of three quarters"),
        pytest.param("1970-01-01T00:00:00+00:00", date(1970, 1, 1), id="the first day that counts"),
        pytest.param("1969-12-31T12:00:00-12:00", date(1970, 1, 1), id="the first day that counts, in the west"),
    ],
)
def test_an_act_counts_on_its_utc_day_wherever_it_was_written(written: str, day: date) -> None:
    pathway = PointFactory.create(level=Level.CASUAL, n=1, w=1).pathway
    assert told(source_for(pathway), written) == [day]
    assert runs(pathway, Level.CASUAL) == [(day, day + DAY)]
    sunday = day + (6 - day.weekday()) * DAY
    first = WeeklyCount.objects.filter(pathway_id=pathway.pk, population="volunteers").earliest("week")
    assert (first.week, first.new, first.casual_converted) == (sunday, 1, 1)


@pytest.mark.parametrize(
    "written",
    [
        "1970-01-01T13:59:59.999999+14:00",
        "1969-12-31T23:59:59.999999+00:00",
        "1912-06-23T12:00:00+00:00",
        "0001-01-02T00:00:00+00:00",
        "2026-06-19T00:00:00+00:00",
        "2026-06-18T12:00:00-12:00",
        "9999-12-30T00:00:00+00:00",
    ],
)
def test_what_was_before_1970_or_is_more_than_a_day_ahead_is_kept_and_holds_nothing(written: str) -> None:
    pathway = PointFactory.create(level=Level.CASUAL, n=1, w=3650).pathway
    assert told(source_for(pathway), written) == []
    assert Contribution.objects.filter(team=pathway.team).count() == 1
    assert runs(pathway, Level.CASUAL) == runs(pathway, Level.CONTRIBUTOR) == []
    assert not WeeklyCount.objects.exists()


def test_tomorrow_is_kept_but_no_week_counts_it_before_its_day() -> None:
    """Clocks of the world differ by a day; the week that ends today's does not know tomorrow."""
    pathway = PointFactory.create(level=Level.CASUAL, n=1, w=10).pathway
    assert told(source_for(pathway), "2026-06-17T12:00:00+00:00", "2026-06-18T23:59:59.999999+00:00") == [
        TODAY,
        TODAY + DAY,
    ]
    assert runs(pathway, Level.CASUAL) == [(TODAY, TODAY + 11 * DAY)]
    week = WeeklyCount.objects.get(pathway_id=pathway.pk, population="volunteers")
    assert (week.week, week.casual, week.casual_lapsed) == (date(2026, 6, 21), 1, 0)


EDGES = [
    date(1970, 1, 1),
    date(1999, 12, 31),
    date(2000, 1, 1),
    date(2000, 2, 28),
    date(2000, 2, 29),
    date(2000, 3, 1),
    date(2015, 12, 31),
    date(2016, 2, 29),
    date(2016, 12, 31),
    date(2023, 2, 28),
    date(2023, 3, 1),
    date(2024, 2, 29),
    date(2024, 3, 31),
    date(2024, 10, 27),
    date(2025, 12, 29),
    date(2026, 1, 1),
    TODAY,
    TODAY + DAY,
]


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param(oracle.Rule(1, 1, 1, 1, 1), id="one act, one day"),
        pytest.param(oracle.Rule(2, 2, 2, 1, 2), id="two days within two"),
        pytest.param(oracle.Rule(2, 2, 2, 2, 2), id="two months within two days"),
        pytest.param(oracle.Rule(2, 2, 2, 2, 29), id="two months, once around a February"),
        pytest.param(oracle.Rule(1, 1, 1, 1, 365), id="a year"),
        pytest.param(oracle.Rule(1, 1, 1, 1, 366), id="a leap year"),
        pytest.param(oracle.Rule(3, 3, 2, 2, 3650), id="ten years"),
        pytest.param(oracle.Rule(3, 10, 10, 9, 3650), id="nine months in ten years"),
    ],
)
def test_edges_of_the_calendar_against_the_oracle(rule: oracle.Rule) -> None:
    """The shortest window and the longest, over leap days, ends of years and ends of months of every length."""
    pathway = PointFactory.create(level=rule.level, n=rule.n, d=rule.d, m=rule.m, w=rule.w).pathway
    days = told(source_for(pathway), *(f"{day}T23:59:59.999999+00:00" for day in EDGES))
    assert days == EDGES
    acts = [oracle.Act(day) for day in EDGES]
    person = oracle.Person(acts)
    expected = oracle.runs(lambda day: oracle.holds(person, acts, rule, day), EDGES[0], EDGES[-1] + rule.w * DAY)
    assert runs(pathway, Level(rule.level)) == expected
    assert expected


def test_two_acts_in_one_microsecond_are_two_and_in_one_file_the_order_of_lines_is_no_matter() -> None:
    pathway = PathwayFactory.create()
    PointFactory.create(pathway=pathway, level=Level.ACTIVE, n=2, d=1, w=1)
    source = source_for(pathway)
    moment = "2024-02-29T23:59:59.999999+00:00"
    deliver(source, file_of(f"2,Ann,,{moment}", f"1,Ann,,{moment}", header=HEADER))
    assert runs(pathway, Level.ACTIVE) == [(date(2024, 2, 29), date(2024, 3, 1))]
