"""What all measures of a team rest on, read once: the day, how far the data goes, and who is left out."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from lifecycle import clock
from metrics import spans
from metrics.figure import earliest
from metrics.models import Source, Span
from metrics.populations import VOLUNTEERS
from pathways import presence, suppression
from pathways.keys import join_key
from pathways.models import Level, Pathway
from teams.models import Membership, Role, Team, User

#: A source's data is fresh on the days of this window that begins with the last day it is complete to.
FRESH_DAYS = 30


# The first act that answers is enough: no history is read to its end.
BEGUN = """
SELECT s.id FROM metrics_source s
 WHERE s.team_id = %(team)s AND s.enabled AND COALESCE(s.starts_on < %(day)s, EXISTS (
       SELECT FROM metrics_contribution c
        WHERE c.team_id = s.team_id AND c.pathway_id = s.pathway_id AND c.state < 2 AND c.day < %(day)s
          AND c.import_id = ANY(ARRAY(SELECT i.id FROM metrics_import i WHERE i.source_id = s.id))))
"""


@dataclass(frozen=True)
class LeftOut:
    """Somebody who does not count at the gate of a team, by the e-mail of an account that works with it."""

    contributor_id: int
    name: str
    role: str

    @property
    def role_label(self) -> str:
        """The role as people call it."""
        return str(Role(self.role).label) if self.role in Role.values else _("admin")


class Held(NamedTuple):
    """A run of days `[first, until)` at the active level or above, for the populations of the bits."""

    who: int
    population: int
    first: date
    until: date


class Evidence:
    """A team on a day. Everything that more than one measure asks is asked once."""

    def __init__(self, team: Team, today: date | None = None) -> None:
        self.team = team
        self.today = today or clock.today()
        self._held: dict[frozenset[int], list[Held]] = {}

    @cached_property
    def sources(self) -> list[Source]:
        """The enabled ones."""
        return list(Source.objects.filter(team=self.team, enabled=True).order_by("name"))

    @cached_property
    def pathways(self) -> list[Pathway]:
        """Those open today."""
        return list(Pathway.objects.filter(team=self.team).open(self.today))

    @cached_property
    def complete_to(self) -> date | None:
        """The last day for which every enabled source has delivered; None if one never has, or there is none."""
        days = [source.complete_to for source in self.sources]
        return None if None in days else earliest(days)

    @property
    def as_of(self) -> date:
        """The day on which what rests on contributions is counted."""
        return min(self.today, self.complete_to) if self.complete_to else self.today

    @property
    def fresh_until(self) -> date | None:
        """The last day on which the data is no older than FRESH_DAYS."""
        return self.complete_to + timedelta(days=FRESH_DAYS - 1) if self.complete_to else None

    @property
    def missing_data(self) -> str:
        """Why nothing can be counted from contributions; empty if something can."""
        if not self.sources:
            return _("The team has no enabled source of contributions.")
        silent = [source.name for source in self.sources if source.complete_to is None]
        if silent:
            return _("No complete import yet from: %(sources)s.") % {"sources": ", ".join(silent)}
        return ""

    @cached_property
    def left_out(self) -> list[LeftOut]:
        """Those who take part in the team, and have the e-mail of its current activator or partner, or of an admin."""
        works = Membership.objects.current(self.today).filter(team=self.team, role__in=[Role.ACTIVATOR, Role.PARTNER])
        accounts = User.objects.filter(
            Q(pk__in=works.values("user")) | Q(is_staff=True, is_active=True), email__contains="@"
        )
        roles = dict(works.values_list("user_id", "role"))
        emails = dict(accounts.values_list("pk", "email"))
        told = [join_key("", "", email, "") for email in emails.values()]
        with connection.cursor() as cursor:
            cursor.execute(
                """
                WITH told AS (  -- by the key of the address; an erased person's, by its hash
                    SELECT * FROM unnest(%(accounts)s::int[], %(keys)s::text[]) AS one (account, key)
                    UNION ALL SELECT * FROM unnest(%(accounts)s::int[], %(erased)s::text[]) AS one (account, key)
                )
                SELECT DISTINCT ON (c.id) c.id, c.name, one.account
                  FROM (
                    SELECT account, i.contributor_id FROM told JOIN pathways_identity i ON i.join_key = key
                    UNION SELECT account, i.contributor_id FROM told JOIN pathways_identity i ON i.account_key = key
                    UNION SELECT u.id, i.contributor_id FROM teams_user u
                      JOIN pathways_identity i ON lower(btrim(i.email)) = lower(btrim(u.email))
                     WHERE u.id = ANY(%(accounts)s)
                  ) AS one
                  JOIN pathways_contributor c ON c.id = one.contributor_id
                 ORDER BY c.id, one.account
                """,
                {
                    "accounts": list(emails),
                    "keys": told,
                    "erased": [suppression.kept_of(key) for key in told],
                },
            )
            rows = cursor.fetchall()
        here = presence.among(self.team, [pk for pk, _name, _user in rows])
        return [LeftOut(pk, name, str(roles.get(user, "admin"))) for pk, name, user in rows if pk in here]

    @cached_property
    def left_out_ids(self) -> frozenset[int]:
        """Their ids."""
        return frozenset(person.contributor_id for person in self.left_out)

    def begun_before(self, day: date) -> list[Source]:
        """The enabled sources whose data begins before a day: as declared, or by an act that is not quarantined."""
        with connection.cursor() as cursor:
            cursor.execute(BEGUN, {"team": self.team.pk, "day": day})
            begun = {pk for (pk,) in cursor.fetchall()}
        return [source for source in self.sources if source.pk in begun]

    def active_on(self, day: date, sources: list[Source], population: int = VOLUNTEERS) -> list[int]:
        """Ids of those at the active level or above on a day, counted from some of the sources alone."""
        held = self._active_from(frozenset(source.pk for source in sources))
        return sorted(
            {
                row.who
                for row in held
                if row.population & population and row.first <= day < row.until and row.who not in self.left_out_ids
            }
        )

    def _active_from(self, sources: frozenset[int]) -> list[Held]:
        """Every run at the active level or above, as some sources tell it; derived once for all who ask.

        The stored spans answer when these are all of the sources; else spans are derived for the question.
        """
        if sources not in self._held:
            if len(sources) == len(self.sources):
                stored = Span.objects.filter(team_id=self.team.pk, pathway_id=0).at_least(Level.ACTIVE)
                rows = stored.values_list("contributor_id", "population", "from_on", "until_on")
                self._held[sources] = [Held(*row) for row in rows]
            else:
                self._held[sources] = [
                    Held(row.contributor_id, row.population, row.from_on, row.until_on)
                    for row in spans.derive(self.team, sources=sorted(sources))
                    if row.pathway_id == 0 and row.level >= Level.ACTIVE
                ]
        return self._held[sources]
