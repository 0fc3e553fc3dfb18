"""How a stage read on a day, what of it reads otherwise today, and who changed it when. Read from one query."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lifecycle.editions import Change, Key, Read, as_it_was, changes
from lifecycle.guide import ask_of, entry_of
from lifecycle.models import Criterion, Duty, Edition, Facet, Milestone, Resource, Risk, Stage


class Standing(TextChoices):
    """What has become of a line since."""

    SAME = "same", ""
    CHANGED = "changed", ""
    GONE = "gone", gettext_lazy("no longer there today")
    NEW = "new", gettext_lazy("not there yet on that day")


@dataclass(frozen=True)
class Words:
    """A line as it is read."""

    text: str
    notes: tuple[str, ...] = ()
    detail: str = ""
    url: str = ""


@dataclass(frozen=True)
class Line:
    """One line of a facet on that day; `today` where it reads otherwise now. A part stands within the line before."""

    words: Words
    standing: Standing
    today: Words | None = None
    is_part: bool = False


@dataclass(frozen=True)
class Earlier:
    """The page. Without a day, or on one of which nothing was written down, there are no facets."""

    since: datetime | None
    changes: list[Change]
    facets: list[tuple[Facet, list[Line]]]
    name: str = ""
    changed_that_day: bool = False

    @property
    def differs(self) -> int:
        """Lines that are otherwise today."""
        return sum(line.standing != Standing.SAME for _facet, lines in self.facets for line in lines)


Placed = dict[Key, tuple[Words, bool]]  # in their order; and whether it is a part of the one before
ROLES: Final = {Duty.Role.ACTIVATOR: Facet.ACTIVATOR_ROLE, Duty.Role.PARTNER: Facet.PARTNER_ROLE}
OF: Final[dict[type[Read], Facet]] = {
    Milestone: Facet.MILESTONES,
    Resource: Facet.RESOURCES,
    Risk: Facet.RISKS,
    Criterion: Facet.MEASURE_OF_SUCCESS,
}


def earlier(stage: Stage, day: date | None) -> Earlier:
    """What is known of how the stage read, and how it read at the end of a day of UTC."""
    editions = list(Edition.objects.filter(stage=stage))
    told = changes(editions)
    since = editions[0].at if editions else None
    if day is None or since is None or day < since.date():
        return Earlier(since, told, [])
    then, now = _read(each for each in editions if each.at.date() <= day), _read(editions)
    facets = [(facet, _lines(_placed(then, facet), _placed(now, facet))) for facet in Facet]
    name = next((each.name for each in then.values() if isinstance(each, Stage)), stage.name)
    return Earlier(since, told, facets, name, any(each.at.date() == day for each in told if not each.first))


def _read(editions: Iterable[Edition]) -> dict[Key, Read]:
    """The definitions in force after these editions."""
    last = {(each.kind, each.item): each for each in editions}
    found = {key: as_it_was(each) for key, each in last.items()}
    return {key: each for key, each in found.items() if isinstance(each, Stage) or not each.retired}


def _lines(then: Placed, now: Placed) -> list[Line]:
    lines = [Line(words, *_became(words, now.get(key)), is_part) for key, (words, is_part) in then.items()]
    added = {key: row for key, row in now.items() if key not in then}
    return lines + [Line(words, Standing.NEW, is_part=is_part) for words, is_part in added.values()]


def _became(words: Words, now: tuple[Words, bool] | None) -> tuple[Standing, Words | None]:
    if now is None:
        return Standing.GONE, None
    return (Standing.SAME, None) if now[0] == words else (Standing.CHANGED, now[0])


def _placed(read: dict[Key, Read], facet: Facet) -> Placed:
    """The lines of a facet in their order: its text, then its items, each before its parts."""
    placed: Placed = {}
    tops: list[tuple[Key, Read]] = []
    parts: dict[int, list[tuple[Key, Read]]] = defaultdict(list)
    for key, each in sorted(read.items(), key=lambda row: (row[1].order, row[1].pk)):
        if isinstance(each, Stage):
            if words := _text(each, facet):
                placed[key] = (words, False)
        elif facet_of(each) == facet:
            parent = getattr(each, "parent_id", None)
            (parts[parent] if parent else tops).append((key, each))
    for key, each in tops:
        placed[key] = (_worded(each), False)
        placed |= {inside: (_worded(part), True) for inside, part in parts[each.pk]}
    return placed


def facet_of(item: Read) -> Facet:
    """Where an item stands."""
    return ROLES[Duty.Role(item.role)] if isinstance(item, Duty) else OF[type(item)]


def _text(stage: Stage, facet: Facet) -> Words | None:
    """What a facet says of the stage itself."""
    match facet:
        case Facet.DEFINITION:
            return Words(stage.definition)
        case Facet.COMPETENCE:
            return Words(stage.competence)
        case Facet.MEASURE_OF_SUCCESS:
            return Words(stage.measure_of_success)
        case Facet.ACTIVATOR_ROLE:
            support = (_("activators need extra support here"),) if stage.activator_needs_support else ()
            return Words(_("In this stage the role is called %(title)s.") % {"title": stage.activator_title}, support)
    return None


def _worded(item: Read) -> Words:
    """As the guide words it today."""
    if isinstance(item, Criterion):
        ask = ask_of(item)
        return Words(ask.sentence, (f"{ask.measure}: {ask.wanted}", ask.strength))
    if isinstance(item, Stage):
        return Words(item.name)
    entry = entry_of("", item)
    return Words(entry.text, entry.notes, entry.detail, entry.url)
