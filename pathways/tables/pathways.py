"""The tables of a team's pathways, to be taken along. One pathway is named by `pathway` in the address."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from lifecycle.tables import Table
from pathways.models import Enrolment, Pathway
from pathways.overview import Overview, overview, rows_of
from teams.models import Population
from teams.tables import TableAsked, of_team, team_table, yes


@team_table("all-pathways")
def listed(asked: TableAsked) -> Table:
    """Every pathway, open ones first."""
    heads = [_("Pathway"), _("Prototype"), _("Open"), _("Health: yes"), _("Health: asked"), _("Active"), _("Core")]
    rows = [
        (
            *(row.pathway.name, yes(row.pathway.is_prototype), yes(row.is_open)),
            *(row.met, row.asked, row.active, row.core),
        )
        for row in rows_of(asked.team)
    ]
    return of_team(asked.team, "all-pathways", heads, rows, population=Population.VOLUNTEERS)


def _pathway(asked: TableAsked) -> Pathway:
    slug = asked.query.get("pathway", "")
    if "\0" in slug:  # the database takes no such text
        raise Http404
    return get_object_or_404(Pathway.objects.select_related("team"), team=asked.team, slug=slug)


def _overview(asked: TableAsked) -> Overview:
    return overview(_pathway(asked), asked.population)


def _name(pathway: Pathway, table: str) -> str:
    return f"{pathway.slug}-{table}"


@team_table("steps")
def steps(asked: TableAsked) -> Table:
    """The steps of a pathway, in order, with the people who came so far; before them the way in."""
    told = _overview(asked)
    heads = [_("No."), _("Step"), _("Completed"), _("People"), _("Stopped before")]
    found = told.steps.rows if told.steps else []
    rows = [(each.number, each.name, each.completion, each.people, each.stopped) for each in found]
    as_of = told.steps.as_of if told.steps else None
    return of_team(asked.team, _name(told.pathway, "steps"), heads, rows, as_of=as_of, population=asked.population)


@team_table("conversion-points")
def points(asked: TableAsked) -> Table:
    """The conversion points of a pathway, by level."""
    told = _overview(asked)
    rows = [(str(each.level.label), *way) for each in told.levels for way in each.ways]
    return of_team(
        asked.team,
        _name(told.pathway, "conversion-points"),
        [_("Level"), _("Label"), _("Rule"), _("In force since")],
        rows,
        definition=_("Any one row of a level suffices."),
    )


@team_table("health")
def health(asked: TableAsked) -> Table:
    """The questions of a pathway's health, with their answers."""
    told = _overview(asked)
    heads = [_("Answered with yes"), _("Question"), _("Evidence"), _("Link")]
    rows = [(yes(check.is_met), check.question, check.evidence, check.url) for check in told.checks]
    return of_team(asked.team, _name(told.pathway, "health"), heads, rows)


@team_table("iterations")
def iterations(asked: TableAsked) -> Table:
    """What was changed in a pathway, the latest first."""
    told = _overview(asked)
    count = len(told.iterations)
    heads = [_("No."), _("What changed"), _("Why"), _("Before"), _("After"), _("By"), _("On")]
    rows = [
        (count - place, each.what, each.why, each.before, each.after, str(each.by), each.on)
        for place, each in enumerate(told.iterations)
    ]
    return of_team(asked.team, _name(told.pathway, "iterations"), heads, rows)


@team_table("enrolments")
def enrolments(asked: TableAsked) -> Table:
    """Who is enrolled in a pathway, the latest first."""
    found = _pathway(asked)
    rows = Enrolment.objects.filter(pathway=found).select_related("contributor").prefetch_related("completed_steps")
    heads = [_("Person"), _("Since"), _("Opportunity"), _("Completed by hand")]
    told = [
        (
            *(str(each.contributor), each.enrolled_on, each.opportunity),
            ", ".join(str(step) for step in each.completed_steps.all()),
        )
        for each in rows.order_by("-enrolled_on", "-pk")
    ]
    return of_team(asked.team, _name(found, "enrolments"), heads, told)
