"""The guide's read model: the ladder as cells, one for each facet of each stage, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lifecycle.criteria import wanted
from lifecycle.measures import Measure
from lifecycle.models import Criterion, Duty, Facet, Milestone, Resource, Risk, Stage, Suggestion

#: What each facet tells, in one line under its name.
ABOUT: dict[Facet, Promise] = {
    Facet.DEFINITION: gettext_lazy("Where a team in this stage stands."),
    Facet.COMPETENCE: gettext_lazy("How well the team knows what it can, and what it cannot yet."),
    Facet.MEASURE_OF_SUCCESS: gettext_lazy("What shows that the team is ready to move on, and what its gate asks for."),
    Facet.MILESTONES: gettext_lazy("What a team does in this stage."),
    Facet.RESOURCES: gettext_lazy("What helps the team with it."),
    Facet.ACTIVATOR_ROLE: gettext_lazy("The part of the person in the team who looks after contributors."),
    Facet.PARTNER_ROLE: gettext_lazy("The part of the Community Building Team."),
    Facet.RISKS: gettext_lazy("What can go wrong in this stage."),
}


@dataclass(frozen=True)
class Entry:
    """One item of a facet, with an anchor that stays the same on every page."""

    anchor: str
    text: str
    detail: str = ""
    url: str = ""
    notes: tuple[str, ...] = ()
    children: tuple["Entry", ...] = ()


@dataclass(frozen=True)
class Ask:
    """One criterion of the gate at the end of a stage, in words."""

    sentence: str
    measure: str
    explanation: str
    wanted: str
    strength: str


@dataclass
class Cell:
    """One facet of one stage: a text, or items, or an invitation where the source has nothing."""

    stage: Stage
    facet: Facet
    text: str = ""
    entries: list[Entry] = field(default_factory=list)
    asks: list[Ask] = field(default_factory=list)
    suggestions: list[Suggestion] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        """The cell's id on a page."""
        return f"{self.stage.slug}-{self.facet.value}"

    @property
    def is_empty(self) -> bool:
        """Nothing is known here yet: the page asks for input."""
        return not self.text and not self.entries

    @property
    def summary(self) -> str:
        """The cell in a few words: the beginning of its text, or how many items it has."""
        if self.text:
            return Truncator(self.text).words(12, truncate="…")
        parts = sum(len(entry.children) for entry in self.entries)
        items = ngettext("%(count)s item", "%(count)s items", len(self.entries)) % {"count": len(self.entries)}
        return _("%(items)s, %(parts)s within") % {"items": items, "parts": parts} if parts else items

    @property
    def about(self) -> str:
        """What the facet tells."""
        return str(ABOUT[self.facet])

    def get_absolute_url(self) -> str:
        """The cell on its stage's page."""
        return f"{reverse('guide:stage', args=[self.stage.slug])}#{self.anchor}"


@dataclass(frozen=True)
class Rung:
    """One stage with its eight cells, in the order of the facets."""

    stage: Stage
    cells: list[Cell]


def ladder(reader: str) -> list[Rung]:
    """Every stage in use, with the reader's own suggestions in their cells. Seven queries."""
    stages = list(Stage.objects.filter(retired=False))
    cells = {(stage.pk, facet): Cell(stage, facet) for stage in stages for facet in Facet}
    for stage in stages:
        cells[stage.pk, Facet.DEFINITION].text = stage.definition
        cells[stage.pk, Facet.COMPETENCE].text = stage.competence
        cells[stage.pk, Facet.MEASURE_OF_SUCCESS].text = stage.measure_of_success
    here = {"retired": False, "stage__in": stages}
    columns: list[tuple[Facet, Iterable[Item]]] = [
        (Facet.MILESTONES, Milestone.objects.filter(**here)),
        (Facet.RESOURCES, Resource.objects.filter(**here)),
        (Facet.RISKS, Risk.objects.filter(**here)),
    ]
    duties = list(Duty.objects.filter(**here))
    columns.append((Facet.ACTIVATOR_ROLE, [duty for duty in duties if duty.role == Duty.Role.ACTIVATOR]))
    columns.append((Facet.PARTNER_ROLE, [duty for duty in duties if duty.role == Duty.Role.PARTNER]))
    slugs = {stage.pk: stage.slug for stage in stages}
    for facet, items in columns:
        for stage_id, entries in _nested(facet, items, slugs).items():
            cells[stage_id, facet].entries = entries
    for criterion in Criterion.objects.filter(**here):
        cells[criterion.stage_id, Facet.MEASURE_OF_SUCCESS].asks.append(ask_of(criterion))
    for suggestion in Suggestion.objects.filter(author=reader, stage__in=stages):
        cells[suggestion.stage_id, Facet(suggestion.facet)].suggestions.append(suggestion)
    return [Rung(stage, [cells[stage.pk, facet] for facet in Facet]) for stage in stages]


def across() -> list[Entry]:
    """What activators do in every stage."""
    duties = Duty.objects.filter(stage=None, role=Duty.Role.ACTIVATOR, retired=False)
    return [Entry(f"across-{duty.key}", duty.text) for duty in duties]


Item = Milestone | Resource | Duty | Risk


def _nested(facet: Facet, items: Iterable[Item], slugs: dict[int, str]) -> dict[int, list[Entry]]:
    """The entries of each stage, by the stage's id, children inside their parents."""
    tops: list[Item] = []
    children: dict[int, list[Item]] = defaultdict(list)
    for item in items:
        parent_id = getattr(item, "parent_id", None)
        (children[parent_id] if parent_id else tops).append(item)
    entries: dict[int, list[Entry]] = defaultdict(list)
    for item in tops:
        if item.stage_id is not None:
            place = f"{slugs[item.stage_id]}-{facet.value}"
            inside = tuple(entry_of(place, child) for child in children[item.pk])
            entries[item.stage_id].append(entry_of(place, item, inside))
    return entries


def entry_of(place: str, item: Item, children: tuple[Entry, ...] = ()) -> Entry:
    """An item in words, at its place on a page."""
    detail, url, notes = "", "", []
    if isinstance(item, Resource):
        detail, url = item.detail, item.url
        notes += [_("wanted: nobody has made it yet")] if item.status == Resource.Status.WANTED else []
    if isinstance(item, Milestone):
        notes += [_("a CBT partner verifies it")] if item.needs_verification else []
        notes += [_("looked at again every %(days)s days") % {"days": item.refresh_days}] if item.refresh_days else []
        notes += [] if item.required else [_("advised")]
    return Entry(f"{place}-{item.key}", item.text, detail, url, tuple(notes), children)


def ask_of(criterion: Criterion) -> Ask:
    """A criterion in words."""
    measure = Measure(criterion.measure)
    strength = criterion.get_strength_display()
    return Ask(criterion.text, str(measure.label), measure.explanation, wanted(criterion), strength)
