"""Sources: found or made, told what they are, switched; and up to which day they are complete. Their one writer."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext as _

from lifecycle import clock, jobs
from metrics.models import Source
from metrics.models.source import FIRST_DAY
from pathways.models import Kind, Pathway
from teams.refusals import Refused


class Settings(NamedTuple):
    """What a person says of a source, beside what it is and feeds."""

    name: str
    default_kind: Kind
    counted_kinds: Sequence[Kind]
    starts_on: date | None
    zone: str
    co_authors: bool = True


def add(source: Source) -> Source:
    """A source that somebody has described."""
    source.save()
    return source


def source_of(pathway: Pathway, *, name: str, default_kind: Kind, of: Source.Type = Source.Type.CSV) -> Source:
    """The pathway's source of that name, made if there is none. Raises Refused for one of another type."""
    source, _made = Source.objects.get_or_create(
        pathway=pathway, name=name, defaults={"team_id": pathway.team_id, "default_kind": default_kind, "type": of}
    )
    if source.type != of:
        raise Refused(
            _("The source “%(source)s” takes something else: %(type)s.")
            % {"source": source.name, "type": source.get_type_display()}
        )
    return source


def leave_out_co_authors(source: Source) -> Source:
    """Let only the authors of commits be contributors, from the next import on."""
    source.reading = {**source.reading, "co_authors": False}
    source.save(update_fields=["reading"])
    return source


def remember(source: Source, reading: dict[str, object], *, zone: str) -> None:
    """The next file of the source is read in the same way."""
    with transaction.atomic():
        fresh = Source.objects.select_for_update().get(pk=source.pk)
        fresh.reading, fresh.zone = {**fresh.reading, **reading}, zone
        fresh.save(update_fields=["reading", "zone"])


def forget_person(source: Source) -> None:
    """It is told no longer that all it brings is by one person: that one is erased."""
    kept = {key: said for key, said in source.reading.items() if key != "all_by"}
    Source.objects.filter(pk=source.pk).update(reading=kept)


def change(source: Source, wanted: Settings) -> Source:
    """Tell a source anew what it is. What counts follows: by a trigger for the kinds, by a worker for the start.

    Raises Refused for a name that another source of the pathway has.
    """
    with transaction.atomic():
        fresh = Source.objects.select_for_update().get(pk=source.pk)
        if Source.objects.filter(pathway=fresh.pathway_id, name=wanted.name).exclude(pk=fresh.pk).exists():
            raise Refused(_("The pathway has a source of this name already."))
        is_moved = fresh.starts_on != wanted.starts_on
        fresh.name, fresh.default_kind, fresh.starts_on = wanted.name, wanted.default_kind, wanted.starts_on
        fresh.counted_kinds, fresh.zone = sorted(kind.pk for kind in wanted.counted_kinds), wanted.zone
        fresh.reading = {**fresh.reading, "co_authors": wanted.co_authors}
        fresh.save()
        if is_moved:
            sort_out(fresh)
    return fresh


def starts_with_first_act(source: Source) -> None:
    """It declares no start any more: what lay before it counts."""
    Source.objects.filter(pk=source.pk).update(starts_on=None)


def sort_out(source: Source) -> None:
    """Ask a worker to tell again which acts of the source are quarantined: its start or a decision has changed."""
    jobs.ask("quarantine", str(source.pk))


def reaches(source: Source, day: date | None) -> None:
    """The source's data is complete to a day, but for what is still to come; it never is to an earlier one again."""
    if day is not None:
        day = min(day, clock.today())
        # greatest() of PostgreSQL passes over NULL: a source that was never complete takes the new day.
        latest = Greatest(Coalesce(F("complete_to"), Value(day)), Value(day))
        Source.objects.filter(pk=source.pk).update(complete_to=latest)


def goes_back(source: Source, day: date | None) -> None:
    """What made it complete to a later day was undone: it is to this one, or was never."""
    Source.objects.filter(pk=source.pk).update(complete_to=day)


def declared(day: date) -> date:
    """A day up to which somebody vouches for a source. Raises Refused for one after today or before 1970."""
    if day > clock.today():
        raise Refused(_("Nothing is complete to a day after today."))
    if day < FIRST_DAY:
        raise Refused(_("No contribution is counted before 1970."))
    return day


def switch(source: Source, *, enabled: bool) -> Source:
    """Switch a source off, or on again: what came by it no longer counts, and nothing waits for it to be complete.

    Nothing is lost: the contributions stay, and count again when it is switched on. The counts follow by a trigger.
    """
    source.enabled = enabled
    source.save(update_fields=["enabled"])
    return source
