"""Who is near a level, drifts, is new, leads or mentors: to be taken along."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from lifecycle.tables import Table
from metrics import shortlists
from metrics.leadership import Leadership, leadership_of
from metrics.shortlists import Found
from pathways import standing
from teams import gates
from teams.models import Measurement, Population, Team
from teams.tables import TableAsked, of_team, team_table


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
