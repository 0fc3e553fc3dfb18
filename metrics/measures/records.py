"""Measures of what people have recorded: memberships, pathways, funnels, check-ins, sources, case studies."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal

from metrics.evidence import FRESH_DAYS, Evidence, by_team, team_ids, together
from metrics.figure import Figure, earliest
from metrics.models import Source
from pathways.models import ConversionPoint, FunnelLink, Iteration, Steward
from teams.models import CaseStudy, CheckIn, Membership, Role

Border = tuple[date | None, date | None]


def holds_until(today: date, borders: Iterable[Border]) -> date | None:
    """The last day before the next beginning or end among some `[from, until)`: so long a count of them holds."""
    days = [day for border in borders for day in border if day is not None and day > today]
    return min(days) - timedelta(days=1) if days else None


def runs(border: Border, today: date) -> bool:
    """Begun and not ended: the days `[from, until)`."""
    since, until = border
    return since is not None and since <= today and (until is None or until > today)


def count(evidence: Evidence, number: int, borders: Iterable[Border] = (), **detail: object) -> Figure:
    """A number of records as they stand today."""
    return Figure(
        value=Decimal(number),
        as_of=evidence.today,
        valid_until=holds_until(evidence.today, borders),
        detail=dict(detail),
    )


@together
def _memberships(batch: Sequence[Evidence]) -> dict[int, list[tuple[str, date, date | None]]]:
    rows = Membership.objects.filter(team__in=team_ids(batch), role__in=[Role.ACTIVATOR, Role.PARTNER])
    return by_team(batch, rows.values_list("team_id", "role", "starts_on", "ends_on"))


def _members(evidence: Evidence, role: Role) -> Figure:
    borders = [(since, until) for of, since, until in _memberships(evidence) if of == role]
    return count(evidence, len(evidence.working[role]), borders)


def activators_appointed(evidence: Evidence, window: int) -> Figure:
    """People with a current, accepted activator membership."""
    return _members(evidence, Role.ACTIVATOR)


def partners_agreed(evidence: Evidence, window: int) -> Figure:
    """People with a current, accepted CBT partner membership."""
    return _members(evidence, Role.PARTNER)


@together
def _stewards(batch: Sequence[Evidence]) -> dict[int, list[tuple[int, date, date | None]]]:
    rows = Steward.objects.filter(pathway__team__in=team_ids(batch))
    return by_team(batch, rows.values_list("pathway__team_id", "pathway_id", "from_on", "until_on"))


def pathways_documented(evidence: Evidence, window: int) -> Figure:
    """Pathways open today that have a documentation link and a steward today."""
    stewards = _stewards(evidence)
    looked_after = {pathway for pathway, since, until in stewards if runs((since, until), evidence.today)}
    documented = [one for one in evidence.pathways if one.documentation_url and one.pk in looked_after]
    borders = [*_openings(evidence), *((since, until) for _pathway, since, until in stewards)]
    return count(evidence, len(documented), borders, pathways=[one.name for one in documented])


def _openings(evidence: Evidence) -> list[Border]:
    return [(pathway.opened_on, pathway.closed_on) for pathway in evidence.every_pathway]


@together
def _major_links(batch: Sequence[Evidence]) -> dict[int, list[FunnelLink]]:
    rows = FunnelLink.objects.filter(pathway__team__in=team_ids(batch), funnel__is_major=True)
    return by_team(batch, ((link.pathway.team_id, link) for link in rows.select_related("funnel", "pathway")))


def funnels_connected(evidence: Evidence, window: int) -> Figure:
    """Links from pathways open today to major funnels."""
    links = [link for link in _major_links(evidence) if link.pathway in evidence.pathways]
    made = [link for link in links if link.connected_on <= evidence.today]
    borders: list[Border] = [*_openings(evidence), *((link.connected_on, None) for link in links)]
    return count(evidence, len(made), borders, links=[f"{link.pathway}: {link.funnel}" for link in made])


@together
def _iterations(batch: Sequence[Evidence]) -> dict[int, list[date]]:
    rows = Iteration.objects.filter(pathway__team__in=team_ids(batch))
    return by_team(batch, rows.values_list("pathway__team_id", "on"))


def pathway_iterations(evidence: Evidence, window: int) -> Figure:
    """Recorded iterations of the team's pathways, up to today."""
    days = _iterations(evidence)
    return count(evidence, sum(day <= evidence.today for day in days), [(day, None) for day in days])


@together
def _points(batch: Sequence[Evidence]) -> dict[int, list[tuple[int, int]]]:
    rows = ConversionPoint.objects.filter(pathway__team__in=team_ids(batch)).order_by()
    return by_team(batch, rows.values_list("pathway__team_id", "pathway_id", "level").distinct())


def level_points_defined(evidence: Evidence, window: int) -> Figure:
    """Levels, of three, that have a conversion point in a pathway open today."""
    is_open = {pathway.pk for pathway in evidence.pathways}
    levels = sorted({level for pathway, level in _points(evidence) if pathway in is_open})
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


@together
def _check_ins(batch: Sequence[Evidence], days: int) -> dict[int, list[date]]:
    first = batch[0].today - timedelta(days=days - 1)
    rows = CheckIn.objects.filter(team__in=team_ids(batch), held_on__gte=first).order_by()
    return by_team(batch, rows.values_list("team_id", "held_on"))


def check_ins_90d(evidence: Evidence, window: int) -> Figure:
    """Check-ins held on the days of the window (90) that ends today."""
    days = window or 90
    held = _check_ins(evidence, days)
    kept = [day for day in held if day <= evidence.today]
    leaves = min(kept) + timedelta(days=days - 1) if kept else None
    return Figure(
        value=Decimal(len(kept)),
        as_of=evidence.today,
        valid_until=earliest([leaves, holds_until(evidence.today, [(day, day) for day in held])]),
        detail={"window_days": days},
    )


@together
def _case_studies(batch: Sequence[Evidence]) -> dict[int, list[CaseStudy]]:
    rows = CaseStudy.objects.filter(team__in=team_ids(batch))
    return by_team(batch, ((each.team_id, each) for each in rows))


def case_studies_published(evidence: Evidence, window: int) -> Figure:
    """Case studies of the team that are published and not withdrawn, today."""
    recorded = [(each, (each.published_on, each.withdrawn_on)) for each in _case_studies(evidence)]
    listed = [_told(each) for each, border in recorded if runs(border, evidence.today)]
    return count(evidence, len(listed), [border for _each, border in recorded], case_studies=listed)


def _told(case_study: CaseStudy) -> str:
    """By its title, and by where it stands if that is elsewhere."""
    return f"{case_study.title} ({case_study.url})" if case_study.url else case_study.title
