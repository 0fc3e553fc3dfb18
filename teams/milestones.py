"""Milestones of a team: the boards people read, and the one verb that adds an event."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import URLValidator
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lifecycle import clock
from lifecycle.models import Milestone, Stage
from lifecycle.prepared import prepared
from teams import gate_changes, notifications
from teams.access import access_to
from teams.milestone_state import Action as Action
from teams.milestone_state import MilestoneState as MilestoneState
from teams.milestone_state import State as State
from teams.milestone_state import replay
from teams.models import MilestoneEvent, Team, User
from teams.pauses import Pauses, pauses_of
from teams.refusals import Conflict as Conflict
from teams.refusals import Refused as Refused

web_link = URLValidator(schemes=["http", "https"])


def why_not_asked(team: Team, milestone: Milestone) -> str:
    """Why the team does not work on a milestone that somebody's screen shows, in words; "" if it does.

    What a team was promoted on stays as it was: on no page could a change of it be seen, or taken back.
    """
    if milestone.retired:
        return _("“%(what)s” is asked of no team any more: an admin has retired it. What was done stays on record.") % {
            "what": milestone.text.rstrip(".")
        }
    if milestone.stage_id != team.stage_id:
        words = {"team": team, "now": team.stage, "then": milestone.stage}
        return _("%(team)s is in %(now)s now. What was done in %(then)s stays as it was.") % words
    return ""


def events_of(team: Team) -> list[MilestoneEvent]:
    """Every event of the team's milestones, of all stages, the oldest first. One query."""
    return _every_event(team)


@prepared
def _every_event(team: Team) -> QuerySet[MilestoneEvent]:
    return MilestoneEvent.objects.filter(team=team).select_related("actor", "milestone").order_by("id")


@prepared
def _in_force(stages: Iterable[int]) -> QuerySet[Milestone]:
    return Milestone.objects.filter(stage__any=stages, retired=False)


def board(
    team: Team,
    stage: Stage | None = None,
    *,
    events: Iterable[MilestoneEvent] | None = None,
    pauses: Pauses | None = None,
) -> list[MilestoneState]:
    """The milestones of a stage (the team's own by default) with their states, children nested.

    `events` and `pauses` are all of the team's, if the caller has read them; else a query each.
    """
    milestones = _in_force([stage.pk if stage else team.stage_id])
    paused = None if pauses is None else {team.pk: pauses}
    return _boards({team.pk: (team, milestones)}, events, paused)[team.pk]


def boards_of(
    teams: Iterable[Team],
    milestones: Sequence[Milestone] | None = None,
    *,
    pauses: Mapping[int, Pauses] | None = None,
) -> dict[int, list[MilestoneState]]:
    """Each team's board of its own stage, by the team's id, in two queries for any number of teams.

    `milestones` stands in for those of the database: a changed definition can be tried before it is saved. `pauses` are
    all of theirs, if the caller has read them; else a third query if a clock runs.
    """
    teams = list(teams)
    asked = _in_force({team.stage_id for team in teams}) if milestones is None else milestones
    of_stage: dict[int, list[Milestone]] = defaultdict(list)
    for milestone in asked:
        of_stage[milestone.stage_id].append(milestone)
    return _boards({team.pk: (team, of_stage[team.stage_id]) for team in teams}, paused=pauses)


def state_of(team: Team, milestone: Milestone) -> MilestoneState:
    """One milestone of the team as it is now, without its children."""
    pauses = pauses_of([team] if milestone.refresh_days else []).get(team.pk, [])
    return replay(milestone, _events(team, milestone), today=clock.today(), pauses=pauses)


def record(
    team: Team,
    *,
    milestone: Milestone,
    actor: User,
    action: Action,
    seen: int,
    note: str = "",
    link: str = "",
) -> MilestoneEvent:
    """Adds one event to a milestone; `seen` is the `seq` that the person's screen showed.

    The same click twice gives the same event. Raises Conflict (with the fresh MilestoneState) for a stale screen
    or a lost race, Refused for what makes no sense or what the same person may not do, PermissionDenied for what
    the person's roles do not permit. A milestone of a stage that the team has left is a stale screen too.
    """
    note, link = note.strip(), link.strip()
    event = MilestoneEvent(
        team=team, milestone=milestone, seq=seen + 1, action=action, actor=actor, note=note, link=link
    )
    state = state_of(team, milestone)
    if twin := _twin(state, event):
        return twin
    access = access_to(actor, team)
    if not access.can_note:  # nobody else does anything here; of a screen that is out of date we say that first
        raise PermissionDenied
    if reason := why_not_asked(team, milestone):
        raise Conflict(reason, state)
    if state.seq != seen:
        raise Conflict(_overtaken(), state)
    if not state.allows(access, action):
        raise PermissionDenied
    _check(state, event)
    try:
        with transaction.atomic():
            event.state = _after(state, action)
            event.save(force_insert=True)
            _tell(event)
    except IntegrityError:  # somebody took this seq between our read and our write
        state = state_of(team, milestone)
        if state.seq == seen:
            raise
        if twin := _twin(state, event):
            return twin
        raise Conflict(_overtaken(), state) from None
    return event


def _boards(
    parts: dict[int, tuple[Team, list[Milestone]]],
    known: Iterable[MilestoneEvent] | None = None,
    paused: Mapping[int, Pauses] | None = None,
) -> dict[int, list[MilestoneState]]:
    """The boards of several teams from their milestones: a query for all events, and one for pauses if a clock runs."""
    if known is None:
        wanted = {milestone.pk for _team, milestones in parts.values() for milestone in milestones}
        known = _of_boards([*parts], wanted) if wanted else []
    events: dict[tuple[int, int], list[MilestoneEvent]] = defaultdict(list)
    for event in sorted(known, key=attrgetter("seq")):
        events[event.team_id, event.milestone_id].append(event)
    today = clock.today()
    if paused is None:
        paused = pauses_of(team for team, milestones in parts.values() if any(each.refresh_days for each in milestones))
    return {
        team.pk: _nested(
            [replay(each, events[team.pk, each.pk], today=today, pauses=paused.get(team.pk, ())) for each in milestones]
        )
        for team, milestones in parts.values()
    }


def _nested(states: list[MilestoneState]) -> list[MilestoneState]:
    """The states with children under their parents; a child whose parent is retired stands on its own."""
    present = {state.milestone.pk for state in states}
    children: dict[int, list[MilestoneState]] = defaultdict(list)
    tops = []
    for state in states:
        parent = state.milestone.parent_id
        if parent in present and parent is not None:
            children[parent].append(state)
        else:
            tops.append(state)
    return [replace(top, children=tuple(children[top.milestone.pk])) for top in tops]


@prepared
def _of_boards(teams: Iterable[int], milestones: Iterable[int]) -> QuerySet[MilestoneEvent]:
    return MilestoneEvent.objects.filter(team__any=teams, milestone__any=milestones).select_related("actor")


@prepared
def _events(team: Team, milestone: Milestone) -> QuerySet[MilestoneEvent]:
    return MilestoneEvent.objects.filter(team=team, milestone=milestone).select_related("actor").order_by("seq")


def _check(state: MilestoneState, event: MilestoneEvent) -> None:
    """Every rule but the rights, what is asked of the team, and the table of transitions."""
    if event.action == Action.VERIFY and event.actor_id in state.doers():
        raise Refused(_("You marked it yourself: another person has to verify it."))
    if event.action == Action.NOT_APPLICABLE and not event.note:
        raise Refused(_("Say in a few words why it does not apply."))
    if event.action == Action.NOTE and not (event.note or event.link):
        raise Refused(_("Write a note or give a link."))
    if event.link:
        try:
            web_link(event.link)
        except ValidationError as error:
            raise Refused(_("A link is a web address that begins with http:// or https://.")) from error


def _after(state: MilestoneState, action: Action) -> State:
    """The state that the action makes, by the table of transitions."""
    after = state.after(action)
    if after is not None:
        return after
    if action == Action.UNDO:
        raise Refused(_("There is nothing to undo."))
    raise Refused(
        _("It is %(state)s: that cannot be %(action)s now.") % {"state": state.state.label, "action": action.label}
    )


def _tell(event: MilestoneEvent) -> None:
    """Those who watch hear when somebody verified it or took a step back; any event but a note may move the gate."""
    kinds = {Action.VERIFY: notifications.Kind.VERIFIED, Action.UNDO: notifications.Kind.UNDONE}
    if kind := kinds.get(Action(event.action)):
        place = f"#milestone-{event.milestone_id}"
        notifications.tell(event.team, kind, cause=event.pk, actor=event.actor, what=event.milestone, place=place)
    if event.action != Action.NOTE:
        gate_changes.ask(event.team)


def _twin(state: MilestoneState, event: MilestoneEvent) -> MilestoneEvent | None:
    """The event that the first click of the same person already made."""
    for made in state.events:
        if made.seq == event.seq and all(
            getattr(made, field) == getattr(event, field) for field in ("actor_id", "action", "note", "link")
        ):
            return made
    return None


def _overtaken() -> str:
    return _("Somebody changed this milestone while you looked at it.")
