"""Loads the lifecycle and the organisation's registries from `fixtures/`, without undoing an admin's work.

A definition remembers in `loaded` what the fixture last wrote into each field. A field that still holds it was not
touched by anybody and follows the fixture; a field that holds something else was edited, and stays. Registries
(kinds, default points, funnels) belong to the organisation from the day they are made: they are only created.
`manage.py loaddata` reads the same files, but overwrites whatever it finds.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db import connection, models, transaction

from lifecycle.models import Definition
from lifecycle.models.definitions import Item

#: A value as a fixture writes it: text, number, truth value, null, or the natural key of another row.
Value = Any
Fields = dict[str, Value]


@dataclass(frozen=True)
class Kept:
    """An admin's edit that the fixture did not overwrite."""

    thing: str
    field: str
    theirs: Value
    fixtures: Value


@dataclass
class Report:
    """What a load did: numbers of rows, and every edit that was kept."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    kept: list[Kept] = field(default_factory=list)


def load(files: Iterable[Path]) -> Report:
    """Load fixture files in the order given, all or nothing. Two loads at once wait for each other."""
    report = Report()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('lifecycle.loading'))")
        for model, fields in _rows(files):
            fresh = model(**{name: _decode(model, name, value) for name, value in fields.items()})
            existing = _find(fresh)
            if existing is None:
                if isinstance(fresh, Definition):
                    fresh.loaded = fields
                fresh.save(force_insert=True)
                report.created += 1
            elif isinstance(existing, Definition):
                _update(existing, fresh, fields, report)
            else:
                report.unchanged += 1
    return report


def _rows(files: Iterable[Path]) -> Iterator[tuple[type[models.Model], Fields]]:
    for file in files:
        for row in json.loads(file.read_text(encoding="utf-8")):
            yield apps.get_model(row["model"]), row["fields"]


def _find(fresh: models.Model) -> models.Model | None:
    """The row that the fixture means, locked against an admin who saves it meanwhile."""
    manager: Any = type(fresh)._default_manager
    try:
        found = manager.get_by_natural_key(*_natural_key(fresh))
    except ObjectDoesNotExist:
        return None
    locked: models.Model = manager.select_for_update(of=("self",), no_key=True).get(pk=found.pk)
    return locked


def _natural_key(row: models.Model) -> tuple[Value, ...]:
    key: tuple[Value, ...] = row.natural_key()  # type: ignore[attr-defined]  # every model of a fixture has one
    return key


def _path(key: tuple[Value, ...]) -> str:
    return "/".join(str(part) for part in key if part)


def _decode(model: type[models.Model], name: str, value: Value) -> object:
    """A fixture's value as the model holds it: a natural key becomes a row, a text a number or a day."""
    column = model._meta.get_field(name)
    if isinstance(column, models.ForeignKey):
        related: Any = column.remote_field.model._default_manager
        return None if value is None else related.get_by_natural_key(*value)
    if not isinstance(column, models.Field):
        raise FieldDoesNotExist(f"{model._meta.label} has no column {name!r}.")
    return column.to_python(value)


def _update(row: Definition, fresh: models.Model, fields: Fields, report: Report) -> None:
    """Write what the fixture says into the fields that nobody edited. Only admins retire."""
    model = type(row)
    before: Fields = row.loaded or {}
    loaded = dict(before)
    written = []
    key = _natural_key(row)
    thing = f"{model._meta.verbose_name} {_path(key)}"
    for name, value in fields.items():
        wanted, have = getattr(fresh, name), getattr(row, name)
        untouched = name in before and have == _decode(model, name, before[name])
        if have != wanted and untouched:
            setattr(row, name, wanted)
            written.append(name)
        if have == wanted or untouched:
            loaded[name] = value
        elif name == "order" and isinstance(row, Item):
            # Retiring one item, or putting in another, numbers its whole list anew: that is one edit, not eleven.
            moved = Kept(
                f"{model._meta.verbose_name_plural} {_path(key[:-1])}", name, "as numbered in admin", "another"
            )
            report.kept += [] if moved in report.kept else [moved]
        else:
            report.kept.append(Kept(thing, name, have, value))
    if row.retired:
        report.kept.append(Kept(thing, "retired", theirs=True, fixtures=False))
    if written or loaded != before:
        row.loaded = loaded
        row.save(update_fields=[*written, "loaded"])
    report.changed += bool(written)
    report.unchanged += not written
