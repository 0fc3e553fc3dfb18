"""Measures of what contributors did: stocks of people, retention, and on how few the work rests."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.utils.translation import ngettext

from metrics.acts import COUNTS, PATHWAYS
from metrics.evidence import Evidence, alike, by_team, team_ids, together
from metrics.figure import Figure, nothing, quotient
from metrics.measures.work import work
from metrics.models import Span
from metrics.populations import VOLUNTEERS
from pathways.models import Affiliation, Level
from teams.models import Population

#: One year, the window of retention and of the absence factor unless a criterion names another.
YEAR = 365


def of_people(evidence: Evidence, value: Decimal, people: Collection[int], **detail: object) -> Figure:
    """A number that rests on contributions; good while the data is fresh."""
    return Figure(
        value=value,
        as_of=evidence.as_of,
        valid_until=evidence.fresh_until,
        detail={
            "population": Population.VOLUNTEERS.value,
            "unclassified": unclassified(evidence, people),
            "left_out": [{"name": person.name, "role": person.role} for person in evidence.left_out],
            **detail,
        },
    )


def unclassified(evidence: Evidence, people: Collection[int]) -> int:
    """How many of the people nobody has called a volunteer: they are counted with the volunteers, and shown."""
    return len(set(people) - _called(evidence))


@together
def _called(batch: Sequence[Evidence]) -> dict[int, set[int]]:
    """Whom somebody has called a volunteer, of everybody who ever took part in one of the teams."""
    ever = Span.objects.filter(team_id__in=team_ids(batch), pathway_id=0, level=Level.CONTRIBUTOR)
    called = Affiliation.objects.filter(kind="volunteer", contributor__in=ever.values("contributor_id")).order_by()
    found = set(called.values_list("contributor_id", flat=True))
    return alike(batch, found)


@together
def _standing(batch: Sequence[Evidence], population: int, days_ago: int) -> dict[int, list[tuple[int, int, int]]]:
    """(contributor, pathway, level) of every run at the active level or above on the as-of day, or days before it.

    In the team as a whole (0), and in each open pathway that is a prototype.
    """
    prototypes = [pathway.pk for evidence in batch for pathway in evidence.pathways if pathway.is_prototype]
    teams: dict[date, list[int]] = {}
    for evidence in batch:
        teams.setdefault(evidence.as_of - timedelta(days=days_ago), []).append(evidence.team.pk)
    first, *rest = (
        Span.objects.of(of_day, population, among=[0, *prototypes])
        .on(day)
        .at_least(Level.ACTIVE)
        .values_list("team_id", "contributor_id", "pathway_id", "level")
        for day, of_day in teams.items()
    )
    return by_team(batch, first.union(*rest, all=True) if rest else first)


def _holders(evidence: Evidence, level: Level, population: int, days_ago: int = 0) -> list[int]:
    standing = _standing(evidence, population, days_ago)
    held = {person for person, pathway, reached in standing if not pathway and reached >= level}
    return sorted(held - evidence.left_out_ids)


def active(evidence: Evidence, window: int, population: int = VOLUNTEERS) -> list[int]:
    """Volunteers at the active level or above on the as-of day."""
    return _holders(evidence, Level.ACTIVE, population)


def core(evidence: Evidence, window: int, population: int = VOLUNTEERS) -> list[int]:
    """Volunteers at the core level on the as-of day."""
    return _holders(evidence, Level.CORE, population)


def active_contributors(evidence: Evidence, window: int) -> Figure:
    """How many are active or above."""
    return _stock(evidence, active(evidence, window))


def core_contributors(evidence: Evidence, window: int) -> Figure:
    """How many are core."""
    return _stock(evidence, core(evidence, window))


def in_prototypes(evidence: Evidence, window: int, population: int = VOLUNTEERS) -> list[int]:
    """Volunteers at the active level or above in a prototype pathway that is open."""
    return sorted(
        {one for one, pathway, _held in _standing(evidence, population, 0) if pathway} - evidence.left_out_ids
    )


def prototype_contributors(evidence: Evidence, window: int) -> Figure:
    """How many are active in prototype pathways."""
    return _stock(evidence, in_prototypes(evidence, window))


def _stock(evidence: Evidence, people: list[int]) -> Figure:
    if reason := evidence.missing_data:
        return nothing(reason, evidence.as_of)
    return of_people(evidence, Decimal(len(people)), people)


def core_kept(evidence: Evidence, window: int, population: int = VOLUNTEERS) -> list[int]:
    """Those who were core a window (365 days) before the as-of day and are core on it."""
    before = _holders(evidence, Level.CORE, population, window or YEAR)
    return sorted({*before} & {*core(evidence, window, population)})


def core_retention(evidence: Evidence, window: int) -> Figure:
    """Of the people who were core a window (365 days) ago, the share who are core on the as-of day."""
    if reason := evidence.missing_data:
        return nothing(reason, evidence.as_of)
    before = _holders(evidence, Level.CORE, VOLUNTEERS, window or YEAR)
    if not before:
        return nothing(_nobody_core(window or YEAR), evidence.as_of)
    kept = core_kept(evidence, window)
    return of_people(
        evidence,
        quotient(len(kept), len(before)),
        kept,
        before=len(before),
        kept=len(kept),
        window_days=window or YEAR,
    )


def _nobody_core(days: int) -> str:
    return ngettext("Nobody was core %(n)d day ago.", "Nobody was core %(n)d days ago.", days) % {"n": days}


def _no_contributions(days: int) -> str:
    return ngettext("No contributions in %(n)d day.", "No contributions in %(n)d days.", days) % {"n": days}


# Who ever took part is told by the spans, so that each person's acts are found by their days: a long history costs no
# more than a short one.
SHARES = f"""
WITH {PATHWAYS}, asked AS (
    SELECT * FROM unnest(%(teams)s::int[], %(last)s::date[]) AS one (team_id, last)
)
SELECT asked.team_id, person.contributor_id, sum(made.number)::int
  FROM asked JOIN pathway USING (team_id)
  JOIN metrics_span person ON person.team_id = pathway.team_id AND person.pathway_id = pathway.id AND person.level = 0
       AND person.team_id = ANY(%(teams)s)  -- known before the join, in whichever order that is planned
       AND person.population & {VOLUNTEERS} > 0 AND person.from_on <= asked.last
 CROSS JOIN LATERAL (
    SELECT count(*) AS number FROM metrics_contribution c
     WHERE c.team_id = pathway.team_id AND c.pathway_id = pathway.id AND c.contributor_id = person.contributor_id
       AND c.day BETWEEN asked.last - %(days)s + 1 AND asked.last AND c.state = 0 AND {COUNTS}
    OFFSET 0
 ) AS made
 WHERE made.number > 0
 GROUP BY asked.team_id, person.contributor_id ORDER BY sum(made.number) DESC, person.contributor_id
"""


@together
def _made(batch: Sequence[Evidence], days: int) -> dict[int, list[tuple[int, int]]]:
    last = [evidence.as_of for evidence in batch]
    with connection.cursor() as cursor:
        cursor.execute(SHARES, {"teams": team_ids(batch), "last": last, "days": days, "sources": None})
        return by_team(batch, cursor.fetchall())


def shares(evidence: Evidence, window: int) -> list[tuple[int, int]]:
    """(contributor, contributions) of volunteers in the window (365 days) that ends on the as-of day, most first."""
    return [row for row in _made(evidence, window or YEAR) if row[0] not in evidence.left_out_ids]


def carrying(evidence: Evidence, window: int) -> list[int]:
    """The smallest number of people who together made half of the contributions."""
    return _half(shares(evidence, window))


def _half(rows: list[tuple[int, int]]) -> list[int]:
    total = sum(number for _, number in rows)
    found: list[int] = []
    made = 0
    for contributor, number in rows:
        if 2 * made >= total:
            break
        found.append(contributor)
        made += number
    return found


def absence_factor(evidence: Evidence, window: int) -> Figure:
    """How many people make half of the contributions: on so few the work rests."""
    if reason := evidence.missing_data:
        return nothing(reason, evidence.as_of)
    rows = shares(evidence, window)
    people = _half(rows)
    if not people:
        return nothing(_no_contributions(window or YEAR), evidence.as_of)
    told = {"contributors": len(rows), "contributions": sum(number for _, number in rows), "most": rows[0][1]}
    return of_people(evidence, Decimal(len(people)), people, **told, window_days=window or YEAR, work=work(evidence))
