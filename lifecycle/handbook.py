"""The guide's pages: the whole ladder, one stage with its facets, one facet across the stages, the words."""

from datetime import date
from typing import cast

from django import forms
from django.contrib import messages
from django.contrib.auth.models import AbstractBaseUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from lifecycle import clock, suggestions
from lifecycle.earlier import earlier as earlier_of
from lifecycle.glossary import GLOSSARY
from lifecycle.guide import ABOUT, Cell, Rung, across, ladder
from lifecycle.guide_tables import TABLES, table_of
from lifecycle.measures import Measure
from lifecycle.models import Facet, Stage, Suggestion
from lifecycle.tables import answer


class SuggestionForm(forms.ModelForm):  # type: ignore[type-arg]  # generic to the type checker only
    """A reader's text; stage and facet are in the address."""

    class Meta:
        model = Suggestion
        fields = ["text"]
        labels = {"text": gettext_lazy("What would you add or change?")}
        widgets = {"text": forms.Textarea(attrs={"rows": 4})}
        error_messages = {"text": {"required": gettext_lazy("Write something before you send it.")}}


class DayForm(forms.Form):
    """On which day a stage is to be read."""

    on = forms.DateField(label=gettext_lazy("Read it on"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean_on(self) -> date:
        """A day that has come."""
        on: date = self.cleaned_data["on"]
        if on > clock.today():
            raise forms.ValidationError(_("This day has not come yet."))
        return on


def _form(cell: Cell, data: object = None) -> SuggestionForm:
    return SuggestionForm(data, auto_id=f"id_{cell.anchor}_%s")  # type: ignore[arg-type]  # a QueryDict, or nothing


def _with_forms(rungs: list[Rung]) -> list[tuple[Rung, list[tuple[Cell, SuggestionForm]]]]:
    return [(rung, [(cell, _form(cell)) for cell in rung.cells]) for rung in rungs]


def _reader(request: HttpRequest) -> str:
    return cast("AbstractBaseUser", request.user).get_username()


@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """The whole ladder: stages beside each other, facets below each other."""
    rungs = ladder(_reader(request))
    rows = [(facet, ABOUT[facet], [rung.cells[place] for rung in rungs]) for place, facet in enumerate(Facet)]
    return render(request, "lifecycle/guide.html", {"rungs": rungs, "rows": rows, "across": across()})


@require_safe
def stage(request: HttpRequest, slug: str) -> HttpResponse:
    """One stage with its eight facets."""
    rungs = ladder(_reader(request))
    for rung, cells in _with_forms(rungs):
        if rung.stage.slug == slug:
            context = {"stage": rung.stage, "cells": cells, "rungs": rungs, "across": across()}
            return render(request, "lifecycle/stage.html", context)
    raise Http404


@require_safe
def earlier(request: HttpRequest, slug: str) -> HttpResponse:
    """How a stage read on a day, and what was changed of it when. One that is retired as well: decisions name it."""
    of = get_object_or_404(Stage, slug=slug)
    form = DayForm(request.GET) if "on" in request.GET else DayForm()
    day = form.cleaned_data["on"] if form.is_valid() else None
    context = {"stage": of, "day": day, "form": form, "told": earlier_of(of, day)}
    return render(request, "lifecycle/earlier.html", context, status=422 if form.errors else 200)


@require_safe
def facet(request: HttpRequest, facet: str) -> HttpResponse:
    """One facet across the stages."""
    chosen = _facet(facet)
    place = list(Facet).index(chosen)
    cells = [cells[place] for _rung, cells in _with_forms(ladder(_reader(request)))]
    context = {"facet": chosen, "about": ABOUT[chosen], "cells": cells, "facets": list(Facet)}
    if chosen is Facet.ACTIVATOR_ROLE:
        context["across"] = across()
    return render(request, "lifecycle/facet.html", context)


@require_safe
def words(request: HttpRequest) -> HttpResponse:
    """What the words mean that the pages use, and what a gate can count."""
    return render(request, "lifecycle/words.html", {"glossary": GLOSSARY, "measures": list(Measure)})


@require_safe
def table(_request: HttpRequest, name: str, form: str) -> HttpResponse:
    """A table of the guide as a file."""
    if name not in TABLES:
        raise Http404
    return answer(table_of(name), form)


@require_POST
def suggest(request: HttpRequest, slug: str, facet: str) -> HttpResponse:
    """Send a suggestion to the admins."""
    of = get_object_or_404(Stage, slug=slug, retired=False)
    cell = Cell(of, _facet(facet))
    form = _form(cell, request.POST)
    is_fragment = request.headers.get("HX-Request") == "true"
    template = "lifecycle/_suggestion_answer.html" if is_fragment else "lifecycle/suggestion.html"
    if not form.is_valid():
        return render(request, template, {"cell": cell, "form": form}, status=422)
    sent = suggestions.suggest(of, facet=cell.facet, text=form.cleaned_data["text"], author=_reader(request))
    if is_fragment:
        cell.suggestions.append(sent)
        return render(request, template, {"cell": cell, "form": _form(cell), "sent": True})
    messages.success(request, _("Thank you. Your suggestion has been sent to the admins."))
    response = redirect(cell)
    response.status_code = 303
    return response


def _facet(name: str) -> Facet:
    if name not in Facet.values:
        raise Http404
    return Facet(name)
