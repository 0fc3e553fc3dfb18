"""The tables of what is counted, and of where it comes from, to be taken along."""

from collections.abc import Sequence

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from lifecycle.tables import Table
from metrics import reports, shortlists, waiting
from metrics.cohorts import times
from metrics.evidence import Evidence
from metrics.leadership import Leadership, leadership_of
from metrics.models import Import, Source
from metrics.outcomes import outcomes_of
from metrics.questions import PeopleForm, Question
from metrics.shortlists import Found
from metrics.tokens import listed
from pathways import standing
from teams import gates
from teams.models import Measurement, Population, Role, Team
from teams.tables import TableAsked, of_team, team_table

#: Deliveries that a file holds: more are a matter for the database.
DELIVERIES = 1_000


def _found(asked: TableAsked) -> Found:
    return Found(standing.counted(asked.team))


@team_table("near-the-next-level")
def near(asked: TableAsked) -> Table:
    """Everybody who is one act away from a level."""
    found = _found(asked)
    heads = [_("Id"), _("Person"), _("Level"), _("Next"), _("Pathway"), _("What is missing"), _("By")]
    rows = [
        (row.contributor.pk, str(row.contributor), row.held, row.level, row.pathway, row.missing, row.chance.last)
        for row in shortlists.near_rows(found.asked, found.near)
    ]
    return _people(asked, "near-the-next-level", heads, rows, found)


@team_table("drifting")
def drifting(asked: TableAsked) -> Table:
    """Everybody who is active, and silent."""
    found = _found(asked)
    heads = [_("Id"), _("Person"), _("Level"), _("Lapses"), _("Last contribution"), _("Days silent")]
    heads.append(_("What would keep it"))
    rows = [
        (
            *(row.contributor.pk, str(row.contributor), row.held.level, row.held.lapses_on),
            *(row.last_on, row.silent, row.keeping),
        )
        for row in shortlists.drifting_rows(found.asked, found.drifting)
    ]
    return _people(asked, "drifting", heads, rows, found)


@team_table("newcomers")
def newcomers(asked: TableAsked) -> Table:
    """Newcomers: those who wait, then those who were answered."""
    found = _found(asked)
    heads = [_("Id"), _("Person"), _("First contribution"), _("Level"), _("Answered by"), _("Answered"), _("How")]
    rows = [
        (
            *(row.contributor.pk, str(row.contributor), row.first_on, row.held.level),
            *(str(row.answer.by) if row.answer else "", row.answer.at.date() if row.answer and row.answer.at else None),
            row.answer.note if row.answer else "",
        )
        for row in shortlists.newcomer_rows(found, [*found.waiting, *found.answered])
    ]
    return _people(asked, "newcomers", heads, rows, found)


def _people(
    asked: TableAsked, name: str, heads: Sequence[str], rows: Sequence[Sequence[object]], found: Found
) -> Table:
    """People of the headline population, on the day of the page."""
    return of_team(asked.team, name, heads, rows, as_of=found.asked.as_of, population=Population.VOLUNTEERS)


@team_table("sources")
def sources(asked: TableAsked) -> Table:
    """The sources with their freshness."""
    heads = [_("Source"), _("Type"), _("Pathway"), _("Kind"), _("Complete to"), _("Last complete import")]
    heads += [_("Freshness"), _("Enabled")]
    rows = [
        (
            *(row.source.name, row.source.get_type_display(), str(row.source.pathway), str(row.source.default_kind)),
            *(row.source.complete_to, row.last_import and row.last_import.date()),
            *(row.words, _("yes") if row.source.enabled else _("no")),
        )
        for row in reports.sources_of(asked.team)
    ]
    return of_team(asked.team, "sources", heads, rows)


@team_table("imports")
def imports(asked: TableAsked) -> Table:
    """Every import, the latest first; with `source` in the address, those of one."""
    history = Import.objects.filter(source__team=asked.team).select_related("source__pathway", "job", "created_by")
    if "source" in asked.query:
        history = history.filter(source=asked.number("source"))
    heads = [_("File"), _("Source"), _("Pathway"), _("Received"), _("By"), _("State"), _("New"), _("Duplicate")]
    heads += [_("Quarantined"), _("Unknown kind"), _("Rejected")]
    rows = [
        (
            *(each.filename, str(each.source), str(each.source.pathway), each.created_at.date()),
            *(str(each.created_by or ""), each.standing.label, each.new, each.duplicate),
            *(each.quarantined, each.unknown_kind, each.rejected),
        )
        for each in history
    ]
    return of_team(asked.team, "imports", heads, rows)


@team_table("quarantine")
def quarantine(asked: TableAsked) -> Table:
    """What is kept and not counted because of its day, by source and reason."""
    heads = [_("Source"), _("Why"), _("Contributions"), _("First day"), _("Last day"), _("Decided")]
    rows = [
        (row.name, row.reason, row.count, row.first, row.last, _("never") if row.decided else "")
        for row in waiting.quarantine_of(asked.team)
    ]
    return of_team(asked.team, "quarantine", heads, rows)


@team_table("unknown-kinds")
def unknown_kinds(asked: TableAsked) -> Table:
    """Kinds that nobody has decided about."""
    heads = [_("Kind"), _("Contributions"), _("First day"), _("Last day")]
    rows = [(row.name, row.count, row.first, row.last) for row in waiting.unknown_kinds_of(asked.team)]
    return of_team(asked.team, "unknown-kinds", heads, rows)


@team_table("problems")
def problems(asked: TableAsked) -> Table:
    """Of one import, named by `import` in the address: what cannot be read, and where, as its report lists it."""
    delivery = get_object_or_404(Import, source__team=asked.team, pk=asked.number("import"))
    heads = [_("Line"), _("Column"), _("Field"), _("Reason")]
    rows = [(each["line"], each["column"], each["field"], each["reason"]) for each in delivery.errors]
    return of_team(asked.team, f"import-{delivery.pk}-problems", heads, rows)


@team_table("deliveries")
def deliveries(asked: TableAsked) -> Table:
    """What a stream, named by `source` in the address, has brought: the latest first."""
    source = get_object_or_404(Source, team=asked.team, pk=asked.number("source"))
    heads = [_("Received"), _("Event"), _("Contributions"), _("What became of it")]
    rows = [
        (each.received_at.isoformat(), each.event, each.contributions, each.became)
        for each in source.deliveries.defer("body")[:DELIVERIES]
    ]
    return of_team(asked.team, f"source-{source.pk}-deliveries", heads, rows)


@team_table("tokens", Role.ACTIVATOR)
def tokens(asked: TableAsked) -> Table:
    """The tokens of the API, for those who make them."""
    heads = [_("Name"), _("May"), _("Last day"), _("Made by"), _("Made"), _("Last used"), _("State")]
    rows = [
        (
            *(each.name, each.get_scope_display(), each.expires_on, str(each.made_by), each.made_at.date()),
            *(each.used_on, str(standing.label)),
        )
        for each, standing in listed(asked.team)
    ]
    return of_team(asked.team, "tokens", heads, rows)


def _leadership(team: Team) -> Leadership | None:
    return leadership_of(team, gates.verdict_of(team), Measurement.objects.filter(team=team))


@team_table("leaders")
def leaders(asked: TableAsked) -> Table:
    """Roles held by volunteers, where leadership is asked for."""
    told = _leadership(asked.team)
    rows = [(each.role, each.name, each.since) for each in told.holders] if told else []
    return of_team(asked.team, "leaders", [_("Role"), _("Who"), _("Since")], rows)


@team_table("mentors")
def mentors(asked: TableAsked) -> Table:
    """Mentors with their mentees, where leadership is asked for."""
    told = _leadership(asked.team)
    mentoring = told.mentors if told else ()
    rows = [(each.name, ", ".join(name for _id, name in each.mentees), each.since) for each in mentoring]
    return of_team(asked.team, "mentors", [_("Mentor"), _("Mentees"), _("Since")], rows)


@team_table("share-of-work")
def share_of_work(asked: TableAsked) -> Table:
    """How much of the work of a year is not by staff, month by month, where leadership is asked for."""
    told = _leadership(asked.team)
    chart = told.chart if told else None
    rows = [(year.last, year.every, year.volunteers, year.percent) for year in (chart.years if chart else ())]
    heads = [_("365 days to"), _("Contributions"), _("Not by staff"), _("Share, per cent")]
    return of_team(asked.team, "share-of-work", heads, rows, as_of=chart.as_of if chart else None)


def _question(asked: TableAsked) -> Question:
    """Of which population and pathway, on which day. Raises Http404 if the address makes no sense."""
    form = PeopleForm(asked.query.dict(), team=asked.team, as_of=Evidence(asked.team).as_of)
    if not form.is_valid():
        raise Http404
    return form.question()


@team_table("time-to-level")
def time_to_level(asked: TableAsked) -> Table:
    """Days from the first contribution to each level."""
    asks = _question(asked).asked
    heads = [_("Level"), _("People"), _("A quarter within, days"), _("Half within, days")]
    heads.append(_("Three quarters within, days"))
    rows = [(str(time.level.label), time.people, time.lower, time.median, time.upper) for time in times(asks)]
    return of_team(
        asked.team,
        "time-to-level",
        heads,
        rows,
        as_of=asks.as_of,
        population=Population(str(asks.population)),
        definition=_("Days from the first contribution, of everybody who has arrived."),
    )


@team_table("retention")
def retention(asked: TableAsked) -> Table:
    """Who of a cohort was active on the 90th day after joining, in words as on the page."""
    asks = _question(asked).asked
    heads = [_("Cohort from"), _("Cohort to"), _("Of the newcomers, active 90 days later")]
    heads.append(_("Of the newly active, still active 90 days later"))
    chart = outcomes_of(asks).joined
    shown = chart.rows if chart else ()
    rows = [(row.cohort.first, row.cohort.last, *(cell.words for cell in row.cells)) for row in shown]
    population = Population(str(asks.population))
    return of_team(asked.team, "retention", heads, rows, as_of=asks.as_of, population=population)
