"""Reminders: after four weeks of silence to the activator, after eight with a copy to the partner.

A team is silent while its own people touch no milestone, record no check-in, and neither ask for a promotion nor decide
on one. Whoever comes to a team, and a team that goes on after a pause, ends a silence too. Nobody is reminded twice of
one silence, nobody who is away, and nobody of a team that rests.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any, Final

from django.db.models import Exists, Max, OuterRef, QuerySet

from lifecycle import clock
from teams import notifications, watching
from teams.dashboard.people import Crew, Worker, crews_of
from teams.models import CheckIn, Membership, MilestoneEvent, Promotion, PromotionRequest, StateChange, Team, User

FIRST_DAYS: Final = 28
LONG_DAYS: Final = 56


def remind() -> None:
    """Tell those whose team has been silent for long."""
    today = clock.today()
    teams = list(Team.objects.active())
    since = silent_since(teams)
    late = [team for team in teams if (today - since[team.pk]).days >= FIRST_DAYS]
    crews = crews_of(late)
    for team in late:
        crew, day = crews[team.pk], since[team.pk]
        is_long = (today - day).days >= LONG_DAYS
        notifications.tell(
            team,
            notifications.Kind.LONG_SILENT if is_long else notifications.Kind.SILENT,
            cause=day,
            what=day,
            place="#moves",
            to=[*_activators(crew), *(_here(crew.partners) if is_long else [])],
        )


def silent_since(teams: Iterable[Team]) -> dict[int, date]:
    """The day on which each team was last heard of, or entered its stage. Six queries for any number of teams."""
    teams = list(teams)
    since = {team.pk: team.entered_on for team in teams}
    went_on = StateChange.objects.filter(team__in=teams, state=Team.State.ACTIVE)
    for pk, day in went_on.order_by().values_list("team").annotate(last=Max("on")):
        since[pk] = max(since[pk], day)
    for pk, moment in _acts([*since]):
        since[pk] = max(since[pk], moment.astimezone(UTC).date())
    return since


def _acts(teams: list[int]) -> Iterator[tuple[int, datetime]]:
    """The last act of each sort of each team, by people who work or worked with it."""
    joined = Membership.objects.filter(accepted_at__isnull=False, role__in=watching.WORKING)
    acts: list[tuple[QuerySet[Any], str, str]] = [
        (MilestoneEvent.objects.all(), "actor", "at"),
        (CheckIn.objects.all(), "by", "recorded_at"),
        (PromotionRequest.objects.all(), "requested_by", "requested_at"),
        (Promotion.objects.all(), "decided_by", "decided_at"),
    ]
    for rows, who, when in acts:
        own = Exists(joined.filter(team=OuterRef("team"), user=OuterRef(who)))
        yield from rows.filter(own, team__in=teams).order_by().values_list("team").annotate(last=Max(when))
    yield from joined.filter(team__in=teams).order_by().values_list("team").annotate(last=Max("accepted_at"))


def _activators(crew: Crew) -> list[User]:
    """The activators who are here; their deputies while none of them is."""
    here = [each for each in crew.activators if each.away is None]
    return [each.user for each in here if not each.is_deputy] or [each.user for each in here]


def _here(held: Iterable[Worker]) -> list[User]:
    return [each.user for each in held if each.away is None]
