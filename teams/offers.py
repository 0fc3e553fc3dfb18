"""Roles that wait for the reader's own answer: given by an appointment, offered by an invitation, handed over.

They are read with the reader at each request (teams/entrance.py), so that a page can begin with them for no query.
"""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from teams.models import Role

#: As JSON, beside a row of teams_user; the one moment is now. What is open is what `people.appointments` and
#: `invitations.waiting_for` say, as text for the reason that teams/second_factor.py gives.
OFFERED: Final = """
(SELECT json_agg(json_build_object(
            'team', team.name, 'slug', team.slug, 'role', offer.role, 'is_hand_over', offer.is_hand_over,
            'by', coalesce(nullif(trim(giver.first_name || ' ' || giver.last_name), ''), giver.username)
        ) ORDER BY offer.is_hand_over DESC, team.name)
   FROM (SELECT asked.team_id, asked.role, asked.appointed_by_id AS by_id, false AS is_hand_over
           FROM teams_membership asked
          WHERE asked.user_id = teams_user.id AND asked.accepted_at IS NULL AND asked.ends_on IS NULL
                AND asked.role <> 'viewer'
          UNION ALL
         SELECT open.team_id, open.role, coalesce(held.user_id, open.invited_by_id), held.id IS NOT NULL
           FROM teams_invitation open LEFT JOIN teams_membership held ON held.id = open.replaces_id
          WHERE open.state = 'open' AND lower(open.email) = lower(teams_user.email) AND open.expires_at > %s) offer
   JOIN teams_team team ON team.id = offer.team_id AND team.state <> 'retired'
   LEFT JOIN teams_user giver ON giver.id = offer.by_id)
"""


@dataclass(frozen=True)
class Offer:
    """One role of one team, and from whom it comes; nobody's if the organisation's own data gave it."""

    team: str
    slug: str
    role: str
    by: str | None
    is_hand_over: bool

    @property
    def words(self) -> str:
        """What is offered, in a sentence. Of the team it says nothing: that is told beside it."""
        told = {"who": self.by or _("The organisation"), "role": Role(self.role).label}
        if self.is_hand_over:
            return _("%(who)s hands the role of %(role)s over to you.") % told
        return _("%(who)s asks you to be %(role)s.") % told
