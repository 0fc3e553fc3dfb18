"""Explain a number: every number of a team opens one of these pages, and the list behind it can be taken along."""

from collections.abc import Callable

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lifecycle.measures import Measure
from lifecycle.tables import Table, answer, is_left_out, links
from metrics import explain, explain_changes, explain_cohorts, explain_steps, explain_work, left_out
from metrics.evidence import Evidence
from metrics.explain import Explanation
from metrics.questions import (
    DayForm,
    FlowForm,
    JoinForm,
    MeasureForm,
    PeopleForm,
    Question,
    QuestionForm,
    StepForm,
    WalkForm,
    WindowForm,
)
from teams.access import team_for
from teams.models import Team
from teams.runs import run_of

PEOPLE_A_PAGE = 50
View = Callable[..., HttpResponse]


def _page(request: HttpRequest, team: Team, told: Explanation | None, **context: object) -> HttpResponse:
    """The page of a number; without one (the question was no question) the form with its errors."""
    people = Paginator(told.people, PEOPLE_A_PAGE).get_page(request.GET.get("page")) if told and told.people else None
    run = run_of([team], is_live=True)
    context |= {"team": team, "told": told, "page": people, "run": run}
    return render(request, "metrics/number.html", context, status=200 if told else 422)


def _list(request: HttpRequest, team: Team, told: Explanation, name: str, form: str) -> HttpResponse:
    """Exactly the people of the number, as a file; or who and what was left out."""
    if is_left_out(request.GET):
        return answer(left_out.table_of(f"{team.slug}-{name}", told.left_out, told.as_of), form)
    if told.people is None:
        raise Http404
    header = [_("Id"), _("Name"), *(head for head in told.heads if head)]
    rows = ((who.id, who.name, who.level, who.since, who.until)[: len(header)] for who in told.people)
    return answer(Table(f"{team.slug}-{name}", header, rows, told.as_of, definition=told.formula), form)


def _asked(
    request: HttpRequest, slug: str, form_of: type[QuestionForm], answer: Callable[[Question], Explanation]
) -> tuple[Team, QuestionForm, Explanation | None]:
    team = team_for(request, slug)
    form = form_of(request.GET.dict(), team=team, as_of=Evidence(team).as_of)
    return team, form, answer(form.question()) if form.is_valid() else None


def _files(request: HttpRequest, name: str, parts: list[str]) -> dict[str, object]:
    """Where the lists of the page are to be had as files, for the same question."""
    return {
        "files": links(f"metrics:{name}", parts, request.GET),
        "files_of_left_out": links(f"metrics:{name}", parts, request.GET, left_out=True),
    }


def _views(
    name: str, file: str, form_of: type[QuestionForm], explained: Callable[[Question], Explanation]
) -> tuple[View, View]:
    """The page at the address `name`, which asks by a form; and its people in a file of the name `file`."""

    @require_safe
    def shown(request: HttpRequest, slug: str) -> HttpResponse:
        team, form, told = _asked(request, slug, form_of, explained)
        return _page(request, team, told, form=form, **_files(request, name, [slug]))

    @require_safe
    def listed(request: HttpRequest, slug: str, form: str) -> HttpResponse:
        team, _question, told = _asked(request, slug, form_of, explained)
        if told is None:
            raise Http404
        return _list(request, team, told, file, form)

    return shown, listed


#: Contributors at a level or above, on a day.
active, active_list = _views("active-contributors", "contributors", QuestionForm, explain.active)
#: First arrivals at a level, in a window.
conversions, conversions_list = _views("conversions", "conversions", WindowForm, explain.conversions)
#: Of a cohort who reached a level, the share who reached another within 90 days.
rate, rate_list = _views("conversion-rate", "conversion-rate", StepForm, explain_cohorts.rate)
#: From the first act to a level.
time, time_list = _views("time-to-level", "time-to-level", QuestionForm, explain_cohorts.time_to_level)
#: Of a cohort who joined, the share who are active on the 90th day.
joining, joining_list = _views("joining", "joining", JoinForm, explain_cohorts.joining)
#: Of those active a year ago, the share who are active.
retention, retention_list = _views("retention", "retention", PeopleForm, explain_changes.kept)
#: Active, and silent for 180 days.
drifting, drifting_list = _views("drifting", "drifting", PeopleForm, explain_changes.drifters)
#: Who converted, returned or lapsed in a window.
flow, flow_list = _views("flow", "flow", FlowForm, explain_changes.flow)

#: How far people came along the steps of a pathway.
steps, steps_list = _views("steps", "steps", WalkForm, explain_steps.came)
#: Enrolled, and not a contributor yet.
prospects, prospects_list = _views("prospects", "prospects", PeopleForm, explain_changes.waiting)


def _share(request: HttpRequest, slug: str) -> tuple[Team, DayForm, Explanation | None]:
    team = team_for(request, slug)
    evidence = Evidence(team)
    form = DayForm(request.GET, as_of=evidence.as_of)
    return team, form, explain_work.share(evidence, form.cleaned_data["on"]) if form.is_valid() else None


@require_safe
def share(request: HttpRequest, slug: str) -> HttpResponse:
    """How much of the work of a year is not by staff."""
    team, form, told = _share(request, slug)
    return _page(request, team, told, form=form, **_files(request, "share-of-work", [slug]))


@require_safe
def share_list(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """Who did it, as a file."""
    team, _question, told = _share(request, slug)
    if told is None:
        raise Http404
    return _list(request, team, told, "share-of-work", form)


def _measure(request: HttpRequest, slug: str, key: str) -> tuple[Team, MeasureForm, Explanation | None]:
    team = team_for(request, slug)
    if key not in Measure.values:
        raise Http404
    form = MeasureForm(request.GET)
    return team, form, explain.measure(team, Measure(key), form.window) if form.is_valid() else None


@require_safe
def number(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """A measure of the gate, in the window of its criterion."""
    team, form, told = _measure(request, slug, key)
    return _page(request, team, told, form=None if told else form, **_files(request, "number", [slug, key]))


@require_safe
def number_list(request: HttpRequest, slug: str, key: str, form: str) -> HttpResponse:
    """The people of a measure as a file."""
    team, _question, told = _measure(request, slug, key)
    if told is None:
        raise Http404
    return _list(request, team, told, key, form)
