"""The first three things to do, for whoever or whatever is new here. Each is struck off by a fact, not by a tick."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from lifecycle.models import Stage
from teams.access import Access
from teams.models import Invitation, Membership, Role, Team, User


@dataclass(frozen=True)
class Thing:
    """One thing to do: what, the place where it is done ("" while there is none), and whether it is."""

    text: str
    action: str
    address: str
    done: bool


@dataclass(frozen=True)
class Beginning:
    """Three things, with what they are for. `put_away` is where the reader says that they know it ("": it goes by
    itself, once all is done).
    """

    key: str
    title: str
    lead: str
    things: tuple[Thing, ...]
    put_away: str = ""


def of_organisation(reader: User) -> Beginning | None:
    """What an admin does first: until the organisation has a team with a partner and an activator. Two queries, or
    three before there is a team.
    """
    if not reader.is_admin:
        return None
    appointed = Membership.objects.running().order_by().values_list("role", flat=True)
    invited = Invitation.objects.filter(state=Invitation.State.OPEN).order_by().values_list("role", flat=True)
    held = {*appointed.union(invited)} & {Role.ACTIVATOR.value, Role.PARTNER.value}
    team = Team.objects.order_by("pk").first()
    if team and len(held) == 2:
        return None
    people = f"{reverse('teams:people', args=[team.slug])}?role=%s#invite-h" if team else ""
    return Beginning(
        key="organisation",
        title=_("The first three things"),
        lead=_lead(team),
        things=(
            Thing(_("Make the first team."), _("Make a team"), reverse("admin:teams_team_add"), team is not None),
            Thing(
                _("Appoint a CBT partner, on its people page. The role counts once that person accepts it."),
                _("Appoint a partner"),
                people and people % Role.PARTNER.value,
                Role.PARTNER in held,
            ),
            Thing(
                _("Invite an activator, at the same place: the person in the team who looks after contributors."),
                _("Invite an activator"),
                people and people % Role.ACTIVATOR.value,
                Role.ACTIVATOR in held,
            ),
        ),
    )


def _lead(team: Team | None) -> str:
    """What is there already. One query, while there is no team."""
    if team is None and not Stage.objects.exists():
        return _(
            "No stages are loaded yet, and a team stands in one. Whoever runs the server loads them with "
            "“manage.py load_lifecycle”; then these three things come."
        )
    if team is None:
        return _("The stages, their milestones and their gates are loaded. What is missing is a team that walks them.")
    return _("%(team)s is there. What is missing is the people who bring it along its stages.") % {"team": team}


def of_team(team: Team, access: Access, *, is_staffed: bool, has_pathway: bool, is_counted: bool) -> Beginning | None:
    """What a team does first: until somebody is counted in it. No query."""
    if is_counted or not access.can_write:
        return None
    return Beginning(
        key="team",
        title=_("The first three things"),
        lead=_("Nobody is counted in this team yet. These three things make it begin, in this order."),
        things=(
            Thing(
                _("Appoint an activator and a CBT partner. Each accepts the role."),
                _("To the people"),
                reverse("teams:people", args=[team.slug]),
                is_staffed,
            ),
            Thing(
                _("Open a pathway: the way by which people come to contribute to this team."),
                _("To the pathways"),
                reverse("pathways:pathways", args=[team.slug]),
                has_pathway,
            ),
            Thing(
                _("Connect a source, or upload the contribution history as a file. Counts, trend and gate follow."),
                _("To the data"),
                reverse("metrics:data", args=[team.slug]),
                is_counted,
            ),
        ),
    )
