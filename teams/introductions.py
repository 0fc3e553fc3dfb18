"""An account's first visit in a role: what it is here, and the first three things. This module alone writes
`User.introduced`.
"""

from collections.abc import Iterable
from datetime import date
from typing import Protocol, cast

from django.db.models import Exists, F, Func, OuterRef, QuerySet, Value
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lifecycle import clock
from lifecycle.prepared import prepared
from teams.beginnings import Beginning, Thing
from teams.models import CheckIn, Membership, MilestoneEvent, Role, Team, TeamRisk, User, WeeklyCount


class Held(Protocol):
    """A role of the reader, with the facts of its team by which things are struck off."""

    role: str
    team: Team
    has_acted: bool
    has_data: bool
    has_met: bool
    has_met_them: bool
    has_risk: bool


def put_away(reader: User, role: Role) -> None:
    """The reader knows the role. Said twice, it is kept once."""
    unread = User.objects.filter(pk=reader.pk).exclude(introduced__contains=[role])
    unread.update(introduced=Func(F("introduced"), Value(role.value), function="array_append"))


def of_reader(reader: User) -> list[Beginning]:
    """The introductions that the reader has neither put away nor come to the end of. At most one query."""
    if not (unread := [role for role in Role if role not in reader.introduced]):
        return []
    teams: dict[str, list[Held]] = {}
    for membership in cast("list[Held]", _held(reader, unread, clock.today())):
        teams.setdefault(membership.role, []).append(membership)
    found = (_of_role(role, teams[role]) for role in unread if role in teams)
    return [each for each in found if not all(thing.done for thing in each.things)]


@prepared
def _held(reader: User, roles: list[Role], today: date) -> QuerySet[Membership]:
    """The reader's roles, the latest first."""
    met, of_team = CheckIn.objects.filter(team=OuterRef("team")), {"team": OuterRef("team")}
    held = Membership.objects.current(today).filter(user=reader, role__any=roles)
    held = held.exclude(team__state=Team.State.RETIRED)
    return (
        held.select_related("team")
        .order_by("-starts_on", "-pk")
        .annotate(
            has_acted=Exists(MilestoneEvent.objects.filter(**of_team, actor=reader)),
            has_data=Exists(WeeklyCount.objects.filter(**of_team)),
            has_met=Exists(met),
            has_met_them=Exists(met.filter(by=reader)),
            has_risk=Exists(TeamRisk.objects.filter(**of_team)),
        )
    )


def _of_role(role: Role, held: list[Held]) -> Beginning:
    """The introduction to a role, by the team to which the reader came last."""
    tell = {Role.ACTIVATOR: _activator, Role.PARTNER: _partner, Role.VIEWER: _viewer}[role]
    title, lead, things = tell(held[0])
    return Beginning(
        key=role.value,
        title=title % {"team": _names([each.team for each in held])},
        lead=lead,
        things=tuple(things),
        put_away=reverse("teams:introduction-end", args=[role.value]),
    )


def _names(teams: list[Team]) -> str:
    others = len(teams) - 1
    if not others:
        return str(teams[0])
    words = ngettext("%(team)s and %(n)d other team", "%(team)s and %(n)d other teams", others)
    return words % {"team": teams[0], "n": others}


Told = tuple[str, str, Iterable[Thing]]


def _activator(held: Held) -> Told:
    team = held.team
    page = team.get_absolute_url()
    things = (
        Thing(
            _("Read your part in this stage, and say where a first milestone stands."),
            _("To the milestones"),
            f"{page}#milestones",
            held.has_acted,
        ),
        Thing(
            _("See that contributions come in: without data nobody is counted."),
            _("To the data"),
            reverse("metrics:data", args=[team.slug]),
            held.has_data,
        ),
        Thing(
            _("Keep a first check-in with your partner, and note it."),
            _("To the check-ins"),
            f"{page}#check-ins",
            held.has_met,
        ),
    )
    lead = _(
        "You look after the people who contribute: you tick milestones, run pathways and data, and ask for the "
        "promotion once the gate is open."
    )
    return _("You are an activator of %(team)s"), lead, things


def _partner(held: Held) -> Told:
    page = held.team.get_absolute_url()
    things = (
        Thing(
            _("Read the gate, and verify a first milestone, or note what it still needs."),
            _("To the gate"),
            f"{page}#gate",
            held.has_acted,
        ),
        Thing(
            _("Keep a first check-in with the team, and note it."),
            _("To the check-ins"),
            f"{page}#check-ins",
            held.has_met_them,
        ),
        Thing(_("Put the first risk on the register."), _("To the risks"), f"{page}#risks", held.has_risk),
    )
    lead = _(
        "You help the team along its stages: you verify what was done, answer waivers, and decide on promotions. "
        "This page shows where each of your teams stands and whose move it is."
    )
    return _("You are a CBT partner of %(team)s"), lead, things


def _viewer(held: Held) -> Told:
    team = held.team
    page = team.get_absolute_url()
    things = (
        Thing(
            _("Read its gate: what is met, what is missing, whose move it is."), _("To the gate"), f"{page}#gate", False
        ),
        Thing(
            _("Open a number: each tells who is in it, and who was left out."),
            _("To the numbers"),
            reverse("metrics:numbers", args=[team.slug]),
            False,
        ),
        Thing(_("Read what the stages are."), _("To the guide"), reverse("guide:guide"), False),
    )
    return _("You read %(team)s"), _("You see all that the team sees, and change nothing."), things
