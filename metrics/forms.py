"""What people type on the data page."""

from datetime import date
from zoneinfo import available_timezones

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from lifecycle import clock
from metrics.models import Source
from metrics.questions import no_earlier
from metrics.sourcing import Settings
from pathways.models import Kind, Pathway
from teams.models import Team

#: Types of source whose data comes in files.
OF_FILES = (Source.Type.CSV, Source.Type.GIT, Source.Type.PERCEVAL)


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
        fields = ["type", "name", "pathway", "default_kind", "starts_on"]
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
        open_ones = list(pathway.queryset[:2])
        self.has_pathway = bool(open_ones)
        if len(open_ones) == 1:
            self.initial["pathway"] = open_ones[0].pk
        kind.queryset, kind.empty_label = counting_kinds(), "—"

    def clean_starts_on(self) -> date | None:
        """Not a day before 1970."""
        day: date | None = self.cleaned_data["starts_on"]
        return no_earlier(day) if day else None


class SettingsForm(forms.Form):
    """What a source is told, when it is there already."""

    name = forms.CharField(label=_("Name"), max_length=80)
    default_kind = forms.ModelChoiceField(Kind.objects.none(), label=_("Kind of what names none"), empty_label=None)
    counted_kinds = forms.ModelMultipleChoiceField(
        Kind.objects.none(),
        label=_("Kinds that count"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: every kind counts. What the pathway does not count is left out in any case."),
    )
    starts_on = forms.DateField(
        label=_("Data begins"),
        required=False,
        widget=DayInput(),
        help_text=_("Earlier days are quarantined. Moving it sorts what is there already again."),
    )
    zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        help_text=_("Of times that do not tell their own; in a table, such times are refused if none is chosen."),
    )
    co_authors = forms.BooleanField(label=_("“Co-authored-by” names further contributors"), required=False)

    def __init__(self, data: QueryDict | None = None, *, source: Source) -> None:
        told = {
            "name": source.name,
            "default_kind": source.default_kind_id,
            "counted_kinds": source.counted_kinds,
            "starts_on": source.starts_on,
            "zone": source.zone,
            "co_authors": source.options.co_authors,
        }
        super().__init__(data, auto_id="settings_%s", initial=told)
        for name in ("default_kind", "counted_kinds"):
            kind = self.fields[name]
            assert isinstance(kind, forms.ModelChoiceField)  # noqa: S101
            kind.queryset = counting_kinds()
        zone = self.fields["zone"]
        assert isinstance(zone, forms.ChoiceField)  # noqa: S101
        zone.choices = [("", "—"), *((name, name.replace("_", " ")) for name in sorted(available_timezones()))]
        # Of these, each act is told with its kind; the others know nothing of co-authors.
        tells_kinds = source.type in {Source.Type.GIT, Source.Type.GITHUB, Source.Type.PERCEVAL}
        del self.fields["default_kind" if tells_kinds else "co_authors"]
        self._source = source

    def clean_starts_on(self) -> date | None:
        """Not a day before 1970."""
        day: date | None = self.cleaned_data["starts_on"]
        return no_earlier(day) if day else None

    def settings(self) -> Settings:
        """What was said."""
        said = self.cleaned_data
        return Settings(
            name=said["name"],
            default_kind=said.get("default_kind", self._source.default_kind),
            counted_kinds=list(said["counted_kinds"]),
            starts_on=said["starts_on"],
            zone=said["zone"],
            co_authors=said.get("co_authors", True),
        )


class WithdrawalForm(forms.Form):
    """Why an import is undone."""

    reason = forms.CharField(label=_("Why"), max_length=300)


class SourceField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    """Sources with their pathways: two may have the same name."""

    def label_from_instance(self, obj: Source) -> str:
        """Name, what it takes, and pathway."""
        return f"{obj.name} ({obj.get_type_display()}, {obj.pathway.name})"


class UploadForm(forms.Form):
    """One file for one of the team's sources."""

    source = SourceField(Source.objects.none(), label=_("Source"), empty_label=None)
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "For a table: UTF-8, one contribution a row, with who, when and an id; if its header does not tell which "
            "column holds what, you are asked. For git and Perceval, the page of the source says how to make the file. "
            "May be gzipped."
        ),
        widget=forms.ClearableFileInput(
            attrs={"accept": ".csv,.tsv,.txt,.json,.jsonl,.ndjson,.log,.gz,text/*,application/gzip"}
        ),
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
        source: str = "",
    ) -> None:
        """`source` is the one that is proposed, as an address names it."""
        super().__init__(data, files, auto_id="upload_%s", initial={"source": source})
        chosen = self.fields["source"]
        assert isinstance(chosen, SourceField)  # noqa: S101
        chosen.queryset = team.sources.filter(enabled=True, type__in=OF_FILES).select_related("pathway")

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
