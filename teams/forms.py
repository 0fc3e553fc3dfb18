"""What people type on the team pages. A form checks its shape; the rules are the verb's."""

from collections.abc import Iterable
from typing import Any, ClassVar, Final, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from lifecycle import clock
from lifecycle.models import Criterion, Milestone, Risk, Stage
from teams import risks
from teams.gates import Verdict
from teams.milestones import Action
from teams.models import Membership, Team, TeamRisk, User, Waiver
from teams.models.risk import SCALE

#: The project's own validators (AUTH_PASSWORD_VALIDATORS) in one sentence.
PASSWORD_RULES: Final = _("At least 15 characters, a few words for instance; not a common one, and not like your name.")


def area(rows: int = 3) -> forms.Textarea:
    """A text box of a few lines."""
    return forms.Textarea(attrs={"rows": rows})


def kept() -> forms.Textarea:
    """A text box in a section that is swapped while somebody may be typing in it: what they typed stays."""
    return forms.Textarea(attrs={"rows": 3, "hx-preserve": "true"})


class Words(forms.CharField):
    """Text of several lines. Browsers count a new line as one character and post it as two; here it is one again."""

    widget = forms.Textarea(attrs={"rows": 3})

    def to_python(self, value: Any) -> Any:
        """The text with plain new lines, before its length is looked at."""
        text = super().to_python(value)
        return text.replace("\r\n", "\n") if isinstance(text, str) else text


def day() -> forms.DateInput:
    """The browser's own date field, which wants the date as ISO writes it."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class OneOfSeveral(forms.Form):
    """One of several forms of a page: the ids of its fields begin with `ids`, so that no two are alike."""

    ids: ClassVar[str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = f"{self.ids}_%s"


class MilestoneForm(forms.Form):
    """One action on one milestone; `seen` is the number of the last event on the person's screen."""

    action = forms.ChoiceField(choices=Action.choices)
    seen = forms.IntegerField(min_value=0)
    note = Words(label=_("Note"), required=False, max_length=4000)
    link = forms.CharField(label=_("Link"), required=False, max_length=500)
    evidence = Words(required=False, max_length=4000)

    @property
    def words(self) -> str:
        """The note: what was written, else what the data said to whoever marks it done."""
        typed = self.cleaned_data
        proven = typed["evidence"] if typed["action"] == Action.DONE else ""
        return str(typed["note"] or proven)

    def trouble(self) -> str:
        """The errors in words, each with its field; a field that nobody sees is only a page that is out of date."""
        seen = [f"{self[name].label}: {error}" for name in ("note", "link") for error in self[name].errors]
        return " ".join(seen) or str(_("This page was out of date. Load it again."))


class RequestForm(OneOfSeveral):
    """The activator's word with a request."""

    ids = "request"
    note = Words(label=_("A word to the partner"), required=False, max_length=2000, widget=kept())


class DecisionForm(OneOfSeveral):
    """A partner's decision, from the version of the data that the page showed."""

    ids = "decision"
    PROMOTE, DECLINE = "promote", "decline"
    decision = forms.ChoiceField(choices=[(PROMOTE, _("promote")), (DECLINE, _("decline"))])
    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    reason = Words(
        label=_("Reason"),
        required=False,
        max_length=2000,
        widget=kept(),
        help_text=_("Needed to decline. It is printed in the stage history."),
    )

    def clean(self) -> dict[str, Any]:
        """Whoever declines says why, and is told beside the field; the verb asks it of everybody."""
        typed = self.cleaned_data
        if typed.get("decision") == self.DECLINE and not typed.get("reason"):
            self.add_error("reason", _("Give a reason: it is printed in the stage history."))
        return typed


class StepBackForm(OneOfSeveral):
    """Back to an earlier stage, with a reason; `seen_stage` is the stage that the person's screen showed."""

    ids = "step_back"
    seen_stage = forms.IntegerField(widget=forms.HiddenInput)
    to_stage = forms.ModelChoiceField(Stage.objects.none(), label=_("Back to"), empty_label=None)
    reason = Words(
        label=_("Reason"), max_length=2000, widget=kept(), help_text=_("It is printed in the stage history.")
    )

    def __init__(self, team: Team, *args: Any, stages: Iterable[Stage] | None = None, **kwargs: Any) -> None:
        """`stages` are all that are not retired, if the caller has read them."""
        super().__init__(*args, **kwargs)
        field = _rows(self, "to_stage")
        field.queryset = Stage.objects.filter(order__lt=team.stage.order, retired=False)
        if stages is not None:
            field.choices = [(stage.pk, str(stage)) for stage in stages if stage.order < team.stage.order]


class WaiverForm(OneOfSeveral):
    """Which condition of the gate to set aside, why, and until when."""

    ids = "waiver"
    condition = forms.ChoiceField(
        label=_("Condition"), widget=forms.RadioSelect
    )  # sentences: a list would cut them off
    reason = Words(label=_("Reason"), max_length=2000, widget=kept(), help_text=_("It is printed on the decision."))
    expires_on = forms.DateField(label=_("Until"), widget=day(), help_text=_("The last day on which it holds."))

    def __init__(self, verdict: Verdict, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conditions: dict[str, Criterion | Milestone] = {}
        for row in verdict.blocking:
            if row.criterion is not None:
                self.conditions[f"criterion-{row.criterion.pk}"] = row.criterion
            for state in row.unsettled:
                self.conditions[f"milestone-{state.milestone.pk}"] = state.milestone
        field = cast("forms.ChoiceField", self.fields["condition"])
        field.choices = [(key, str(condition)) for key, condition in self.conditions.items()]

    def condition_asked(self) -> dict[str, Any]:
        """The chosen condition as the verb's own argument."""
        chosen = self.conditions[self.cleaned_data["condition"]]
        return {"criterion": chosen} if isinstance(chosen, Criterion) else {"milestone": chosen}


class WaiverAnswerForm(forms.Form):
    """Grant, refuse or take back one waiver."""

    GRANT, REFUSE, WITHDRAW = "grant", "refuse", "withdraw"
    decision = forms.ChoiceField(choices=[(GRANT, _("grant")), (REFUSE, _("refuse")), (WITHDRAW, _("withdraw"))])
    answer = Words(required=False, max_length=2000)

    def __init__(self, waiver: Waiver, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waiver = waiver

    def orphaned(self) -> str:
        """What was written for a waiver that meanwhile takes no answer, so that the page has no field to keep it in."""
        still = Waiver.objects.filter(pk=self.waiver.pk, state=Waiver.State.ASKED).exists()
        return "" if still else self["answer"].value() or ""


class ConfirmationForm(forms.Form):
    """A partner's word on a small baseline, the one that the gate shows."""

    criterion = forms.ModelChoiceField(Criterion.objects.filter(retired=False))
    baseline = forms.IntegerField(min_value=0)
    text = Words(label=_("Why the baseline is sound"), max_length=2000, widget=area(2))

    def __init__(self, verdict: Verdict, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.baselines = {
            row.criterion.pk: row.baseline for row in verdict.conditions if row.criterion and row.baseline is not None
        }

    @property
    def concerned(self) -> str:
        """The key of the criterion it was typed for, whether the form is whole or not."""
        return str(self["criterion"].value())

    def clean(self) -> dict[str, Any]:
        """A word is about one baseline: another one than now stands on the gate would be void at once."""
        cleaned = super().clean() or self.cleaned_data
        criterion, baseline = cleaned.get("criterion"), cleaned.get("baseline")
        if criterion and baseline is not None and self.baselines.get(criterion.pk) != baseline:
            raise ValidationError(_("The baseline is not what your page showed any more. Read the condition again."))
        return cleaned


class RiskForm(OneOfSeveral):
    """One risk of the register."""

    ids = "risk"
    text = Words(label=_("Risk"), max_length=1000, widget=area(2))
    owner = forms.ModelChoiceField(User.objects.none(), label=_("Owner"), required=False, empty_label=_("nobody yet"))
    likelihood = forms.TypedChoiceField(label=_("Likelihood"), choices=SCALE, coerce=int, initial=2)
    impact = forms.TypedChoiceField(label=_("Impact"), choices=SCALE, coerce=int, initial=2)
    review_on = forms.DateField(label=_("Review on"), required=False, widget=day())
    mitigation = Words(label=_("Mitigation"), required=False, max_length=2000, widget=area(2))

    def __init__(self, team: Team, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = Membership.objects.current().filter(team=team)
        _rows(self, "owner").queryset = User.objects.filter(pk__in=members.values("user"))


class NewRiskForm(RiskForm):
    """A risk of the catalogue, or one in the team's own words."""

    risk = forms.ModelChoiceField(
        Risk.objects.none(), label=_("From the catalogue"), required=False, empty_label=_("none of these")
    )
    field_order = ["risk"]

    def __init__(self, team: Team, *args: Any, **kwargs: Any) -> None:
        super().__init__(team, *args, **kwargs)
        _rows(self, "risk").queryset = risks.catalogue(team)
        self.fields["text"].label = _("In your own words")
        self.fields["text"].required = False

    def clean(self) -> dict[str, Any]:
        """Either of the two."""
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("risk") and not cleaned.get("text"):
            raise ValidationError(_("Choose a risk of the catalogue, or write your own."))
        return cleaned


class EditRiskForm(RiskForm):
    """A risk as it stands; `seen` is its version on the person's screen."""

    state = forms.ChoiceField(label=_("State"), choices=TeamRisk.State.choices)
    seen = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ["text", "owner", "likelihood", "impact", "state"]


class CheckInForm(OneOfSeveral):
    """A check-in that was kept."""

    ids = "check_in"
    held_on = forms.DateField(label=_("Held on"), initial=clock.today, widget=day())
    note = Words(label=_("Note"), max_length=4000)


class CommentForm(forms.Form):
    """Something said about a milestone or a check-in."""

    text = Words(max_length=4000)


def _rows(form: forms.Form, name: str) -> "forms.ModelChoiceField[Any]":
    """A field that offers rows, typed as one."""
    return cast("forms.ModelChoiceField[Any]", form.fields[name])
