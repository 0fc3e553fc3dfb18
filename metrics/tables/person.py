"""What is counted of one person, named by `contributor` in the address: to be taken along."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from lifecycle.tables import Table
from metrics.latest import Contributions
from metrics.person import PersonCounts
from metrics.person_timeline import timeline_of
from pathways import presence
from pathways.models import Contributor
from pathways.panels import PersonAsked
from teams.models import Population
from teams.tables import TableAsked, of_team, team_table, yes

#: Contributions that a file holds: more are a matter for the database.
MOST = 100_000


def _person(asked: TableAsked) -> Contributor:
    """Raises Http404 for a stranger as for nobody."""
    return presence.one_of(asked.team, asked.number("contributor"))


def _counts(asked: TableAsked) -> PersonCounts:
    """As the page shows the person: by one population's contributions, or by all."""
    named = asked.query.get("population", "")
    population = Population(named) if named in Population.values else None
    return PersonCounts(PersonAsked(_person(asked), asked.team, population))


@team_table("levels-reached")
def levels_reached(asked: TableAsked) -> Table:
    """Each level that a person ever reached."""
    told = _counts(asked)
    heads = [_("Level"), _("Where"), _("Reached"), _("Returns"), _("Held until"), _("Held now")]
    rows = [
        (row.level, row.pathway or _("in the team"), row.first, row.returned, row.until, yes(row.is_held))
        for row in told.conversions
    ]
    return _of(asked, told, "levels-reached", heads, rows)


@team_table("timeline")
def timeline(asked: TableAsked) -> Table:
    """The bars of a person's timeline: levels, roles, affiliations."""
    told = _counts(asked)
    chart = timeline_of(told)
    rows = [(what, run.first, run.until) for what, run in chart.rows] if chart else []
    return _of(asked, told, "timeline", [_("What"), _("From"), _("Until")], rows)


@team_table("months-of-a-person")
def months(asked: TableAsked) -> Table:
    """How much a person did in each month, the latest first."""
    told = _counts(asked)
    return _of(asked, told, "months", [_("Month"), _("Contributions")], reversed(told.months))


@team_table("contributions")
def contributions(asked: TableAsked) -> Table:
    """All that came in for a person, the latest first."""
    found = _person(asked)
    heads = [_("When"), _("Kind"), _("Pathway"), _("Source"), _("File"), _("Counts"), _("Why it does not")]
    rows = (
        (
            *(each.occurred_at.isoformat(), each.kind, each.pathway, each.source, each.file),
            *(_("no") if each.why else _("as staff") if each.is_staff else _("yes"), each.why),
        )
        for each in Contributions(found, asked.team)[:MOST]
    )
    return of_team(asked.team, f"person-{found.pk}-contributions", heads, rows)


def _of(asked: TableAsked, told: PersonCounts, name: str, heads: list[str], rows: Iterable[Sequence[object]]) -> Table:
    return of_team(
        asked.team,
        f"person-{told.contributor.pk}-{name}",
        heads,
        rows,
        as_of=told.as_of,
        population=told.population,
    )
