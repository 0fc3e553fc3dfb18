"""What the list of people is asked for; all of it stands in the address."""

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from lifecycle.prepared import prepared
from pathways.listing import BOTS, NO_LEVEL, SORTS, UNCLASSIFIED, Wanted
from pathways.models import CommunityRole, Level, Pathway
from pathways.models.people import Affiliated
from teams.models import Team


class FindForm(forms.Form):
    """Whom to list, and in which order. A field that makes no sense asks nothing."""

    q = forms.CharField(
        label=_("Name or e-mail"), required=False, widget=forms.TextInput(attrs={"type": "search", "size": 16})
    )
    level = forms.ChoiceField(
        label=_("Level"),
        required=False,
        choices=[
            ("", _("any")),
            *((level.name.lower(), level.label) for level in reversed(Level) if level is not Level.CONTRIBUTOR),
            (Level.CONTRIBUTOR.name.lower(), _("lapsed or below")),
            (NO_LEVEL, _("nothing counted")),
        ],
    )
    affiliation = forms.ChoiceField(
        label=_("Affiliation"),
        required=False,
        choices=[("", _("any")), *Affiliated.choices, (UNCLASSIFIED, _("unclassified")), (BOTS, _("bots"))],
    )
    role = forms.ChoiceField(label=_("Role"), required=False, choices=[("", _("any")), *CommunityRole.Role.choices])
    pathway = forms.TypedChoiceField(label=_("Pathway"), required=False, empty_value=None)
    sort = forms.ChoiceField(
        label=_("Sort by"), required=False, choices=[(word, label) for word, (label, _order) in SORTS.items()]
    )

    def __init__(self, data: object, *, team: Team) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        pathway, there = self.fields["pathway"], {each.slug: each for each in _pathways(team)}
        assert isinstance(pathway, forms.TypedChoiceField)  # noqa: S101
        pathway.choices = [("", _("all")), *((slug, each.name) for slug, each in there.items())]
        pathway.coerce = there.__getitem__

    def wanted(self) -> Wanted:
        """The question, whatever of it makes sense."""
        self.is_valid()
        return Wanted(**{name: value for name, value in self.cleaned_data.items() if value})


@prepared
def _pathways(team: Team) -> QuerySet[Pathway]:
    return Pathway.objects.filter(team=team)
