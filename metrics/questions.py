"""What a reader may ask of the spans, as it stands in a page's address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lifecycle.criteria import LONGEST_WINDOW
from metrics.cohorts import Asked, Cohort, cohort_of, latest_final
from metrics.flows import Flow
from metrics.models.source import FIRST_DAY
from pathways.models import Level, Pathway
from teams.models import Population, Team


def no_earlier(day: date) -> date:
    """The day, unless it lies before 1970."""
    if day < FIRST_DAY:
        raise forms.ValidationError(_("No contribution is counted before 1970."))
    return day


EVERY_LEVEL = [(level.name.lower(), level.label) for level in Level]
LEVELS = [(level.name.lower(), level.label) for level in Level if level is not Level.CONTRIBUTOR]


@dataclass(frozen=True)
class Question:
    """What a reader asks of the spans: all of it stands in the page's address."""

    team: Team
    level: Level
    population: Population
    pathway: Pathway | None
    first: date
    last: date
    came: Level = Level.ACTIVE
    flow: Flow = Flow.CONVERTED
    within: date = FIRST_DAY
    step: int = 0
    stopped: bool = False

    @property
    def cohort(self) -> Cohort:
        """The one in which the day `within` lies."""
        return cohort_of(self.within)

    @property
    def asked(self) -> Asked:
        """Whose spans, known up to the as-of day."""
        return Asked(self.team, self.last, self.population, self.pathway)


class QuestionForm(forms.Form):
    """Level, population, pathway and as-of day; each has a default, so a bare address asks something sensible."""

    level = forms.ChoiceField(label=_("Level"), choices=LEVELS, required=False)
    population = forms.ChoiceField(label=_("People"), choices=Population.choices, required=False)
    pathway = forms.ModelChoiceField(
        Pathway.objects.none(), label=_("Pathway"), to_field_name="slug", required=False, empty_label=_("all pathways")
    )
    on = forms.DateField(label=_("As of"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data: object, *, team: Team, as_of: date) -> None:
        super().__init__({**self.defaults(as_of), **{key: value for key, value in dict(data or {}).items() if value}})  # type: ignore[call-overload]
        self.team = team
        pathway = self.fields["pathway"]
        assert isinstance(pathway, forms.ModelChoiceField)  # noqa: S101
        pathway.queryset = Pathway.objects.filter(team=team)

    def defaults(self, as_of: date) -> dict[str, object]:
        """What a bare address asks."""
        return {"level": "active", "population": Population.VOLUNTEERS.value, "on": as_of.isoformat()}

    def clean_on(self) -> date:
        """No day before there can be any contribution, so that every window ends in the calendar."""
        return no_earlier(self.cleaned_data["on"])

    def question(self) -> Question:
        """The question of a valid form."""
        told = self.cleaned_data
        days = told.get("days") or 1
        return Question(
            team=self.team,
            level=Level[told.get("level", "active").upper()],
            population=Population(told["population"]),
            pathway=told["pathway"],
            first=told["on"] - timedelta(days=days - 1),
            last=told["on"],
            came=Level[told.get("to", "active").upper()],
            flow=Flow(told.get("flow", Flow.CONVERTED)),
            within=told.get("cohort") or latest_final(told["on"]).first,
            step=told.get("step") or 0,
            stopped=told.get("show") == "stopped",
        )


class WindowForm(QuestionForm):
    """The same of a window of days that ends on the as-of day."""

    level = forms.ChoiceField(label=_("Level"), choices=EVERY_LEVEL, required=False)
    days = forms.IntegerField(label=_("Days"), min_value=1, max_value=36_500, required=False)

    def defaults(self, as_of: date) -> dict[str, object]:
        """A year."""
        return {**super().defaults(as_of), "days": "365"}


class PeopleForm(QuestionForm):
    """The same where the level is given: the active ones."""

    level = None  # type: ignore[assignment]  # Django's way to take a field out


class WalkForm(PeopleForm):
    """One pathway, and how far along its steps."""

    step = forms.IntegerField(label=_("Step number"), min_value=0, required=False)
    show = forms.ChoiceField(
        label=_("Who"),
        choices=[("reached", _("came so far")), ("stopped", _("went no further"))],
        required=False,
    )
    field_order = ["pathway", "step", "show"]

    def __init__(self, data: object, *, team: Team, as_of: date) -> None:
        self.first = Pathway.objects.filter(team=team).order_by("name").values_list("slug", flat=True).first()
        super().__init__(data, team=team, as_of=as_of)
        self.fields["pathway"].required = True

    def defaults(self, as_of: date) -> dict[str, object]:
        """Everybody who moved into the first pathway."""
        return {**super().defaults(as_of), "pathway": self.first or "", "step": "0", "show": "reached"}

    def clean(self) -> dict[str, Any]:
        """The pathway has a step of that number."""
        told = super().clean() or self.cleaned_data
        pathway, step = told.get("pathway"), told.get("step") or 0
        if pathway and step > (number := pathway.steps.count()):
            self.add_error("step", _("The pathway has %(number)d steps.") % {"number": number})
        return told


class FlowForm(WindowForm):
    """One flow of one level, in a window of days."""

    level = forms.ChoiceField(label=_("Level"), choices=LEVELS, required=False)
    flow = forms.ChoiceField(label=_("Flow"), choices=Flow.choices, required=False)
    field_order = ["level", "flow"]

    def defaults(self, as_of: date) -> dict[str, object]:
        """Who converted."""
        return {**super().defaults(as_of), "flow": Flow.CONVERTED.value}


class JoinForm(QuestionForm):
    """A cohort of those who joined, named by any of its days; without one, the last that is final."""

    level = forms.ChoiceField(
        label=_("Joined as"),
        choices=[each for each in EVERY_LEVEL if each[0] in ("contributor", "active")],
        required=False,
    )
    cohort = forms.DateField(label=_("Cohort of"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def defaults(self, as_of: date) -> dict[str, object]:
        """By a first act."""
        return {**super().defaults(as_of), "level": "contributor"}

    def clean_cohort(self) -> date | None:
        """As for the as-of day."""
        day: date | None = self.cleaned_data["cohort"]
        return no_earlier(day) if day else None


class StepForm(JoinForm):
    """A cohort of those who reached a level, and the level at which they are looked for."""

    level = forms.ChoiceField(label=_("From"), choices=EVERY_LEVEL[:-1], required=False)
    to = forms.ChoiceField(label=_("To"), choices=LEVELS, required=False)
    field_order = ["level", "to"]

    def defaults(self, as_of: date) -> dict[str, object]:
        """Casual to active."""
        return {**super().defaults(as_of), "level": "casual", "to": "active"}

    def clean_to(self) -> str:
        """Above the first."""
        to: str = self.cleaned_data["to"]
        if "level" in self.cleaned_data and Level[to.upper()] <= Level[self.cleaned_data["level"].upper()]:
            raise forms.ValidationError(_("Choose a level above the first one."))
        return to


class DayForm(forms.Form):
    """The as-of day; without one it is that of the data."""

    on = forms.DateField(label=_("As of"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data: Mapping[str, Any], *, as_of: date) -> None:
        super().__init__({"on": data.get("on") or as_of.isoformat()})

    def clean_on(self) -> date:
        """As everywhere."""
        return no_earlier(self.cleaned_data["on"])


class MeasureForm(forms.Form):
    """The window of a measure, in days; without one it is the measure's own."""

    days = forms.IntegerField(label=_("Days"), min_value=1, max_value=LONGEST_WINDOW, required=False)

    @property
    def window(self) -> int:
        """Of a valid form: 0 asks for the measure's own."""
        return self.cleaned_data["days"] or 0
