"""How definitions read before: each edition as the definition that it was, and what one changed of the one before."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

from django.db import connection, models
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from lifecycle.criteria import plain
from lifecycle.models import Criterion, Duty, Edition, Milestone, Resource, Risk, Stage

Key = tuple[str, int]
Read = Stage | Milestone | Resource | Duty | Risk | Criterion

MODELS: Final[dict[str, type[Read]]] = {
    Edition.Kind.STAGE: Stage,
    Edition.Kind.MILESTONE: Milestone,
    Edition.Kind.RESOURCE: Resource,
    Edition.Kind.DUTY: Duty,
    Edition.Kind.RISK: Risk,
    Edition.Kind.CRITERION: Criterion,
}
#: Told apart: renumbering one list is one change, not eleven.
ORDER: Final = "order"


def edited_by(username: str) -> None:
    """Whatever is edited from here to the end of the transaction, this account edits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lifecycle.editor', %s, true)", [username])


def as_it_was(edition: Edition) -> Read:
    """The definition that the edition tells of, as a row that is nowhere stored."""
    model = MODELS[edition.kind]
    known = (each for each in model._meta.concrete_fields if each.attname in edition.values)
    return model(pk=edition.item, **{each.attname: each.to_python(edition.values[each.attname]) for each in known})


@dataclass(frozen=True)
class Edit:
    """One value of one definition, before and after; without a field, the definition is new."""

    what: str
    field: str = ""
    before: str = ""
    after: str = ""


@dataclass
class Change:
    """What somebody changed at one moment. `first` is how many were written down for the first time with the stage."""

    at: datetime
    editor: str
    edits: list[Edit] = field(default_factory=list)
    moved: int = 0
    first: int = 0

    @property
    def before(self) -> date:
        """The day before it."""
        return self.at.date() - timedelta(days=1)

    @property
    def tells(self) -> bool:
        """Whether it changed anything that is told."""
        return bool(self.edits or self.moved or self.first)


def changes(editions: Iterable[Edition]) -> list[Change]:
    """The changes of a stage, newest first, from its editions in their order."""
    before: dict[Key, Edition] = {}
    found = []
    for (at, editor), together in groupby(editions, key=lambda each: (each.at, each.editor)):
        change, rows = Change(at, editor), list(together)
        is_first = any(each.kind == Edition.Kind.STAGE and _key(each) not in before for each in rows)
        for each in rows:
            last = before.get(_key(each))
            if last is not None:
                edits = list(_edits(last, each, before))
                change.moved += not edits and last.values.get(ORDER) != each.values.get(ORDER)
                change.edits += edits
            elif is_first:
                change.first += 1
            else:
                change.edits.append(Edit(_called(each)))
            before[_key(each)] = each
        if change.tells:
            found.append(change)
    return found[::-1]


def _key(edition: Edition) -> Key:
    return edition.kind, edition.item


def _called(edition: Edition) -> str:
    """'Milestone “A plan is written”', or 'Stage'."""
    kind, text = capfirst(edition.get_kind_display()), edition.values.get("text", "")
    return f"{kind} “{Truncator(text).words(12, truncate='…')}”" if text else str(kind)


def _edits(last: Edition, edition: Edition, known: dict[Key, Edition]) -> Iterator[Edit]:
    """Each value that differs, but for the place in its list."""
    for column in MODELS[edition.kind]._meta.concrete_fields:
        then, now = last.values.get(column.attname), edition.values.get(column.attname)
        if then != now and column.name != ORDER and column.attname in edition.values:
            words = (_word(column, value, known, edition.kind) for value in (then, now))
            yield Edit(_called(last), str(column.verbose_name), *words)


def _word(column: "models.Field[Any, Any]", value: Any, known: dict[Key, Edition], kind: str) -> str:
    """A value as its editor sees it."""
    if value is None or value == "":
        return _("nothing")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if column.is_relation:
        parent = known.get((kind, value))
        return _called(parent) if parent else str(value)
    if isinstance(column, models.DecimalField):
        return plain(Decimal(str(value)))
    return str(dict(column.flatchoices).get(value, value))
