"""Measures of what contributors did: stocks of people, retention, and on how few the work rests."""

from collections.abc import Collection
from datetime import timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import Q
from django.utils.translation import ngettext

from metrics import counts
from metrics.acts import COUNTS, PATHWAYS
from metrics.evidence import Evidence
from metrics.figure import Figure, nothing, quotient
from metrics.models import Span
from metrics.populations import VOLUNTEERS
from pathways.models import Contributor, Level
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
            "unclassified": unclassified(people),
            "left_out": [{"name": person.name, "role": person.role} for person in evidence.left_out],
            **detail,
        },
    )


def unclassified(people: Collection[int]) -> int:
    """How many of the people nobody has called a volunteer: they are counted with the volunteers, and shown."""
    called = Q(affiliations__kind="volunteer")
    return Contributor.objects.filter(pk__in=people).exclude(called).count()


def _holders(evidence: Evidence, level: Level, population: int, days_ago: int = 0) -> list[int]:
    day = evidence.as_of - timedelta(days=days_ago)
    found = counts.holders(evidence.team, on=day, level=level, population=population, leaving_out=evidence.left_out_ids)
    return sorted(found)


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
    prototypes = [pathway.pk for pathway in evidence.pathways if pathway.is_prototype]
    spans = Span.objects.of(evidence.team, population, among=prototypes).on(evidence.as_of).at_least(Level.ACTIVE)
    found = spans.exclude(contributor_id__in=evidence.left_out_ids)
    return sorted(set(found.values_list("contributor_id", flat=True)))


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
WITH {PATHWAYS}
SELECT person.contributor_id, sum(made.number)::int
  FROM pathway
  JOIN metrics_span person ON person.team_id = pathway.team_id AND person.pathway_id = pathway.id AND person.level = 0
       AND person.population & {VOLUNTEERS} > 0 AND person.from_on <= %(last)s
 CROSS JOIN LATERAL (
    SELECT count(*) AS number FROM metrics_contribution c
     WHERE c.team_id = pathway.team_id AND c.pathway_id = pathway.id AND c.contributor_id = person.contributor_id
       AND c.day BETWEEN %(first)s AND %(last)s AND c.state = 0 AND {COUNTS}
    OFFSET 0
 ) AS made
 WHERE made.number > 0 AND person.contributor_id <> ALL(%(left_out)s)
 GROUP BY person.contributor_id ORDER BY sum(made.number) DESC, person.contributor_id
"""


def shares(evidence: Evidence, window: int) -> list[tuple[int, int]]:
    """(contributor, contributions) of volunteers in the window (365 days) that ends on the as-of day, most first."""
    with connection.cursor() as cursor:
        cursor.execute(
            SHARES,
            {
                "team": evidence.team.pk,
                "sources": None,
                "first": evidence.as_of - timedelta(days=(window or YEAR) - 1),
                "last": evidence.as_of,
                "left_out": sorted(evidence.left_out_ids),
            },
        )
        return list(cursor.fetchall())


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
    total = sum(number for _, number in rows)
    return of_people(evidence, Decimal(len(people)), people, contributions=total, window_days=window or YEAR)
