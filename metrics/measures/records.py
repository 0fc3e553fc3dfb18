"""Measures of what people have recorded: memberships, pathways, funnels, roles, check-ins, sources."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import Q, QuerySet

from metrics.evidence import FRESH_DAYS, Evidence
from metrics.figure import Figure, earliest
from metrics.models import Source
from pathways.models import Affiliation, CommunityRole, ConversionPoint, FunnelLink, Iteration, Mentorship, Steward
from teams.models import CaseStudy, CheckIn, Membership, Role

Border = tuple[date | None, date | None]


def holds_until(today: date, borders: Iterable[Border]) -> date | None:
    """The last day before the next beginning or end among some `[from, until)`: so long a count of them holds."""
    days = [day for border in borders for day in border if day is not None and day > today]
    return min(days) - timedelta(days=1) if days else None


def running(today: date) -> Q:
    """Begun and not ended: the days `[from_on, until_on)`."""
    return Q(from_on__lte=today) & (Q(until_on__isnull=True) | Q(until_on__gt=today))


def count(evidence: Evidence, number: int, borders: Iterable[Border] = (), **detail: object) -> Figure:
    """A number of records as they stand today."""
    return Figure(
        value=Decimal(number),
        as_of=evidence.today,
        valid_until=holds_until(evidence.today, borders),
        detail=dict(detail),
    )


def _members(evidence: Evidence, role: Role) -> Figure:
    accepted = Membership.objects.filter(team=evidence.team, role=role)
    current = accepted.current(evidence.today).values("user").distinct()
    return count(evidence, current.count(), accepted.values_list("starts_on", "ends_on"))


def activators_appointed(evidence: Evidence, window: int) -> Figure:
    """People with a current, accepted activator membership."""
    return _members(evidence, Role.ACTIVATOR)


def partners_agreed(evidence: Evidence, window: int) -> Figure:
    """People with a current, accepted CBT partner membership."""
    return _members(evidence, Role.PARTNER)


def pathways_documented(evidence: Evidence, window: int) -> Figure:
    """Pathways open today that have a documentation link and a steward today."""
    stewards = Steward.objects.filter(pathway__team=evidence.team)
    looked_after = set(stewards.filter(running(evidence.today)).values_list("pathway_id", flat=True))
    documented = [one for one in evidence.pathways if one.documentation_url and one.pk in looked_after]
    borders = [*_openings(evidence), *stewards.values_list("from_on", "until_on")]
    return count(evidence, len(documented), borders, pathways=[one.name for one in documented])


def _openings(evidence: Evidence) -> list[Border]:
    return list(evidence.team.pathways.values_list("opened_on", "closed_on"))


def funnels_connected(evidence: Evidence, window: int) -> Figure:
    """Links from pathways open today to major funnels."""
    links = FunnelLink.objects.filter(pathway__in=evidence.pathways, funnel__is_major=True)
    made = links.filter(connected_on__lte=evidence.today).select_related("funnel", "pathway")
    borders: list[Border] = [*_openings(evidence), *((link.connected_on, None) for link in links)]
    return count(evidence, len(made), borders, links=[f"{link.pathway}: {link.funnel}" for link in made])


def pathway_iterations(evidence: Evidence, window: int) -> Figure:
    """Recorded iterations of the team's pathways, up to today."""
    recorded = Iteration.objects.filter(pathway__team=evidence.team)
    borders: list[Border] = [(day, None) for day in recorded.values_list("on", flat=True)]
    return count(evidence, recorded.filter(on__lte=evidence.today).count(), borders)


def level_points_defined(evidence: Evidence, window: int) -> Figure:
    """Levels, of three, that have a conversion point in a pathway open today."""
    points = ConversionPoint.objects.filter(pathway__in=evidence.pathways)
    levels = sorted(set(points.values_list("level", flat=True)))
    return count(evidence, len(levels), _openings(evidence), levels=levels)


def sources_connected(evidence: Evidence, window: int) -> Figure:
    """Enabled sources complete to a day within the window (30 days): an old file imported today is not fresh."""
    days = window or FRESH_DAYS
    first = evidence.today - timedelta(days=days - 1)
    fresh = [source for source in evidence.sources if source.complete_to and source.complete_to >= first]
    stale = [source for source in evidence.sources if source not in fresh]
    return Figure(
        value=Decimal(len(fresh)),
        as_of=evidence.today,
        valid_until=earliest(_fresh_until(source, days) for source in fresh),
        detail={"fresh": [source.name for source in fresh], "stale": [source.name for source in stale]},
    )


def _fresh_until(source: Source, days: int) -> date | None:
    return source.complete_to + timedelta(days=days - 1) if source.complete_to else None


def _roles(evidence: Evidence, role: CommunityRole.Role) -> QuerySet[CommunityRole]:
    """Confirmed ones, of people who are no bots and do not work with the team."""
    return CommunityRole.objects.filter(
        team=evidence.team, role=role, confirmed_by__isnull=False, contributor__is_bot=False
    ).exclude(contributor__in=evidence.left_out_ids)


def leading(evidence: Evidence, window: int) -> list[int]:
    """Volunteers who hold a confirmed leader role today: neither by affiliation nor by any e-mail are they staff."""
    holders = _roles(evidence, CommunityRole.Role.LEADER).filter(running(evidence.today))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.id FROM pathways_contributor c
             WHERE c.id = ANY(%s) AND NOT metrics_is_staff(c.id, '', %s) AND NOT EXISTS (
                SELECT FROM pathways_identity i
                 WHERE i.contributor_id = c.id AND metrics_is_staff(c.id, i.email, %s))
             ORDER BY c.id
            """,
            [list(holders.values_list("contributor_id", flat=True)), evidence.today, evidence.today],
        )
        return [pk for (pk,) in cursor.fetchall()]


def leaders(evidence: Evidence, window: int) -> Figure:
    """Volunteers in confirmed leader roles."""
    roles = _roles(evidence, CommunityRole.Role.LEADER)
    affiliations = Affiliation.objects.filter(contributor__in=roles.values("contributor"))
    borders = [*roles.values_list("from_on", "until_on"), *affiliations.values_list("from_on", "until_on")]
    return count(evidence, len(leading(evidence, window)), borders)


def mentoring(evidence: Evidence, window: int) -> list[int]:
    """People with a confirmed mentor role and a mentee, both today."""
    roles = _roles(evidence, CommunityRole.Role.MENTOR).filter(running(evidence.today))
    with_mentee = Mentorship.objects.filter(running(evidence.today), role__in=roles)
    return sorted(set(with_mentee.values_list("role__contributor_id", flat=True)))


def mentors(evidence: Evidence, window: int) -> Figure:
    """Mentors with a mentee."""
    roles = _roles(evidence, CommunityRole.Role.MENTOR)
    mentorships = Mentorship.objects.filter(role__in=roles)
    borders = [*roles.values_list("from_on", "until_on"), *mentorships.values_list("from_on", "until_on")]
    return count(evidence, len(mentoring(evidence, window)), borders)


def check_ins_90d(evidence: Evidence, window: int) -> Figure:
    """Check-ins held on the days of the window (90) that ends today."""
    days = timedelta(days=(window or 90) - 1)
    held = CheckIn.objects.filter(team=evidence.team, held_on__gte=evidence.today - days)
    kept = list(held.filter(held_on__lte=evidence.today).values_list("held_on", flat=True))
    return Figure(
        value=Decimal(len(kept)),
        as_of=evidence.today,
        valid_until=earliest(
            [min(kept) + days if kept else None, holds_until(evidence.today, held.values_list("held_on", "held_on"))]
        ),
        detail={"window_days": days.days + 1},
    )


def case_studies_published(evidence: Evidence, window: int) -> Figure:
    """Case studies of the team that are published and not withdrawn, today."""
    recorded = CaseStudy.objects.filter(team=evidence.team)
    standing = recorded.filter(published_on__lte=evidence.today).filter(
        Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gt=evidence.today)
    )
    borders = recorded.values_list("published_on", "withdrawn_on")
    listed = [f"{each.title} ({each.url})" for each in standing]
    return count(evidence, len(listed), borders, case_studies=listed)
