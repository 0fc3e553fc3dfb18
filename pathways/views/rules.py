"""The pages on which a pathway's steps and conversion points are written, each as one set."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from django.forms import BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pathways import rehearsal, rule_forms, rules, wording
from pathways.forms import kind_choices
from pathways.models import Pathway
from pathways.views.answer import answer, needs_another_look, pathway_of
from teams.access import seen_by
from teams.models import Role
from teams.refusals import Conflict, Refused
from teams.views.page import CONFLICT, UNPROCESSABLE, reader


@require_http_methods(["GET", "HEAD", "POST"])
def points(request: HttpRequest, slug: str, pathway: str) -> HttpResponse:
    """The conversion points of a pathway, and their change."""
    found = pathway_of(request, slug, pathway, Role.ACTIVATOR)
    labels = wording.kind_labels()

    def now() -> list[str]:
        return [f"{point.label}: {wording.sentence(point, labels)}" for point in rules.points_of(found)]

    return _set(
        request,
        found,
        rule_forms.PointFormSet,
        rules.points_of(found),
        template="pathways/points.html",
        now=now,
        write=lambda values, seen: rules.set_points(found, values, actor=reader(request), seen=seen),
        rehearse=lambda values, seen: rehearsal.rehearse(found, values, actor=reader(request), seen=seen),
        said=_("The conversion points are saved. The numbers are being counted again."),
        anchor="points",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def steps(request: HttpRequest, slug: str, pathway: str) -> HttpResponse:
    """The steps of a pathway, and their change."""
    found = pathway_of(request, slug, pathway, Role.ACTIVATOR)
    return _set(
        request,
        found,
        rule_forms.StepFormSet,
        rules.steps_of(found),
        template="pathways/steps.html",
        now=lambda: [step.name for step in rules.steps_of(found)],
        write=lambda values, seen: rules.set_steps(found, values, actor=reader(request), seen=seen),
        said=_("The steps are saved."),
        anchor="steps",
    )


def _set(
    request: HttpRequest,
    pathway: Pathway,
    formset_class: "type[BaseFormSet[Any]]",
    values: Sequence[rules.Point | rules.StepSpec],
    *,
    template: str,
    now: Callable[[], list[str]],
    write: Callable[[list[Any], str], object],
    rehearse: Callable[[list[Any], str], object] | None = None,
    said: str,
    anchor: str,
) -> HttpResponse:
    """A set of rows as a page: read, written, or shown again with what was typed and, in a conflict, what is there.

    Where it can be rehearsed, what is typed can be tried: the page comes back with what it would change.
    """

    def page(status: int = 200, problem: str = "", rehearsed: object = None) -> HttpResponse:
        context = {
            "team": pathway.team,
            "access": seen_by(reader(request), pathway.team),
            "pathway": pathway,
            "formset": formset,
            "seen_form": seen,
            "problem": problem,
            "now": now() if problem else [],
            "rehearsed": rehearsed,
        }
        return render(request, template, context, status=status)

    kinds = {"kinds": kind_choices()}
    if request.method != "POST":
        formset = formset_class(initial=[asdict(value) for value in values], form_kwargs=kinds)
        seen = rule_forms.SeenForm(initial={"seen": rules.seen(values)})
        return page()
    formset, seen = formset_class(request.POST, form_kwargs=kinds), rule_forms.SeenForm(request.POST)
    if not (formset.is_valid() and seen.is_valid()):
        return page(UNPROCESSABLE, needs_another_look())
    wanted = [form.value() for form in _kept(formset)]
    if rehearse is not None and "look" in request.POST:
        return _rehearsed(page, lambda: rehearse(wanted, seen.cleaned_data["seen"]))
    to = f"{pathway.get_absolute_url()}#{anchor}"
    return answer(request, lambda: write(wanted, seen.cleaned_data["seen"]), said=said, to=to, again=page)


def _rehearsed(page: Callable[..., HttpResponse], rehearse: Callable[[], object]) -> HttpResponse:
    """The page with what would change; or 422 for a rule, 409 for a conflict, as if it had been saved."""
    try:
        return page(rehearsed=rehearse())
    except Refused as refused:
        return page(UNPROCESSABLE, refused.reason)
    except Conflict as conflict:
        return page(CONFLICT, conflict.reason)


def _kept(formset: "BaseFormSet[Any]") -> list[Any]:
    """The rows that were filled in and not removed, in the order asked for."""
    if formset.can_order:
        return list(formset.ordered_forms)
    return [form for form in formset if form.has_changed() and form not in formset.deleted_forms]
