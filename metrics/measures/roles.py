"""Measures of the roles that people hold in a team's community: leaders and mentors."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from django.db import connection

from metrics.evidence import Evidence, alike, by_team, team_ids, together
from metrics.figure import Figure
from metrics.measures.records import Border, count, runs
from pathways.models import Affiliation, CommunityRole, Mentorship


class Given(NamedTuple):
    """A role in the team's community."""

    pk: int
    role: str
    who: int
    since: date
    until: date | None


@together
def _given(batch: Sequence[Evidence]) -> dict[int, list[Given]]:
    """Confirmed ones, of people who are no bots."""
    kinds = [CommunityRole.Role.LEADER, CommunityRole.Role.MENTOR]
    rows = CommunityRole.objects.filter(
        team__in=team_ids(batch), role__in=kinds, confirmed_by__isnull=False, contributor__is_bot=False
    )
    told = rows.values_list("team_id", "pk", "role", "contributor_id", "from_on", "until_on")
    return by_team(batch, told, Given)


def _roles(evidence: Evidence, role: CommunityRole.Role) -> list[Given]:
    """Confirmed ones, of people who are no bots and do not work with the team."""
    return [one for one in _given(evidence) if one.role == role and one.who not in evidence.left_out_ids]


LEADING = """
SELECT c.id FROM pathways_contributor c
 WHERE c.id = ANY(%(people)s) AND NOT metrics_is_staff(c.id, '', %(today)s) AND NOT EXISTS (
    SELECT FROM pathways_identity i WHERE i.contributor_id = c.id AND metrics_is_staff(c.id, i.email, %(today)s))
"""


def _leader_ids(batch: Sequence[Evidence]) -> list[int]:
    return sorted({one.who for evidence in batch for one in _roles(evidence, CommunityRole.Role.LEADER)})


@together
def _volunteering(batch: Sequence[Evidence]) -> dict[int, set[int]]:
    """Of all teams' leaders, who today is staff neither by affiliation nor by any e-mail."""
    people = _leader_ids(batch)
    found = set()
    if people:
        with connection.cursor() as cursor:
            cursor.execute(LEADING, {"people": people, "today": batch[0].today})
            found = {pk for (pk,) in cursor.fetchall()}
    return alike(batch, found)


def leading(evidence: Evidence, window: int) -> list[int]:
    """Volunteers who hold a confirmed leader role today: neither by affiliation nor by any e-mail are they staff."""
    roles = _roles(evidence, CommunityRole.Role.LEADER)
    return sorted(_volunteering(evidence) & {one.who for one in roles if runs((one.since, one.until), evidence.today)})


@together
def _affiliations(batch: Sequence[Evidence]) -> dict[int, list[tuple[int, date, date | None]]]:
    """The borders of all leaders' affiliations, the same for all teams."""
    rows = Affiliation.objects.filter(contributor__in=_leader_ids(batch)).order_by()
    return alike(batch, list(rows.values_list("contributor_id", "from_on", "until_on")))


def leaders(evidence: Evidence, window: int) -> Figure:
    """Volunteers in confirmed leader roles."""
    roles = _roles(evidence, CommunityRole.Role.LEADER)
    people = {one.who for one in roles}
    affiliations = ((since, until) for who, since, until in _affiliations(evidence) if who in people)
    borders = [*((one.since, one.until) for one in roles), *affiliations]
    return count(evidence, len(leading(evidence, window)), borders)


@together
def _mentorships(batch: Sequence[Evidence]) -> dict[int, list[tuple[int, date, date | None]]]:
    rows = Mentorship.objects.filter(role__team__in=team_ids(batch)).order_by()
    return by_team(batch, rows.values_list("role__team_id", "role_id", "from_on", "until_on"))


def _mentees(evidence: Evidence, roles: Iterable[Given]) -> list[tuple[int, Border]]:
    chosen = {one.pk for one in roles}
    return [(role, (since, until)) for role, since, until in _mentorships(evidence) if role in chosen]


def mentoring(evidence: Evidence, window: int) -> list[int]:
    """People with a confirmed mentor role and a mentee, both today."""
    roles = _roles(evidence, CommunityRole.Role.MENTOR)
    running = [one for one in roles if runs((one.since, one.until), evidence.today)]
    with_mentee = {role for role, border in _mentees(evidence, running) if runs(border, evidence.today)}
    return sorted({one.who for one in running if one.pk in with_mentee})


def mentors(evidence: Evidence, window: int) -> Figure:
    """Mentors with a mentee."""
    roles = _roles(evidence, CommunityRole.Role.MENTOR)
    mentorships = (border for _role, border in _mentees(evidence, roles))
    borders = [*((one.since, one.until) for one in roles), *mentorships]
    return count(evidence, len(mentoring(evidence, window)), borders)
