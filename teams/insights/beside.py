"""Teams side by side: the same facts of up to four, their levels on one scale, and their ways on one axis."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Case, Q, When
from django.utils.translation import gettext as _

from lifecycle import charts, clock
from teams import portfolio, wording
from teams.dashboard.band import BandChart, band_of, ways_of
from teams.models import Population, Team, User, WeeklyCount
from teams.models.team import TeamQuerySet
from teams.portfolio_rows import TeamRow

#: So many teams stand beside each other, and so many weeks are looked at: twelve months.
MOST, WEEKS = 4, 53
#: Names that the fields propose.
PROPOSED = 100


@dataclass(frozen=True)
class Choice:
    """What the address names in one place: the team, or what is wrong with the name."""

    text: str
    team: Team | None = None
    problem: str = ""


@dataclass(frozen=True)
class Levels:
    """One team's twelve months, and its last week's exclusive levels."""

    team: Team
    area: charts.Area
    active: int


@dataclass(frozen=True)
class MonthRow:
    """The last week of a month: for each team those who are casual, active and core, each in the highest level held."""

    week: date
    cells: Sequence[tuple[int, int, int]]


@dataclass(frozen=True)
class Beside:
    """The page, as far as the teams are known."""

    teams: Sequence[Team]
    rows: Sequence[TeamRow]
    levels: Sequence[Levels]
    months: Sequence[MonthRow]
    as_of: date
    population: str
    band: BandChart | None


def choices(named: TeamQuerySet, texts: Sequence[str]) -> list[Choice]:
    """What is meant by up to four names or addresses of teams. A query a name."""
    found: list[Choice] = []
    for text in [each.strip() for each in texts if each.strip()][:MOST]:
        choice = _choice(named, text)
        if choice.team is None or choice.team not in [each.team for each in found]:
            found.append(choice)
    return found


def _choice(named: TeamQuerySet, text: str) -> Choice:
    """An address or a name; a part of a name where only one team has it. A hidden team is as good as none."""
    if "\0" in text:
        return Choice("", problem=_("A name has no such characters."))  # nor has a text of the database
    is_exact = Q(slug=text.lower()) | Q(name__iexact=text)
    alike = named.exclude(state=Team.State.RETIRED).filter(is_exact | Q(name__icontains=text))
    found = list(alike.order_by(Case(When(is_exact, then=0), default=1), "name")[:2])
    if found and (len(found) == 1 or text.casefold() in (found[0].slug, found[0].name.casefold())):
        return Choice(found[0].name, found[0])
    if found:
        return Choice(text, problem=_("Several teams have this in their name. Write the whole name."))
    return Choice(text, problem=_("There is no such team among those that you may read."))


def proposed(named: TeamQuerySet) -> list[str]:
    """Names for the fields to propose. One query."""
    return list(named.exclude(state=Team.State.RETIRED).values_list("name", flat=True).order_by("name")[:PROPOSED])


def beside(reader: User, teams: Sequence[Team]) -> Beside | None:
    """The teams side by side, in the order asked for; None for nobody. A fixed number of queries."""
    if not teams:
        return None
    by_team = {row.team_id: row for row in portfolio.rows_among(reader, teams)}
    weeks, days = _weeks(teams)
    return Beside(
        teams=teams,
        rows=[by_team[team.pk] for team in teams],
        levels=_levels(teams, weeks, days),
        months=_months(teams, weeks, days),
        as_of=min(days[-1], clock.today()),
        population=str(Population.VOLUNTEERS.label),
        band=band_of(ways_of(teams)),
    )


Exclusive = dict[tuple[int, date], tuple[int, int, int]]


def _weeks(teams: Sequence[Team]) -> tuple[Exclusive, list[date]]:
    """(casual, active, core) of each team on the last day of each week, exclusive; and the weeks. One query."""
    last = clock.today() + timedelta(days=-clock.today().isoweekday() % 7)
    days = [last - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    rows = WeeklyCount.objects.filter(
        team__in=teams, pathway_id=0, population=Population.VOLUNTEERS, week__gte=days[0], week__lte=last
    )
    told = rows.values_list("team", "week", "casual", "active", "core")
    return {(team, week): (casual - active, active - core, core) for team, week, casual, active, core in told}, days


def _levels(teams: Sequence[Team], weeks: Exclusive, days: Sequence[date]) -> list[Levels]:
    nobody = (0, 0, 0)
    most = max((sum(levels) for levels in weeks.values()), default=0)
    drawn = []
    for team in teams:
        casual, active, core = zip(*(weeks.get((team.pk, day), nobody) for day in days), strict=True)
        layers = [("l3", core), ("l2", active), ("l1", casual)]
        area = charts.stacked_area(days, layers, wording.levels_on, most=most)
        if area and any((team.pk, day) in weeks for day in days):
            drawn.append(Levels(team, area, active[-1] + core[-1]))
    return drawn


def _months(teams: Sequence[Team], weeks: Exclusive, days: Sequence[date]) -> list[MonthRow]:
    last = {(day.year, day.month): day for day in days}
    return [MonthRow(day, [weeks.get((team.pk, day), (0, 0, 0)) for team in teams]) for day in last.values()]
