"""Risk signals: proposed from data, accepted or dismissed by a person. This module is their only writer.

Whoever looks and whoever answers holds the team's row, so that no answer and no change of the data is overlooked.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, timedelta
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet, prefetch_related_objects
from django.utils.translation import gettext as _

from lifecycle import clock, jobs
from lifecycle.models import Risk
from lifecycle.prepared import prepared
from teams import risks
from teams.access import access_to
from teams.models import Signal, Team, TeamRisk, User
from teams.promotion import held
from teams.refusals import Conflict as Conflict
from teams.refusals import Refused as Refused
from teams.sightings import Kind, Sighting, matches_of, sightings_of

State = Signal.State

#: A dismissed signal stays away so many days, unless it gets worse.
DISMISSED_DAYS: Final = 90
#: Teams that are looked at in one transaction.
BATCH: Final = 200


def look_at_all(key: str) -> None:
    """Look at a batch of the active teams and ask for the next one; `key` is the day, and the number of the batch."""
    day, _slash, number = key.partition("/")
    begin = int(number or 0) * BATCH
    teams = list(Team.objects.active().order_by("pk").values_list("pk", flat=True)[begin : begin + BATCH])
    look(teams)
    if len(teams) == BATCH:
        jobs.ask("signals", f"{day}/{int(number or 0) + 1}")


def look(team_ids: Iterable[int]) -> None:
    """Hold what the data shows of some teams against the signals there are: idempotent, in a fixed number of reads.

    What is seen anew is raised, what stands open follows the data, and what nobody answered is over when its
    condition is. What cannot be told today stays as it is. Nothing is looked for in a team that is not active.
    """
    today = clock.today()
    with transaction.atomic():
        locked = Team.objects.select_for_update(no_key=True).filter(pk__in=team_ids).order_by("pk")
        teams = [team for team in locked if team.state == Team.State.ACTIVE]
        prefetch_related_objects(teams, "stage")
        told, matches, known = sightings_of(teams, today), matches_of(teams), _Known(teams, today)
        for team in teams:
            for kind, seen in told[team.pk].items():
                match = matches[team.pk].get(kind)
                stands = None if seen is None or known.covers(team, kind, seen, match) else seen
                _follow(team, kind, stands, match, known.open.get((team.pk, kind)))


def accept(
    signal: Signal,
    *,
    actor: User,
    seen: int,
    text: str = "",
    owner: User | None = None,
    likelihood: int = 2,
    impact: int = 2,
    mitigation: str = "",
    review_on: date | None = None,
) -> TeamRisk:
    """Puts the signal on the register as a risk, under the catalogue's where it matches one.

    `seen` is the degree on the person's screen. Raises PermissionDenied, Refused, Busy, or Conflict (with the fresh
    signal) if somebody has answered it, it is over, or the evidence has become worse or better since.
    """
    with held(signal.team) as team:
        fresh = _to_answer(signal, team, actor, seen)
        risk = risks.add(
            team,
            actor=actor,
            risk=fresh.catalogue,
            text=text,
            owner=owner,
            likelihood=likelihood,
            impact=impact,
            mitigation=mitigation,
            review_on=review_on,
        )
        _close(fresh, State.ACCEPTED, answered_by=actor, risk=risk)
        return risk


def dismiss(signal: Signal, *, actor: User, seen: int, reason: str) -> Signal:
    """Says that it is no risk, and why: it stays away until it gets worse, or DISMISSED_DAYS are over. As `accept`."""
    with held(signal.team) as team:
        fresh = _to_answer(signal, team, actor, seen)
        if not reason.strip():
            raise Refused(_("Say in a few words why it is no risk."))
        return _close(fresh, State.DISMISSED, answered_by=actor, reason=reason.strip())


def of_team(team: Team, most: int) -> list[Signal]:
    """The team's latest signals, the open ones first. One query."""
    return _latest(team, most=most)


@prepared
def _latest(team: Team, *, most: int) -> QuerySet[Signal]:
    rows = Signal.objects.filter(team=team).select_related("who", "catalogue", "risk", "answered_by")
    return rows.annotate(is_closed=~Q(state=State.OPEN)).order_by("is_closed", "-id")[:most]


class _Known:
    """What has been seen of some teams before, and what of it still answers for what is seen: two queries."""

    def __init__(self, teams: list[Team], today: date) -> None:
        since = today - timedelta(days=DISMISSED_DAYS)
        is_kept = Q(state=State.ACCEPTED) & ~Q(risk__state=TeamRisk.State.CLOSED)
        rows = Signal.objects.filter(Q(state=State.OPEN) | Q(state=State.DISMISSED) | is_kept, team__in=teams)
        self.open: dict[tuple[int, str], Signal] = {}
        self._accepted: set[tuple[int, str]] = set()
        self._dismissed: dict[tuple[int, str], int] = defaultdict(int)
        for row in rows:
            key = row.team_id, row.kind
            if row.state == State.OPEN:
                self.open[key] = row
            elif row.state == State.ACCEPTED:
                self._accepted.add(key)
            elif row.closed_at and row.closed_at.astimezone(UTC).date() > since:
                self._dismissed[key] = max(self._dismissed[key], row.degree)
        register = TeamRisk.objects.filter(team__in=teams, risk__isnull=False).exclude(state=TeamRisk.State.CLOSED)
        self._register = set(register.values_list("team", "risk"))

    def covers(self, team: Team, kind: Kind, seen: Sighting, match: Risk | None) -> bool:
        """The register holds it, or somebody has dismissed it when it was as bad."""
        key = team.pk, kind.value
        on_register = match is not None and (team.pk, match.pk) in self._register
        return on_register or key in self._accepted or seen.degree <= self._dismissed.get(key, -1)


def _follow(team: Team, kind: Kind, seen: Sighting | None, match: Risk | None, there: Signal | None) -> None:
    """Raise what is seen, bring the open signal up to date, or end it."""
    if seen is None:
        if there is not None:
            _close(there, State.ENDED)
        return
    told: dict[str, Any] = {
        "catalogue_id": match.pk if match else None,
        "who_id": seen.who,
        "evidence": seen.evidence,
        "degree": seen.degree,
        "as_of": clock.today(),
    }
    if there is None:
        Signal.objects.create(team=team, kind=kind, raised_at=clock.now(), **told)
    else:
        Signal.objects.filter(pk=there.pk).update(**told)


def _to_answer(signal: Signal, team: Team, actor: User, seen: int) -> Signal:
    """The signal read again behind the lock, if it is open, as the person saw it, and theirs to answer."""
    if not access_to(actor, team).can_edit_risks:
        raise PermissionDenied
    fresh = Signal.objects.select_related("catalogue", "answered_by").get(pk=signal.pk, team=team)
    if fresh.state == State.ENDED:
        raise Conflict(_("The data does not show it any more: there is nothing to answer."), fresh)
    if fresh.state != State.OPEN:
        told = {"who": fresh.answered_by, "state": fresh.get_state_display()}
        raise Conflict(_("%(who)s has answered it already: %(state)s.") % told, fresh)
    if fresh.degree != seen:
        raise Conflict(_("The evidence has changed since you read it."), fresh)
    return fresh


def _close(signal: Signal, state: Signal.State, **answer: Any) -> Signal:
    for name, value in {"state": state, "closed_at": clock.now(), **answer}.items():
        setattr(signal, name, value)
    signal.save(update_fields=["state", "closed_at", *answer])
    return signal
