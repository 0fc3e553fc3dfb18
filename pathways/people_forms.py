"""What people type about a contributor."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from lifecycle import clock
from pathways import presence
from pathways.models import CommunityRole, Contributor, Likeness
from pathways.models.people import Affiliated
from teams.forms import OneOfSeveral, day
from teams.models import Team

#: How somebody of the team is named in a form.
NAMED = _("The name as the list of contributors shows it, or the number of the page.")


class PairsForm(forms.Form):
    """Pairs that were chosen from the list."""

    pair = forms.ModelMultipleChoiceField(queryset=Likeness.objects.none())

    def __init__(self, pairs: QuerySet[Likeness], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pair"].queryset = pairs  # type: ignore[attr-defined]


class DecisionForm(PairsForm):
    """A person's word on them."""

    decision = forms.ChoiceField(choices=[("look", ""), ("accept", ""), ("reject", "")])


class BotSignsForm(forms.Form):
    """A person's word on those who look like bots."""

    person = forms.ModelMultipleChoiceField(queryset=Contributor.objects.none())
    is_bot = forms.TypedChoiceField(choices=[("yes", ""), ("no", "")], coerce=lambda word: word == "yes")

    def __init__(self, people: QuerySet[Contributor], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


class BotForm(OneOfSeveral):
    """A person's word on who is a bot."""

    ids = "bot"
    is_bot = forms.TypedChoiceField(choices=[("yes", ""), ("no", "")], coerce=lambda word: word == "yes")
    reason = forms.CharField(label=_("Why"), required=False, max_length=500)


class AffiliationForm(OneOfSeveral):
    """What somebody is from a day on."""

    ids = "affiliation"
    kind = forms.ChoiceField(
        label=_("Affiliation"),
        required=False,
        choices=[*Affiliated.choices, ("", _("nobody has said: the rules decide"))],
    )
    from_on = forms.DateField(label=_("From"), initial=clock.today, widget=day())
    reason = forms.CharField(label=_("Why"), required=False, max_length=500)

    def clean_kind(self) -> Affiliated | None:
        """The word, or none."""
        kind = self.cleaned_data["kind"]
        return Affiliated(kind) if kind else None


class RoleForm(OneOfSeveral):
    """A role in the team's community."""

    ids = "role"
    role = forms.ChoiceField(label=_("Role"), choices=CommunityRole.Role.choices)
    from_on = forms.DateField(label=_("From"), initial=clock.today, widget=day())

    def clean_role(self) -> CommunityRole.Role:
        """One of the roles."""
        return CommunityRole.Role(self.cleaned_data["role"])


class SomebodyForm(OneOfSeveral):
    """Somebody of the team, by the name that its pages show."""

    def __init__(self, team: Team, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = presence.of_team(team)

    def called(self, words: str) -> Contributor:
        """The one person who is called so."""
        words = words.strip()
        number = words.removeprefix("#")
        is_number = number.isascii() and number.isdecimal() and len(number) < 10
        found = self.people.filter(pk=int(number)) if is_number else self.people.filter(name__iexact=words)
        match list(found[:2]):
            case [one]:
                return one
            case []:
                raise ValidationError(_("Nobody of the team is called so."))
        raise ValidationError(_("Several people are called so. Give the number at the end of the page's address."))


class MenteeForm(SomebodyForm):
    """Whom a mentor looks after."""

    ids = "mentee"
    mentee = forms.CharField(label=_("Mentee"), max_length=200, help_text=NAMED)

    def clean_mentee(self) -> Contributor:
        """The one person who is called so."""
        return self.called(self.cleaned_data["mentee"])


class SamePersonForm(SomebodyForm):
    """Who else of the team a person is."""

    ids = "same"
    other = forms.CharField(label=_("Who else this is"), max_length=200, help_text=NAMED)

    def clean_other(self) -> Contributor:
        """The one person who is called so."""
        return self.called(self.cleaned_data["other"])


class SplitForm(forms.Form):
    """Why an identity is somebody else's."""

    reason = forms.CharField(label=_("Why"), required=False, max_length=500)


class ErasureForm(OneOfSeveral):
    """A word that there is no way back from."""

    ids = "erasure"
    understood = forms.BooleanField(label=_("I have read this. Erase this person for ever."))


class NameForm(OneOfSeveral):
    """What the pages call a person."""

    ids = "called"
    name = forms.CharField(label=_("Name"), max_length=200)


class AnswerForm(OneOfSeveral):
    """How a newcomer was answered."""

    ids = "answer"
    note = forms.CharField(label=_("How, in a few words"), required=False, max_length=300)
