"""What people type on the data page."""

from datetime import date

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from lifecycle import clock
from metrics.models import Source
from metrics.questions import no_earlier
from pathways.models import Kind, Pathway
from teams.models import Team


def counting_kinds() -> QuerySet[Kind]:
    """Kinds that count under their own name."""
    return Kind.objects.filter(state=Kind.State.KNOWN, same_as=None).order_by("label")


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class SourceForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """A new source of one of the team's pathways."""

    class Meta:
        model = Source
        fields = ["name", "pathway", "default_kind", "starts_on"]
        widgets = {"starts_on": DayInput()}
        help_texts = {
            "name": _("What the data is, and where it comes from: “Commits of the main repository”."),
            "starts_on": _("Leave empty if the data is complete from the beginning. Earlier days are quarantined."),
        }

    def __init__(self, data: QueryDict | None = None, *, team: Team) -> None:
        super().__init__(data, auto_id="source_%s", instance=Source(team=team))
        pathway, kind = self.fields["pathway"], self.fields["default_kind"]
        assert isinstance(pathway, forms.ModelChoiceField)  # noqa: S101
        assert isinstance(kind, forms.ModelChoiceField)  # noqa: S101
        pathway.queryset = Pathway.objects.filter(team=team, closed_on=None)
        kind.queryset = counting_kinds()

    def clean_starts_on(self) -> date | None:
        """Not a day before 1970."""
        day: date | None = self.cleaned_data["starts_on"]
        return no_earlier(day) if day else None


class SourceField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    """Sources with their pathways: two may have the same name."""

    def label_from_instance(self, obj: Source) -> str:
        """Name and pathway."""
        return f"{obj.name} ({obj.pathway.name})"


class UploadForm(forms.Form):
    """One file for one of the team's sources."""

    source = SourceField(Source.objects.none(), label=_("Source"), empty_label=None)
    file = forms.FileField(
        label=_("CSV file"),
        help_text=_(
            "UTF-8, commas, one contribution a row. Needs a commit (or id), an author_email or author_name, and an "
            "author_ts or author_date. A kind is optional. May be gzipped."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.gz,text/csv,application/gzip"}),
        max_length=255,
        allow_empty_file=True,  # its report says so, with line and column, like that of every other bad file
    )
    complete_to = forms.DateField(
        label=_("Complete to"),
        required=False,
        help_text=_("The last day on which nothing is missing. Left empty: the last day in the file."),
        widget=DayInput(),
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        files: "MultiValueDict[str, UploadedFile[bytes]] | None" = None,
        *,
        team: Team,
    ) -> None:
        super().__init__(data, files, auto_id="upload_%s")
        source = self.fields["source"]
        assert isinstance(source, SourceField)  # noqa: S101
        source.queryset = team.sources.filter(enabled=True).select_related("pathway")

    def clean_complete_to(self) -> date | None:
        """Not a day that has not come, nor one before 1970."""
        day: date | None = self.cleaned_data["complete_to"]
        if day and day > clock.today():
            raise forms.ValidationError(_("A file cannot be complete to a day after today."))
        return no_earlier(day) if day else None


class KindDecisionForm(forms.Form):
    """An admin's answer to an unknown kind."""

    COUNT, IGNORE = "count", "ignore"

    answer = forms.ChoiceField(label=_("Answer"))

    def __init__(self, data: QueryDict | None = None, *, kind: Kind) -> None:
        super().__init__(data, auto_id=f"kind{kind.pk}_%s")
        self._others = {str(other.pk): other for other in counting_kinds()}
        answer = self.fields["answer"]
        assert isinstance(answer, forms.ChoiceField)  # noqa: S101
        answer.choices = [
            (self.COUNT, _("count it as a kind of its own")),
            (self.IGNORE, _("never count it")),
            (_("count it as"), [(pk, other.label) for pk, other in self._others.items()]),
        ]

    def decision(self) -> tuple[Kind.State, Kind | None]:
        """The state, and the kind that it is another name of."""
        answer = self.cleaned_data["answer"]
        state = Kind.State.IGNORED if answer == self.IGNORE else Kind.State.KNOWN
        return state, self._others.get(answer)
