"""What a merge or other conversion points change in numbers: counted by the recount itself, inside the caller's try.

For `pathways/reach.py` and `pathways/rehearsal.py`.
"""

from collections.abc import Collection, Mapping

from django.db import connection
from django.db.models import Count, F, Max, Min
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lifecycle import clock
from metrics import counts, recount
from metrics.evidence import Evidence
from metrics.models import Contribution, Span, Touched
from metrics.populations import EVERYTHING
from pathways import reach
from pathways.models import Identity, Level, Pathway
from pathways.reach import Lately, Seen
from teams.gates import verdict_of
from teams.models import Measurement, Team

#: The cumulative levels.
ABOVE = {
    Level.CASUAL: gettext_lazy("Casual or above"),
    Level.ACTIVE: gettext_lazy("Active or above"),
    Level.CORE: gettext_lazy("Core"),
}


class Counted:
    """The engine's answers."""

    def lately(self, team: Team, people: Collection[int]) -> dict[int, Lately]:
        """What each has done in the team, whether it counts or not."""
        acts = Contribution.objects.filter(team=team, pathway__in=team.pathways.values("pk"), contributor__in=people)
        rows = acts.values_list("contributor").annotate(acts=Count("*"), last=Max("day"))
        return {who: Lately(number, last) for who, number, last in rows}

    def acts(self, people: Collection[int], most: int) -> int:
        """How many acts they have, counted no further than to `most`."""
        held = Identity.objects.filter(contributor__in=list(people)).values("pk")
        return Contribution.objects.filter(identity__in=held).values("identity")[:most].count()

    def teams(self, people: Collection[int]) -> list[int]:
        """The teams in which they contribute, are enrolled, or hold a role."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT team_id FROM metrics_places_of(%s::int[])", [list(people)])
            return sorted(team for (team,) in cursor.fetchall())

    def look(self, team: int, people: Collection[int]) -> Seen:
        """The team as it is now: counted again, unless its numbers are those of its facts."""
        found = Team.objects.select_for_update(no_key=True).get(pk=team)
        counted = Measurement.objects.filter(team=found).aggregate(version=Min("data_version"))["version"]
        if counted is None or counted < found.facts_version or Touched.objects.filter(team_id=team).exists():
            recount.recount(team)
            found.refresh_from_db()
        verdict = verdict_of(found)
        conditions = {str(row.label): f"{row.have} ({row.state.label})" for row in verdict.conditions}
        return Seen(_levels(team, people), {_("The gate"): str(verdict.state.label)} | conditions)

    def size(self, team: int, most: int) -> int:
        """How many acts the team has, counted no further than to `most`."""
        return Contribution.objects.filter(team=team).values("team")[:most].count()

    def stocks(self, pathway: Pathway) -> Mapping[tuple[str, str], int]:
        """Of the pathway and of the team, who holds each level or above on the as-of day."""
        team, on = pathway.team, Evidence(pathway.team).as_of
        whole: list[tuple[str, Pathway | None]] = [(str(team), None)]
        if team.pathways.count() > 1:  # of a team of one pathway both have the same numbers
            whole.insert(0, (pathway.name, pathway))
        return {
            (where, str(label)): counts.stock(team, on=on, level=level, pathway=within)
            for where, within in whole
            for level, label in ABOVE.items()
        }


def _levels(team: int, people: Collection[int]) -> dict[int, str]:
    """Of each: the level today, and on which day each was first reached."""
    held = Span.objects.filter(team_id=team, pathway_id=0, contributor_id__in=list(people))
    seen = held.alias(seen=F("population").bitand(EVERYTHING)).filter(seen__gt=0).order_by("level", "from_on")
    today = clock.today()
    now: dict[int, Level] = {}
    first: dict[int, list[str]] = {}
    for span in seen:
        if span.from_on <= today < span.until_on:
            now[span.contributor_id] = Level(span.level)
        if span.is_first:
            said = f"{Level(span.level).label} {date_format(span.from_on, 'j M Y')}"
            first.setdefault(span.contributor_id, []).append(said)
    return {
        who: _("%(level)s; reached: %(reached)s") % {"level": now[who].label, "reached": ", ".join(first.get(who, []))}
        for who in now
    }


reach.counts(Counted())
