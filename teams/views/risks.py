"""The risk register and the check-ins."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lifecycle import clock
from teams import checkins, forms, risks
from teams.access import seen_by, team_for
from teams.models import Role, Team, TeamRisk
from teams.views.page import UNPROCESSABLE, acted, reader, submitted


@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole register, what is closed too; puts a risk on it."""
    team = team_for(request, slug)
    if request.method != "POST":
        return _register(request, team, forms.NewRiskForm(team))
    team_for(request, slug, Role.ACTIVATOR, Role.PARTNER)
    form = forms.NewRiskForm(team, request.POST)
    if not form.is_valid():
        return _register(request, team, form, status=UNPROCESSABLE)

    def act() -> str:
        risks.add(team, actor=reader(request), **form.cleaned_data)
        return _("The risk is on the register.")

    def again(status: int, problem: str) -> HttpResponse:
        return _register(request, team, form, status=status, problem=problem)

    return acted(request, team, act, anchor="register", again=again, page="teams:risks")


def _register(
    request: HttpRequest, team: Team, form: forms.NewRiskForm, *, status: int = 200, problem: str = ""
) -> HttpResponse:
    context = {"team": team, "access": seen_by(reader(request), team), "form": form, "problem": problem}
    context |= {"risks": risks.register(team), "today": clock.today()}
    return render(request, "teams/risks.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def risk(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One risk, and its change."""
    team = team_for(request, slug)
    found = get_object_or_404(TeamRisk.objects.select_related("team", "owner", "raised_by"), team=team, pk=pk)
    if request.method != "POST":
        return _page(request, team, found, _form(team, found))
    team_for(request, slug, Role.ACTIVATOR, Role.PARTNER)
    form = forms.EditRiskForm(team, request.POST)
    if not form.is_valid():
        return _page(request, team, found, form, status=UNPROCESSABLE)

    def act() -> str:
        risks.change(found, actor=reader(request), **form.cleaned_data)
        return _("The risk is changed.")

    def again(status: int, problem: str) -> HttpResponse:
        found.refresh_from_db()
        return _page(request, team, found, form, status=status, problem=problem)

    if _from_register(request):
        return acted(request, team, act, anchor="register", again=again, page="teams:risks")
    return acted(request, team, act, anchor="risks", again=again)


def _from_register(request: HttpRequest) -> bool:
    """Whether the reader came from the whole register, and goes back there: else from the dashboard."""
    return request.GET.get("from") == "register"


def _form(team: Team, risk: TeamRisk) -> forms.EditRiskForm:
    fields = ("text", "likelihood", "impact", "mitigation", "review_on", "state")
    initial = {field: getattr(risk, field) for field in fields} | {"owner": risk.owner_id, "seen": risk.version}
    return forms.EditRiskForm(team, initial=initial)


def _page(
    request: HttpRequest, team: Team, risk: TeamRisk, form: forms.EditRiskForm, *, status: int = 200, problem: str = ""
) -> HttpResponse:
    """The risk with its form; in a conflict the fresh row stands above what was typed."""
    access = seen_by(reader(request), team)
    context = {"team": team, "access": access, "risk": risk, "form": form, "problem": problem}
    context["from_register"] = _from_register(request)
    return render(request, "teams/risk.html", context, status=status)


@require_POST
def check_ins(request: HttpRequest, slug: str) -> HttpResponse:
    """Records a check-in."""
    team = team_for(request, slug, Role.ACTIVATOR, Role.PARTNER)
    form = forms.CheckInForm(request.POST)

    def act() -> str:
        checkins.keep(team, actor=reader(request), **form.cleaned_data)
        return _("The check-in is recorded.")

    return submitted(request, team, form, act, name="check_in_form", anchor="check-ins")
