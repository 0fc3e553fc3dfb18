"""Who and what is not in a number, and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import connection
from django.utils.translation import gettext as _

from lifecycle.tables import Table
from pathways.models import Contributor, Pathway
from teams.models import Population, Team


@dataclass(frozen=True)
class Reason:
    """Why people, or contributions, are not in the number."""

    text: str
    people: int
    contributions: int | None = None
    names: list[str] = field(default_factory=list)


def table_of(name: str, found: Sequence[Reason], as_of: date) -> Table:
    """What is left out of a number, to be taken along."""
    heads = [_("Why"), _("People"), _("Contributions"), _("Who")]
    rows = [(each.text, each.people, each.contributions, "; ".join(each.names)) for each in found]
    return Table(f"{name}-left-out", heads, rows, as_of)


def other_people(population: Population, everybody: Iterable[int], counted: Iterable[int]) -> list[Reason]:
    """Bots, and people of another affiliation, who would be in if all acts counted."""
    people = Contributor.objects.filter(pk__in=set(everybody) - set(counted)).order_by("name", "id")
    bots = [person.name for person in people if person.is_bot]
    others = [person.name for person in people if not person.is_bot]
    reasons = {
        Population.VOLUNTEERS: _("Reaches it only with what was done as staff"),
        Population.STAFF: _("Reaches it only with what was done as a volunteer"),
        Population.PEOPLE: _("Not of this population"),
    }
    found = [(_("Bots"), bots), (reasons[population], others)]
    return [Reason(text, len(names), names=names) for text, names in found if names]


#: Why a contribution `c` does not count, given that it does not; `s` is its source, `known` what its kind is.
REASON = """CASE WHEN c.state = 2 THEN 'before' WHEN c.state = 3 THEN 'future' WHEN c.state = 4 THEN 'withdrawn'
            WHEN NOT s.enabled THEN 'source' WHEN known.state <> 'known' THEN 'kind'
            WHEN cardinality(s.counted_kinds) > 0 AND known.id NOT IN (
                 SELECT COALESCE(k.same_as_id, k.id) FROM pathways_kind k WHERE k.id = ANY(s.counted_kinds))
            THEN 'not of source' ELSE 'other kind' END"""

UNCOUNTED = f"""
SELECT {REASON} AS reason,
       count(DISTINCT c.contributor_id), count(*)
  FROM metrics_contribution c
  JOIN metrics_import i ON i.id = c.import_id
  JOIN metrics_source s ON s.id = i.source_id
  JOIN pathways_pathway p ON p.id = c.pathway_id
  JOIN pathways_kind kind ON kind.id = c.kind_id
  JOIN pathways_kind known ON known.id = COALESCE(kind.same_as_id, kind.id)
 WHERE c.team_id = %(team)s AND (%(pathway)s::int IS NULL OR c.pathway_id = %(pathway)s::int)
   AND (c.state = 3 OR c.day <= %(last)s)
   AND (c.state > 1 OR NOT s.enabled OR known.state <> 'known' OR (cardinality(p.counted_kinds) > 0
        AND known.id NOT IN (SELECT COALESCE(k.same_as_id, k.id) FROM pathways_kind k
                              WHERE k.id = ANY(p.counted_kinds)))
        OR (cardinality(s.counted_kinds) > 0
        AND known.id NOT IN (SELECT COALESCE(k.same_as_id, k.id) FROM pathways_kind k
                              WHERE k.id = ANY(s.counted_kinds))))
 GROUP BY 1 ORDER BY 3 DESC
"""


def reasons() -> dict[str, str]:
    """What each REASON is called."""
    return {
        "before": _("Quarantined: before the source's declared start, or before 1970"),
        "future": _("Quarantined: more than a day in the future"),
        "withdrawn": _("Withdrawn"),
        "source": _("The source is switched off"),
        "kind": _("The kind is unknown or ignored"),
        "not of source": _("The source does not count this kind"),
        "other kind": _("The pathway does not count this kind"),
    }


def uncounted(team: Team, pathway: Pathway | None, last: date) -> list[Reason]:
    """Contributions that count for nobody, by reason. The opposite of `metrics.acts.COUNTED`."""
    words = reasons()
    with connection.cursor() as cursor:
        cursor.execute(UNCOUNTED, {"team": team.pk, "pathway": pathway.pk if pathway else None, "last": last})
        return [Reason(words[reason], people, number) for reason, people, number in cursor.fetchall()]
