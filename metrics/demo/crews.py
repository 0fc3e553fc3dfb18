"""Who of the demo organisation is invited, hands a role over, or is away. Rows: the mails belong to the past too."""

import uuid
from datetime import timedelta

from lifecycle import clock
from metrics.demo import past
from metrics.demo.past import days_ago
from teams import absences, invitations, letters, links
from teams.models import Absence, Invitation, Role, Team, User

#: Team, address, deputy, days since the mail.
INVITED = [
    ("lantern", "sana.okafor@demo.example", Role.VIEWER, False, 2),
    ("orchard", "liv.berg@demo.example", Role.ACTIVATOR, True, 17),
]
HAND_OVER = ("meridian", "mara", "jonas", "The gate opens in spring. Look at the two pathways first; I stay near.")


def arrange(people: dict[str, User]) -> None:
    """Two invitations of which one has expired, a role on its way, and people who are away now or soon."""
    for slug, email, role, is_deputy, ago in INVITED:
        team = Team.objects.get(slug=slug)
        actor = _holder(team, Role.ACTIVATOR)
        _offer(Invitation(team=team, email=email, role=role, is_deputy=is_deputy, invited_by=actor), ago)
    slug, holder, next_one, note = HAND_OVER
    held = people[holder].memberships.get(team__slug=slug, role=Role.ACTIVATOR)
    handed = Invitation(team=held.team, email=people[next_one].email, role=held.role, replaces=held, note=note)
    handed.invited_by = people[holder]
    _offer(handed, 1)
    today = clock.today()
    Absence.objects.create(
        user=people["oskar"],
        starts_on=days_ago(4),
        ends_on=today + timedelta(days=10),
        note="Ines answers meanwhile.",
    )
    absences.announce(people["tomas"], first=today + timedelta(days=20), last=today + timedelta(days=33))


def _holder(team: Team, role: Role) -> User:
    return team.memberships.filter(role=role).order_by("is_deputy", "id").select_related("user")[0].user


def _offer(invitation: Invitation, ago: int) -> None:
    sent = past.at(days_ago(ago))
    invitation.nonce = uuid.uuid4()
    invitation.digest = links.digest_of(links.key_of(invitation.nonce, purpose=letters.INVITATION))
    invitation.invited_at, invitation.mailed_at = sent, sent
    invitation.expires_at = sent + invitations.GOOD_FOR
    invitation.save()
