"""The numbers of a team on one page, and as tables to take along."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lifecycle.criteria import LONGEST_WINDOW
from lifecycle.tables import Table, answer
from metrics import numbers
from metrics.cohorts import WITHIN, Asked, rates
from metrics.evidence import Evidence
from metrics.flows import Flow, by_month
from metrics.outcomes import WAYS
from metrics.questions import PeopleForm
from teams.access import team_for
from teams.models import Population, Team
from teams.runs import run_of
from teams.views.page import UNPROCESSABLE


def _asked(request: HttpRequest, slug: str) -> tuple[Team, PeopleForm, Asked | None]:
    team = team_for(request, slug)
    form = PeopleForm(request.GET.dict(), team=team, as_of=Evidence(team).as_of)
    return team, form, form.question().asked if form.is_valid() else None


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Cohorts, times, retention, drifting and months, of one population and pathway, on a day."""
    team, form, asked = _asked(request, slug)
    context = {
        "team": team,
        "form": form,
        "numbers": numbers.numbers_of(asked) if asked else None,
        "levels": list(numbers.NAMES),
        "flows": list(Flow),
        "run": run_of([team], is_live=True),
        "query": f"?{request.GET.urlencode()}" if request.GET else "",
    }
    return render(request, "metrics/numbers.html", context, status=200 if asked else UNPROCESSABLE)


@require_safe
def months(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """Every month as a file."""
    team, _question, asked = _asked(request, slug)
    if asked is None:
        raise Http404
    rows = ([month.first, month.last, *numbers.figures(month)] for month in by_month(asked))
    header = [_("First day"), _("Last day"), *numbers.columns()]
    return answer(Table(f"{team.slug}-months", header, rows, asked.as_of, _population(asked)), form)


@require_safe
def cohorts(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """Every cohort of every step as a file, with the people who came within so many days."""
    team, _question, asked = _asked(request, slug)
    if asked is None:
        raise Http404
    header = [_("From"), _("To"), _("Cohort from"), _("Cohort to"), _("People")]
    header += [_("Within %(days)d days") % {"days": days} for days in WITHIN] + [_("Final")]
    rows = (
        [
            *(rate.begun.label, rate.came.label, rate.cohort.first, rate.cohort.last, rate.people),
            *rate.within,
            _("final") if rate.is_final else _("maturing"),
        ]
        for found in rates(asked, *WAYS, cohorts=LONGEST_WINDOW).values()
        for rate in found
    )
    return answer(Table(f"{team.slug}-cohorts", header, rows, asked.as_of, _population(asked)), form)


def _population(asked: Asked) -> str:
    return str(Population(str(asked.population)).label)
