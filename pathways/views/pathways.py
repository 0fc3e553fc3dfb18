"""A team's pathways: the list, one of them, what it says about itself."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pathways import forms, pathways
from pathways.models import Enrolment, Pathway
from pathways.overview import overview, rows_of
from pathways.panels import panels_of
from pathways.views.answer import answer, needs_another_look, pathway_of, team_of
from teams.access import seen_by
from teams.models import Population, Role, Team
from teams.runs import run_of
from teams.views.page import UNPROCESSABLE, reader

ENROLMENTS_A_PAGE = 25


@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: HttpRequest, slug: str) -> HttpResponse:
    """The team's pathways; opens one."""
    team = team_of(request, slug)
    form = forms.PathwayForm(request.POST or None)

    def again(status: int, problem: str) -> HttpResponse:
        return _list_page(request, team, form, status=status, problem=problem)

    if request.method != "POST":
        return _list_page(request, team, form)
    if not form.is_valid():
        return again(UNPROCESSABLE, needs_another_look())
    name = form.cleaned_data["name"]
    said = _("“%(pathway)s” is open. Now add its steps.") % {"pathway": name}
    return answer(
        request,
        lambda: pathways.create(team, actor=reader(request), **form.cleaned_data),
        said=said,
        to=Pathway.get_absolute_url,
        again=again,
    )


def _list_page(
    request: HttpRequest, team: Team, form: forms.PathwayForm, *, status: int = 200, problem: str = ""
) -> HttpResponse:
    access = seen_by(reader(request), team)
    context = {"team": team, "access": access, "rows": rows_of(team), "form": form, "problem": problem}
    context["run"] = run_of([team])
    return render(request, "pathways/pathways.html", context, status=status)


@require_safe
def pathway(request: HttpRequest, slug: str, pathway: str) -> HttpResponse:
    """One pathway."""
    return pathway_page(request, pathway_of(request, slug, pathway))


def pathway_page(
    request: HttpRequest, pathway: Pathway, *, status: int = 200, problem: str = "", **typed: object
) -> HttpResponse:
    """The whole page. `typed` are forms that came back with errors, by their name, so nothing is lost."""
    asked = request.GET.get("population", "")
    population = Population(asked) if asked in Population.values else Population.VOLUNTEERS
    enrolments = Enrolment.objects.filter(pathway=pathway).select_related("contributor")
    enrolments = enrolments.prefetch_related("completed_steps").order_by("-enrolled_on", "-pk")
    context: dict[str, object] = {
        "team": pathway.team,
        "access": seen_by(reader(request), pathway.team),
        "pathway": pathway,
        "overview": overview(pathway, population),
        "run": run_of([pathway.team]),
        "panels": panels_of(pathway, population),
        "population": population,
        "populations": Population.choices,
        "page": Paginator(enrolments, ENROLMENTS_A_PAGE).get_page(request.GET.get("page")),
        "problem": problem,
        "steward_form": forms.StewardForm(pathway.team),
        "funnel_form": forms.FunnelForm(pathway),
        "iteration_form": forms.IterationForm(),
        "welcome_form": forms.WelcomeForm(),
    }
    return render(request, "pathways/pathway.html", context | typed, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest, slug: str, pathway: str) -> HttpResponse:
    """What the pathway says about itself, and its change."""
    found = pathway_of(request, slug, pathway, Role.ACTIVATOR)
    if request.method != "POST":
        initial = {field: getattr(found, field) for field in pathways.FIELDS} | {"seen": pathways.seen(found)}
        return _details_page(request, found, forms.DetailsForm(initial=initial))
    form = forms.DetailsForm(request.POST)

    def again(status: int, problem: str) -> HttpResponse:
        found.refresh_from_db()
        return _details_page(request, found, form, status=status, problem=problem)

    if not form.is_valid():
        return again(UNPROCESSABLE, needs_another_look())
    change = lambda: pathways.change(found, actor=reader(request), **form.cleaned_data)  # noqa: E731
    return answer(request, change, said=_("The pathway is changed."), to=found.get_absolute_url(), again=again)


def _details_page(
    request: HttpRequest, pathway: Pathway, form: forms.DetailsForm, *, status: int = 200, problem: str = ""
) -> HttpResponse:
    """The form; in a conflict what stands there now is told above what was typed."""
    access = seen_by(reader(request), pathway.team)
    context = {"team": pathway.team, "access": access, "pathway": pathway, "form": form, "problem": problem}
    return render(request, "pathways/details.html", context, status=status)
