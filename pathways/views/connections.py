"""What a pathway is joined to: stewards, funnels, iterations, and the people who enrol."""

from collections.abc import Callable

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pathways import enrolments, forms, pathways, stewards
from pathways.models import Enrolment, FunnelLink, Iteration, Pathway, Step, Steward
from pathways.views.answer import answer, needs_another_look, pathway_of
from pathways.views.pathways import pathway_page
from teams.access import seen_by
from teams.models import Role, User
from teams.views.page import UNPROCESSABLE, reader


def _submitted(
    request: HttpRequest, pathway: Pathway, form: Form, verb: Callable[[], object], *, name: str, anchor: str, said: str
) -> HttpResponse:
    """A form of the pathway's page: 422 with its errors, or the verb."""

    def again(status: int, problem: str) -> HttpResponse:
        return pathway_page(request, pathway, status=status, problem=problem, **({name: form} if name else {}))

    if not form.is_valid():
        return again(UNPROCESSABLE, needs_another_look())
    return answer(request, verb, said=said, to=f"{pathway.get_absolute_url()}#{anchor}", again=again)


def _pressed(
    request: HttpRequest, pathway: Pathway, verb: Callable[[], object], *, anchor: str, said: str
) -> HttpResponse:
    """A button without a form of its own."""
    return _submitted(request, pathway, Form(request.POST), verb, name="", anchor=anchor, said=said)


@require_POST
def steward_list(request: HttpRequest, slug: str, pathway: str) -> HttpResponse:
    """Makes somebody a steward."""
    found = pathway_of(request, slug, pathway)
    form = forms.StewardForm(found.team, request.POST)
    verb = lambda: stewards.appoint(found, actor=reader(request), **form.chosen())  # noqa: E731
    return _submitted(
        request, found, form, verb, name="steward_form", anchor="stewards", said=_("The pathway has a steward.")
    )


@require_POST
def steward_end(request: HttpRequest, slug: str, pathway: str, pk: int) -> HttpResponse:
    """Ends a stewardship."""
    found = pathway_of(request, slug, pathway)
    steward = get_object_or_404(Steward.objects.select_related("pathway__team"), pathway=found, pk=pk)
    verb = lambda: stewards.end(steward, actor=reader(request))  # noqa: E731
    said = _("%(person)s no longer looks after this pathway.") % {"person": steward}
    return _pressed(request, found, verb, anchor="stewards", said=said)


@require_POST
def funnel_list(request: HttpRequest, slug: str, pathway: str) -> HttpResponse:
    """Connects the pathway to a funnel."""
    found = pathway_of(request, slug, pathway)
    form = forms.FunnelForm(found, request.POST)
    verb = lambda: pathways.connect(found, actor=reader(request), **form.cleaned_data)  # noqa: E731
    return _submitted(
        request, found, form, verb, name="funnel_form", anchor="funnels", said=_("The funnel is connected.")
    )


@require_POST
def funnel_end(request: HttpRequest, slug: str, pathway: str, pk: int) -> HttpResponse:
    """Disconnects the pathway from a funnel."""
    found = pathway_of(request, slug, pathway)
    link = get_object_or_404(FunnelLink.objects.select_related("pathway__team", "funnel"), pathway=found, pk=pk)
    verb = lambda: pathways.disconnect(link, actor=reader(request))  # noqa: E731
    return _pressed(request, found, verb, anchor="funnels", said=_("The funnel is disconnected."))


@require_POST
def iteration_list(request: HttpRequest, slug: str, pathway: str) -> HttpResponse:
    """Records an iteration."""
    found = pathway_of(request, slug, pathway)
    form = forms.IterationForm(request.POST)
    verb = lambda: pathways.record_iteration(found, actor=reader(request), **form.cleaned_data)  # noqa: E731
    return _submitted(
        request, found, form, verb, name="iteration_form", anchor="iterations", said=_("The iteration is recorded.")
    )


@require_POST
def iteration_measure(request: HttpRequest, slug: str, pathway: str, pk: int) -> HttpResponse:
    """Adds what was measured after a change."""
    found = pathway_of(request, slug, pathway)
    iteration = get_object_or_404(Iteration.objects.select_related("pathway__team"), pathway=found, pk=pk)
    form = forms.MeasureForm(request.POST)
    verb = lambda: pathways.measured_after(iteration, actor=reader(request), **form.cleaned_data)  # noqa: E731
    return _submitted(request, found, form, verb, name="", anchor="iterations", said=_("The measure is recorded."))


@require_POST
def enrolment_list(request: HttpRequest, slug: str, pathway: str) -> HttpResponse:
    """Enrols somebody by name and e-mail."""
    found = pathway_of(request, slug, pathway)
    form = forms.WelcomeForm(request.POST)
    verb = lambda: enrolments.welcome(found, actor=reader(request), **form.cleaned_data)  # noqa: E731
    return _submitted(
        request, found, form, verb, name="welcome_form", anchor="enrolments", said=_("Welcome: the person is enrolled.")
    )


@require_http_methods(["GET", "HEAD", "POST"])
def enrolment(request: HttpRequest, slug: str, pathway: str, pk: int) -> HttpResponse:
    """What an enrolled person is connected to, and the steps completed by hand."""
    found = pathway_of(request, slug, pathway, Role.ACTIVATOR)
    known = Enrolment.objects.select_related("contributor", "pathway__team")
    enrolled = get_object_or_404(known, pathway=found, pk=pk)
    form = forms.EnrolmentForm(enrolled, request.POST if request.method == "POST" else None)

    def page(status: int = 200, problem: str = "") -> HttpResponse:
        access = seen_by(reader(request), found.team)
        context = {"team": found.team, "access": access, "pathway": found, "enrolment": enrolled, "form": form}
        return render(request, "pathways/enrolment.html", context | {"problem": problem}, status=status)

    if request.method != "POST":
        return page()
    if not form.is_valid():
        return page(UNPROCESSABLE, needs_another_look())
    to = f"{found.get_absolute_url()}#enrolments"
    return answer(request, lambda: _write(enrolled, form, reader(request)), said=_("Saved."), to=to, again=page)


def _write(enrolment: Enrolment, form: forms.EnrolmentForm, actor: User) -> None:
    enrolments.connect(enrolment, actor=actor, opportunity=form.cleaned_data["opportunity"])
    by_hand = Step.objects.filter(pathway=enrolment.pathway, kinds=[])
    was, wanted = set(enrolment.completed_steps.all()), set(form.cleaned_data.get("steps", []))
    for step in by_hand:
        if (step in was) != (step in wanted):
            enrolments.complete_step(enrolment, actor=actor, step=step, done=step in wanted)
