"""The case studies of a team."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from teams import case_studies, forms
from teams.access import team_for
from teams.models import CaseStudy, Role
from teams.views.page import acted, reader, submitted, team_page


@require_POST
def publications(request: HttpRequest, slug: str) -> HttpResponse:
    """Records a published case study."""
    team = team_for(request, slug, Role.ACTIVATOR, Role.PARTNER)
    form = forms.CaseStudyForm(request.POST)

    def act() -> str:
        case_studies.publish(team, actor=reader(request), **form.cleaned_data)
        return _("The case study is on the list.")

    return submitted(request, team, form, act, name="case_study_form", anchor="case-studies")


@require_POST
def withdrawal(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Withdraws one."""
    team = team_for(request, slug, Role.ACTIVATOR, Role.PARTNER)
    found = get_object_or_404(CaseStudy.objects.select_related("team"), team=team, pk=pk)

    def act() -> str:
        case_studies.withdraw(found, actor=reader(request))
        return _("The case study is withdrawn.")

    def again(status: int, problem: str) -> HttpResponse:
        return team_page(request, team, status=status, problem=problem)

    return acted(request, team, act, anchor="lately", again=again)
