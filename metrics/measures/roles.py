"""Measures of the roles that people hold in a team's community, leaders and mentors, and who these people are."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.db import connection

from metrics.evidence import Evidence, alike, by_team, team_ids, together
from metrics.figure import Figure
from metrics.measures.records import count, runs
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
    rows = CommunityRole.objects.filter(team__in=team_ids(batch), confirmed_by__isnull=False, contributor__is_bot=False)
    told = rows.values_list("team_id", "pk", "role", "contributor_id", "from_on", "until_on")
    return by_team(batch, told, Given)


def _roles(evidence: Evidence, role: CommunityRole.Role) -> list[Given]:
    """Confirmed ones, of people who are no bots and do not work with the team."""
    return [one for one in _everybody(evidence) if one.role == role]


def _everybody(evidence: Evidence) -> list[Given]:
    return [one for one in _given(evidence) if one.who not in evidence.left_out_ids]


VOLUNTEERING = """
SELECT c.id FROM pathways_contributor c
 WHERE c.id = ANY(%(people)s) AND NOT metrics_is_staff(c.id, '', %(today)s) AND NOT EXISTS (
    SELECT FROM pathways_identity i WHERE i.contributor_id = c.id AND metrics_is_staff(c.id, i.email, %(today)s))
"""


def _holder_ids(batch: Sequence[Evidence]) -> list[int]:
    return sorted({one.who for evidence in batch for one in _everybody(evidence)})


@together
def _volunteering(batch: Sequence[Evidence]) -> dict[int, set[int]]:
    """Of all teams' people with a role, who today is staff neither by affiliation nor by any e-mail."""
    people = _holder_ids(batch)
    found = set()
    if people:
        with connection.cursor() as cursor:
            cursor.execute(VOLUNTEERING, {"people": people, "today": batch[0].today})
            found = {pk for (pk,) in cursor.fetchall()}
    return alike(batch, found)


def held(evidence: Evidence) -> list[Given]:
    """The confirmed roles that volunteers hold today: neither by affiliation nor by any e-mail are they staff."""
    volunteers = _volunteering(evidence)
    running = [one for one in _everybody(evidence) if runs((one.since, one.until), evidence.today)]
    return [one for one in running if one.who in volunteers]


def leading(evidence: Evidence, window: int) -> list[int]:
    """Volunteers who hold a confirmed leader role today."""
    return sorted({one.who for one in held(evidence) if one.role == CommunityRole.Role.LEADER})


@together
def _affiliations(batch: Sequence[Evidence]) -> dict[int, list[tuple[int, date, date | None]]]:
    """The borders of the affiliations of all who hold a role, the same for all teams."""
    rows = Affiliation.objects.filter(contributor__in=_holder_ids(batch)).order_by()
    return alike(batch, list(rows.values_list("contributor_id", "from_on", "until_on")))


def leaders(evidence: Evidence, window: int) -> Figure:
    """Volunteers in confirmed leader roles; beside them, every role that a volunteer holds."""
    roles = _everybody(evidence)
    people = {one.who for one in roles}
    affiliations = ((since, until) for who, since, until in _affiliations(evidence) if who in people)
    borders = [*((one.since, one.until) for one in roles), *affiliations]
    told = [{"who": one.who, "role": one.role, "since": one.since.isoformat()} for one in held(evidence)]
    return count(evidence, len(leading(evidence, window)), borders, held=told)


class Mentored(NamedTuple):
    """Somebody's mentee, by the mentor's role."""

    role: int
    who: int
    since: date
    until: date | None


@together
def _mentorships(batch: Sequence[Evidence]) -> dict[int, list[Mentored]]:
    rows = Mentorship.objects.filter(role__team__in=team_ids(batch)).order_by("from_on", "pk")
    return by_team(batch, rows.values_list("role__team_id", "role_id", "mentee_id", "from_on", "until_on"), Mentored)


def pairs(evidence: Evidence) -> list[tuple[Given, list[Mentored]]]:
    """Each confirmed mentor role that runs today and has a mentee, with its mentees of today."""
    found = []
    for role in _roles(evidence, CommunityRole.Role.MENTOR):
        mentees = [
            one
            for one in _mentorships(evidence)
            if one.role == role.pk and runs((one.since, one.until), evidence.today)
        ]
        if mentees and runs((role.since, role.until), evidence.today):
            found.append((role, mentees))
    return found


def mentoring(evidence: Evidence, window: int) -> list[int]:
    """People with a confirmed mentor role and a mentee, both today."""
    return sorted({role.who for role, _mentees in pairs(evidence)})


def mentors(evidence: Evidence, window: int) -> Figure:
    """Mentors with a mentee."""
    roles = _roles(evidence, CommunityRole.Role.MENTOR)
    chosen = {one.pk for one in roles}
    mentorships = ((one.since, one.until) for one in _mentorships(evidence) if one.role in chosen)
    borders = [*((one.since, one.until) for one in roles), *mentorships]
    told = [
        {"who": role.who, "since": role.since.isoformat(), "mentees": [one.who for one in mentees]}
        for role, mentees in pairs(evidence)
    ]
    return count(evidence, len(mentoring(evidence, window)), borders, pairs=told)
