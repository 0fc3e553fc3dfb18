"""Everything that is held about one person, for the person to have: each table that points to them, row by row.

A team hands out what it holds itself; an admin what all teams hold. An app above adds its tables in a module `record`,
and a test walks all that points to a person, so that no table is left out.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import CompositePrimaryKey, Model, Q, QuerySet

from lifecycle import clock
from pathways import presence
from pathways.erasure import and_merged
from pathways.models import (
    Affiliation,
    CommunityRole,
    Contributor,
    ContributorEvent,
    Enrolment,
    Identity,
    Likeness,
    Mentorship,
    Steward,
)
from teams.models import Team


@dataclass(frozen=True)
class Held:
    """Whose record it is: the person with all who were merged into them; by one team, or (None) by all."""

    contributor: Contributor
    ids: frozenset[int]
    team: Team | None


Row = Mapping[str, object]
Rows = Callable[[Held], Iterable[Row]]
#: What each part of a record is called, the tables it holds, and its rows.
_parts: dict[str, tuple[tuple[type[Model], ...], Rows]] = {}


def holds(name: str, *models: type[Model]) -> Callable[[Rows], Rows]:
    """Adds a part, which holds these tables."""

    def added(rows: Rows) -> Rows:
        _parts[name] = (models, rows)
        return rows

    return added


def tables() -> set[type[Model]]:
    """All tables of which a record holds the rows."""
    return {model for models, _rows in _parts.values() for model in models}


def record_of(contributor: Contributor, team: Team | None) -> dict[str, object]:
    """The record, as JSON takes it."""
    held = Held(contributor, frozenset(and_merged(contributor)), team)
    told: dict[str, object] = {
        "person": plain(contributor),
        "held_by": team.name if team else "all teams",
        "made_at": clock.now().isoformat(timespec="seconds"),
    }
    return told | {name: list(rows(held)) for name, (_models, rows) in _parts.items()}


def plain(row: Model) -> dict[str, object]:
    """A row with all of its columns; what it points to by name."""
    columns = [field for field in row._meta.concrete_fields if not isinstance(field, CompositePrimaryKey)]
    return {field.name: _plain(getattr(row, field.name)) for field in columns}


def _plain(value: Any) -> object:
    if isinstance(value, Model):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value.isoformat() if isinstance(value, date | datetime) else value


def rows_of(found: QuerySet[Any]) -> list[dict[str, object]]:
    """The rows of a query with all of their columns, and what they point to read with them."""
    pointers = [field.name for field in found.model._meta.concrete_fields if field.is_relation]
    return [plain(row) for row in (found.select_related(*pointers) if pointers else found)]


_ALL: Final = Q()


def _by(held: Held, **of_team: object) -> Q:
    """The rows of one team, where a team hands out its own."""
    return Q(**of_team) if held.team else _ALL


@holds("identities", Identity)
def identities(held: Held) -> list[dict[str, object]]:
    """Names, addresses and accounts; of a team, as they came in through its own sources."""
    known = presence.known_identities(held.team) if held.team else Identity.objects.all()
    return rows_of(known.filter(contributor__in=held.ids))


@holds("affiliations", Affiliation)
def affiliations(held: Held) -> list[dict[str, object]]:
    """What somebody said the person is; one word for the whole organisation."""
    return rows_of(Affiliation.objects.filter(contributor__in=held.ids))


@holds("community_roles", CommunityRole)
def community_roles(held: Held) -> list[dict[str, object]]:
    """Roles in teams' communities."""
    return rows_of(CommunityRole.objects.filter(_by(held, team=held.team), contributor__in=held.ids))


@holds("mentorships", Mentorship)
def mentorships(held: Held) -> list[dict[str, object]]:
    """By whom the person is or was mentored, and whom they mentor."""
    either = Q(mentee__in=held.ids) | Q(role__contributor__in=held.ids)
    found = Mentorship.objects.filter(either, _by(held, role__team=held.team)).select_related(
        "role__contributor", "mentee"
    )
    return [{**plain(each), "mentor": each.role.contributor.name, "mentee": each.mentee.name} for each in found]


@holds("enrolments", Enrolment)
def enrolments(held: Held) -> list[dict[str, object]]:
    """Pathways joined by word, and the steps completed by hand."""
    found = Enrolment.objects.filter(_by(held, pathway__team=held.team), contributor__in=held.ids)
    found = found.select_related("pathway", "contributor").prefetch_related("completed_steps")
    return [{**plain(each), "completed_steps": [step.name for step in each.completed_steps.all()]} for each in found]


@holds("stewardships", Steward)
def stewardships(held: Held) -> list[dict[str, object]]:
    """Pathways looked after."""
    return rows_of(Steward.objects.filter(_by(held, pathway__team=held.team), contributor__in=held.ids))


@holds("events", ContributorEvent)
def events(held: Held) -> list[dict[str, object]]:
    """What was decided about the person, by whom and why."""
    of_here = Q(detail__team=held.team.slug) | Q(detail__team__isnull=True) if held.team else _ALL
    return rows_of(ContributorEvent.objects.filter(of_here, contributor__in=held.ids))


@holds("likenesses", Likeness)
def likenesses(held: Held) -> list[dict[str, object]]:
    """With whom the person may be one, and what somebody said to that; of a team, among its own people."""
    found = Likeness.objects.filter(Q(one__in=held.ids) | Q(other__in=held.ids))
    if held.team:
        here = presence.of_team(held.team).values("pk")
        found = found.filter(one__in=here, other__in=here)
    return rows_of(found)
