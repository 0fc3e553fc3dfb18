"""What people type on the pages of pathways. A form checks its shape; the rules are the verb's."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from lifecycle import clock
from pathways.models import CommunityRole, Enrolment, Funnel, Kind, Pathway, Step
from teams.forms import OneOfSeveral, area, day
from teams.models import Membership, Team, User


def kind_choices() -> list[tuple[int, str]]:
    """Kinds that count under their own name."""
    return list(Kind.objects.filter(state=Kind.State.KNOWN, same_as=None).values_list("pk", "label"))


class KindsField(forms.TypedMultipleChoiceField):
    """Kinds to tick; none ticked says something too, and the help text says what."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=kind_choices, coerce=int, required=False, **kwargs)


class PathwayForm(forms.Form):
    """A new pathway."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("What people do: “Patch and review”."))
    summary = forms.CharField(
        label=_("Summary"),
        required=False,
        max_length=2000,
        widget=area(2),
        help_text=_("From where to where it leads."),
    )
    documentation_url = forms.URLField(
        label=_("Documentation"), required=False, max_length=500, assume_scheme="https",
        help_text=_("Where a newcomer reads how it goes."),
    )  # fmt: skip
    is_prototype = forms.BooleanField(
        label=_("Prototype"),
        required=False,
        help_text=_("A small number of people, up to 20, while it is iterated on."),
    )
    opened_on = forms.DateField(label=_("Open since"), required=False, initial=clock.today, widget=day())
    counted_kinds = KindsField(label=_("Kinds that count here"), help_text=_("None ticked: all kinds."))


class DetailsForm(PathwayForm):
    """A pathway as it stands; `seen` is the fingerprint of what the person's screen showed."""

    closed_on = forms.DateField(
        label=_("Closed on"), required=False, widget=day(), help_text=_("The first day on which it is not open.")
    )
    seen = forms.CharField(max_length=16, widget=forms.HiddenInput)
    field_order = ["name", "summary", "documentation_url", "is_prototype", "opened_on", "closed_on"]


class StewardForm(OneOfSeveral):
    """A member of the team, or a contributor, who looks after a pathway."""

    ids = "steward"
    person = forms.ChoiceField(label=_("Person"))

    def __init__(self, team: Team, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = User.objects.filter(pk__in=Membership.objects.current().filter(team=team).values("user"))
        roles = CommunityRole.objects.filter(team=team, until_on=None, contributor__is_bot=False)
        walkers = {role.contributor_id: role.contributor for role in roles.select_related("contributor")}
        self.people: dict[str, dict[str, Any]] = {f"user-{user.pk}": {"user": user} for user in members}
        self.people |= {f"contributor-{pk}": {"contributor": one} for pk, one in walkers.items()}
        field = cast("forms.ChoiceField", self.fields["person"])
        field.choices = [
            (_("Accounts"), [(f"user-{user.pk}", str(user)) for user in members]),
            (_("Contributors with a role"), [(f"contributor-{pk}", str(one)) for pk, one in walkers.items()]),
        ]

    def chosen(self) -> dict[str, Any]:
        """The person as the verb's own argument."""
        return self.people[self.cleaned_data["person"]]


class FunnelForm(OneOfSeveral):
    """A funnel to which the pathway is not connected yet."""

    ids = "funnel"
    funnel = forms.ModelChoiceField(Funnel.objects.none(), label=_("Funnel"), empty_label=None)
    url = forms.URLField(label=_("Where it stands there"), required=False, max_length=500, assume_scheme="https")

    def __init__(self, pathway: Pathway, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Funnel]", self.fields["funnel"])
        field.queryset = Funnel.objects.exclude(links__pathway=pathway)
        # Written out: a select that must be answered would read them twice.
        field.choices = [(funnel.pk, str(funnel)) for funnel in field.queryset]


class IterationForm(OneOfSeveral):
    """What was tried on a pathway."""

    ids = "iteration"
    on = forms.DateField(label=_("Date"), initial=clock.today, widget=day())
    what = forms.CharField(label=_("What changed"), max_length=2000, widget=area(2))
    why = forms.CharField(label=_("Why"), max_length=2000, widget=area(2))
    before = forms.CharField(
        label=_("Measured before"), required=False, max_length=200, help_text=_("The measure and its value.")
    )
    after = forms.CharField(
        label=_("Measured after"), required=False, max_length=200, help_text=_("Can be added later.")
    )


class MeasureForm(forms.Form):
    """What was measured after a change."""

    after = forms.CharField(max_length=200)


class WelcomeForm(OneOfSeveral):
    """Somebody who joins by word."""

    ids = "welcome"
    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        help_text=_("By it somebody already known is found, here and in every import."),
    )
    on = forms.DateField(label=_("Since"), initial=clock.today, widget=day())
    opportunity = forms.CharField(
        label=_("Opportunity"), required=False, max_length=200, help_text=_("What they were connected to, if anything.")
    )


class EnrolmentForm(forms.Form):
    """What an enrolled person is connected to, and the steps that a person's word completes."""

    opportunity = forms.CharField(label=_("Opportunity"), required=False, max_length=200)
    steps = forms.ModelMultipleChoiceField(
        Step.objects.none(), label=_("Completed by hand"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, enrolment: Enrolment, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"opportunity": enrolment.opportunity, "steps": enrolment.completed_steps.all()}
        field = cast("forms.ModelMultipleChoiceField[Step]", self.fields["steps"])
        field.queryset = Step.objects.filter(pathway=enrolment.pathway_id, kinds=[])
        if not field.queryset.exists():
            del self.fields["steps"]
