"""Imports, what could not be read of one, and what one changed: to be taken along."""

from collections.abc import Callable, Iterable, Sequence

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from lifecycle.tables import Table
from metrics import effects
from metrics.models import Import
from teams.tables import TableAsked, of_team, team_table

Rows = Iterable[Sequence[object]]


@team_table("imports")
def imports(asked: TableAsked) -> Table:
    """Every import, the latest first; with `source` in the address, those of one."""
    history = Import.objects.filter(source__team=asked.team).select_related("source__pathway", "job", "created_by")
    if "source" in asked.query:
        history = history.filter(source=asked.number("source"))
    heads = [_("File"), _("Source"), _("Pathway"), _("Received"), _("By"), _("State"), _("New"), _("Duplicate")]
    heads += [_("Quarantined"), _("Unknown kind"), _("Rejected")]
    rows = [
        (
            *(each.filename, str(each.source), str(each.source.pathway), each.created_at.date()),
            *(str(each.created_by or ""), each.standing.label, each.new, each.duplicate),
            *(each.quarantined, each.unknown_kind, each.rejected),
        )
        for each in history
    ]
    return of_team(asked.team, "imports", heads, rows)


@team_table("problems")
def problems(asked: TableAsked) -> Table:
    """Of one import, named by `import` in the address: what cannot be read, and where, as its report lists it."""
    delivery = get_object_or_404(Import, source__team=asked.team, pk=asked.number("import"))
    heads = [_("Line"), _("Column"), _("Field"), _("Reason")]
    rows = [(each["line"], each["column"], each["field"], each["reason"]) for each in delivery.errors]
    return of_team(asked.team, f"import-{delivery.pk}-problems", heads, rows)


def _effect(asked: TableAsked, name: str, heads: Sequence[str], tell: Callable[[effects.Effect], Rows]) -> Table:
    """A part of what the import named by `import` changed, counted just now. Raises Http404 where that cannot be told,
    and Busy while somebody else counts the team.
    """
    done = Import.objects.filter(source__team=asked.team, state=Import.State.DONE).select_related("source")
    delivery = get_object_or_404(done, pk=asked.number("import"))
    effect = effects.effect_of(delivery)
    if effect.refused:
        raise Http404(effect.refused)
    return of_team(asked.team, f"import-{delivery.pk}-{name}", heads, tell(effect))


@team_table("import-gate")
def changed_gate(asked: TableAsked) -> Table:
    """What an import changed of the gate."""
    heads = [_("What"), _("Without it"), _("With it")]
    return _effect(asked, "gate", heads, lambda effect: [(row.what, row.without, row.now) for row in effect.gate])


@team_table("import-newcomers")
def brought_newcomers(asked: TableAsked) -> Table:
    """Who is a contributor only since an import."""
    return _effect(asked, "newcomers", _reached_heads(), lambda effect: _reached(effect.newcomers))


@team_table("import-conversions")
def brought_conversions(asked: TableAsked) -> Table:
    """Who came to a level by an import."""
    return _effect(asked, "conversions", _reached_heads(), lambda effect: _reached(effect.conversions))


def _reached_heads() -> list[str]:
    return [_("Id"), _("Person"), _("Level"), _("Reached"), _("Without it")]


def _reached(people: Sequence[effects.Reached]) -> Rows:
    return [
        (each.contributor.pk, str(each.contributor), str(each.level.label), each.day, each.without) for each in people
    ]
