"""When a team entered the stages whose gates ask for growth, and who was active by the sources that had data before."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from django.db import connection

from lifecycle.measures import Measure
from metrics import spans
from metrics.evidence import Evidence, by_team, team_ids, together
from metrics.models import Source, Span
from metrics.populations import VOLUNTEERS
from pathways.models import Level
from teams.models import Promotion

#: Weeks of growth from which a threshold for the jump is proposed.
HALF_YEAR = 26


class Decision(NamedTuple):
    """What was decided on a team's stage."""

    kind: str
    from_stage: int | None
    to_stage: int
    on: date


def _stages_of(evidence: Evidence, measure: Measure) -> set[int]:
    """The stages whose gate asks for the measure."""
    return {stage for asked, _days, stage in evidence.criteria if asked == measure}


@together
def _decided(batch: Sequence[Evidence]) -> dict[int, list[Decision]]:
    """The latest first."""
    rows = Promotion.objects.filter(team__in=team_ids(batch)).order_by("-seq")
    told = rows.values_list("team_id", "kind", "from_stage_id", "to_stage_id", "effective_on")
    return by_team(batch, told, Decision)


def entered_on(evidence: Evidence, measure: Measure) -> date | None:
    """The day the team last entered the stage that asks for the measure; None if it never has."""
    stages = _stages_of(evidence, measure)
    if evidence.team.stage_id in stages:
        return evidence.team.entered_on
    ways = (Promotion.Kind.ENTERED, Promotion.Kind.PROMOTED)
    entries = (one.on for one in _decided(evidence) if one.to_stage in stages and one.kind in ways)
    return next(entries, None)


class HalfYear(NamedTuple):
    """The last one in a stage: its first day, the day on which the stage was left, and whether all of it was there."""

    since: date
    until: date
    whole: bool


def half_year(evidence: Evidence) -> HalfYear | None:
    """The last half year of the growing stage (Scaling), if the team has left it."""
    growing = _stages_of(evidence, Measure.ACTIVE_GROWTH)
    decided = _decided(evidence)
    found = (
        place for place, one in enumerate(decided) if one.kind == Promotion.Kind.PROMOTED and one.from_stage in growing
    )
    left = next(found, None)
    if left is None:
        return None
    until = decided[left].on
    since = until - timedelta(weeks=HALF_YEAR)
    before = decided[left + 1 :]
    moved = (one.on for one in before if one.to_stage in growing and one.kind != Promotion.Kind.DECLINED)
    entered = next(moved, None)
    return HalfYear(since, until, whole=entered is not None and entered <= since)


# The first act that answers is enough: no history is read to its end.
BEGUN = """
SELECT s.team_id, asked.day, s.id
  FROM unnest(%(teams)s::int[], %(days)s::date[]) AS asked (team_id, day)
  JOIN metrics_source s ON s.team_id = asked.team_id AND s.enabled
 WHERE COALESCE(s.starts_on < asked.day, EXISTS (
       SELECT FROM metrics_contribution c
        WHERE c.team_id = s.team_id AND c.pathway_id = s.pathway_id AND c.state < 2 AND c.day < asked.day
          AND c.import_id = ANY(ARRAY(SELECT i.id FROM metrics_import i WHERE i.source_id = s.id))))
"""


class Held(NamedTuple):
    """A run of days `[first, until)` at the active level or above, for the populations of the bits."""

    who: int
    population: int
    first: date
    until: date


def _days(evidence: Evidence) -> set[date]:
    """Those from before which data is wanted."""
    half = half_year(evidence)
    entries = [entered_on(evidence, measure) for measure in (Measure.ACTIVE_GROWTH, Measure.CONTRIBUTION_JUMP)]
    return {day for day in (*entries, half.since if half else None) if day}


def begun(asked: Sequence[tuple[int, date]]) -> list[tuple[int, date, int]]:
    """Of teams and days, by the ids of teams, the enabled sources whose data begins before the day, by theirs.

    It begins as declared, or by an act that is not quarantined.
    """
    if not asked:
        return []
    with connection.cursor() as cursor:
        cursor.execute(BEGUN, {"teams": [team_id for team_id, _day in asked], "days": [day for _team, day in asked]})
        found: list[tuple[int, date, int]] = cursor.fetchall()
    return found


@together
def _begun(batch: Sequence[Evidence]) -> dict[int, list[tuple[date, int]]]:
    return by_team(batch, begun([(evidence.team.pk, day) for evidence in batch for day in sorted(_days(evidence))]))


def begun_before(evidence: Evidence, day: date) -> list[Source]:
    """The enabled sources whose data begins before a day, one of those since which the team's growth is counted."""
    begun = {source for of_day, source in _begun(evidence) if of_day == day}
    return [source for source in evidence.sources if source.pk in begun]


@together
def _stored(batch: Sequence[Evidence]) -> dict[int, list[Held]]:
    """Every stored run at the active level or above, of the teams whose growth is counted."""
    teams = [evidence.team.pk for evidence in batch if _days(evidence)]
    stored = Span.objects.filter(team_id__in=teams, pathway_id=0).at_least(Level.ACTIVE)
    rows = stored.values_list("team_id", "contributor_id", "population", "from_on", "until_on")
    return by_team(batch, rows, Held)


@together
def _derived(batch: Sequence[Evidence], day: date) -> dict[int, list[Held]]:
    """The same from the sources alone that began before a day, of the teams that have others as well."""
    begun = {one.team.pk: begun_before(one, day) for one in batch if day in _days(one)}
    some = {one.team.pk: begun[one.team.pk] for one in batch if 0 < len(begun.get(one.team.pk, [])) < len(one.sources)}
    sources = sorted(source.pk for chosen in some.values() for source in chosen)
    derived = spans.derive(sorted(some), sources=sources) if some else []
    return by_team(
        batch,
        (
            (row.team_id, Held(row.contributor_id, row.population, row.from_on, row.until_on))
            for row in derived
            if row.pathway_id == 0 and row.level >= Level.ACTIVE
        ),
    )


def held_since(evidence: Evidence, entry: date, population: int = VOLUNTEERS) -> list[Held]:
    """Every run at the active level or above, by the sources alone that began before the entry.

    The stored spans answer when these are all of the sources; else spans are derived for the question.
    """
    begun = begun_before(evidence, entry)
    held = _stored(evidence) if len(begun) == len(evidence.sources) else _derived(evidence, entry)
    return [row for row in held if row.population & population and row.who not in evidence.left_out_ids]


def active_on(evidence: Evidence, day: date, entry: date, population: int = VOLUNTEERS) -> list[int]:
    """Ids of those at the active level or above on a day, by the sources alone that began before the entry."""
    return sorted({row.who for row in held_since(evidence, entry, population) if row.first <= day < row.until})
