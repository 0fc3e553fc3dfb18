"""Of which teams a reader's insights tell: sums over all for whoever compares teams, names of readable ones alone.

A CBT partner and an admin learn from every team; to anybody else the sums tell of the teams they may read. A team that
somebody may not read is counted and never named.
"""

from dataclasses import dataclass

from teams.models import Role, Team, User
from teams.models.team import TeamQuerySet


@dataclass(frozen=True)
class Scope:
    """Whose teams are counted, and whose are named."""

    reader: User
    is_all: bool

    @property
    def counted(self) -> TeamQuerySet:
        """The teams that sums are made of, retired ones among them."""
        return Team.objects.all() if self.is_all else self.named

    @property
    def named(self) -> TeamQuerySet:
        """The teams that the reader may read."""
        return Team.objects.visible_to(self.reader)


def scope_of(reader: User) -> Scope:
    """The scope of a reader's insights. One query at the most."""
    return Scope(reader, reader.is_admin or reader.memberships.current().filter(role=Role.PARTNER).exists())
