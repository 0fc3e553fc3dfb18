"""Questions whose SQL is written once in a process, and only filled in at each asking.

To put a question together and to write it out takes Django longer than it takes PostgreSQL to answer it: on a page of
twenty questions that is half of all work. Those that are asked on every page are therefore prepared:

    @prepared
    def _roles(user: User, team: Team, today: date) -> QuerySet[Membership]:
        return Membership.objects.current(today).filter(user=user, team=team)

    for membership in _roles(user, team, clock.today()): ...

The function runs once, with a place in the stead of each value, and what it returns is written out. It may not look at
a value, nor at the clock: both are refused, for what it found would hold for all who ask later. What changes the
question itself is passed by name and is no value: each such has a question of its own. Of several values the question
says `field__any=values`, not `field__in`: how many they are is no part of it.

PostgreSQL plans a prepared question once in each connection. What reads people or their acts is `@written` instead:
that alone, for of those one team has a hundred and another a hundred thousand.

The tests hold each asking against the same question asked plainly (tests/prepared.py).
"""

import copy
import functools
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, ParamSpec, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper
from django.db.models import Expression, Field, ForeignObject, Lookup, Model, QuerySet, prefetch_related_objects
from django.db.models.sql.compiler import SQLCompiler

from lifecycle import clock

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Blank:
    """In the parameters of what is written: where the value at that place among all goes."""

    at: int


class Place(Expression):
    """In the question: what stands for a value in a filter, an annotation or a comparison."""

    def __init__(self, at: int, name: str) -> None:
        super().__init__()
        self.blank, self.name = Blank(at), name

    @property
    def pk(self) -> "Place":
        """An object is asked for by its key."""
        return self

    def __bool__(self) -> bool:
        if sys._getframe(1).f_globals["__name__"].startswith("django."):
            return True  # there it is asked whether there is an expression at all
        raise TypeError(f"A prepared question does not know what {self.name} will be. Pass it by name alone.")

    def as_sql(self, *_written_for: object) -> tuple[str, list[Any]]:  # type: ignore[override]  # as Value's: a list
        """One parameter, which is filled in later."""
        return "%s", [self.blank]

    def get_group_by_cols(self) -> list[Any]:
        """None, as of any other value."""
        return []


@Field.register_lookup
@ForeignObject.register_lookup
class AnyOf(Lookup):
    """`field__any=values`: one of several values, as one parameter; there may be places among them."""

    lookup_name = "any"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """`field = ANY(values)`."""
        sql, params = self.process_lhs(compiler, connection)
        return f"{sql} = ANY(%s)", [*params, plain(self.rhs)]


class Question(Generic[P, R]):
    """What `prepared` makes of a function: called as it, it gives the rows."""

    def __init__(self, plainly: Callable[P, QuerySet[Any, R]], *, is_planned: bool) -> None:
        functools.update_wrapper(self, plainly)
        self.plainly, self._is_planned = plainly, is_planned
        self._names = [*inspect.signature(plainly).parameters]
        self._written: dict[tuple[object, ...], _Written] = {}

    def __call__(self, *values: P.args, **kinds: P.kwargs) -> list[R]:
        """The rows, in the order of the question. Raises TypeError for None, which would be another question."""
        return cast("list[R]", self._of_kind(len(values), kinds).answer(self._filled(values)))

    def first(self, *values: P.args, **kinds: P.kwargs) -> R | None:
        """The first row, if there is one."""
        return next(iter(self(*values, **kinds)), None)

    def statement(self, *values: P.args, **kinds: P.kwargs) -> tuple[str, list[Any]]:
        """What the database is asked, and with which parameters."""
        return self._of_kind(len(values), kinds).bound(self._filled(values))

    def _of_kind(self, number: int, kinds: dict[str, Any]) -> "_Written":
        kind = (number, *kinds.items())
        if kind not in self._written:
            places = [Place(at, self._name(at)) for at in range(number)]
            with clock.stopped():
                question = cast("Any", self.plainly)(*places, **kinds)
                self._written[kind] = _Written(question, is_planned=self._is_planned)
        return self._written[kind]

    def _filled(self, values: tuple[object, ...]) -> list[object]:
        filled = [plain(value) for value in values]
        if None in filled:
            raise TypeError(f"{self.plainly.__qualname__} is asked for None as {self._name(filled.index(None))}.")
        return filled

    def _name(self, at: int) -> str:
        """Of a value, for who reads an error; the last name is that of all which follow."""
        return self._names[min(at, len(self._names) - 1)]


class _Written:
    """A question in SQL, with all that Django knows of its columns."""

    def __init__(self, question: QuerySet[Any, Any], *, is_planned: bool) -> None:
        self.question, self.is_planned = question, is_planned
        self.compiler = question.query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql, params = self.compiler.as_sql()
        self.params = [plain(each) for each in params]
        self.blanks = [at for at, each in enumerate(self.params) if isinstance(each, Blank | list)]

    def answer(self, values: list[object]) -> list[Any]:
        """What the database says to it now, with these values."""
        rows: list[Any] = list(cast("Any", self.question)._iterable_class(self._asked(values)))
        if lookups := cast("Any", self.question)._prefetch_related_lookups:
            prefetch_related_objects(rows, *lookups)
        return rows

    def bound(self, values: list[object]) -> tuple[str, list[Any]]:
        """The statement, and its parameters with each blank filled."""
        params = self.params.copy()
        for at in self.blanks:
            params[at] = _filled(params[at], values)
        return self.sql, params

    def _execute(self, compiler: SQLCompiler, values: list[object]) -> list[tuple[Any, ...]]:
        """The rows as the database tells them: with the columns that the question's own order added cut off."""
        with _planning(compiler.connection) if self.is_planned else compiler.connection.cursor() as cursor:
            cursor.execute(*self.bound(values))
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return [row[: compiler.col_count] for row in rows] if compiler.has_extra_select else rows

    def _asked(self, values: list[object]) -> QuerySet[Any, Any]:
        """The question as the one who turns rows into objects reads it: what he would write is written already."""
        compiler = copy.copy(self.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]  # this thread's
        compiler.__dict__["execute_sql"] = lambda *_args, **_kwargs: [self._execute(compiler, values)]
        query = copy.copy(self.question.query)
        query.__dict__["get_compiler"] = lambda *_args, **_kwargs: compiler
        asked = object.__new__(type(self.question))
        asked.__dict__ = {**self.question.__dict__, "_query": query}
        return asked


class _Planned(ServerBindingCursor):
    """A cursor whose statements PostgreSQL keeps; it tells whoever looks on what it asked (psycopg forgets to)."""

    def _convert_query(self, query: Any, params: Any = None) -> Any:
        self._query = super()._convert_query(query, params)  # type: ignore[misc]  # psycopg's own, not Django's
        return self._query


@contextmanager
def _planning(connection: Any) -> Iterator[CursorWrapper]:
    """A cursor that has PostgreSQL read and plan a statement once, in each connection, and fill it in itself."""
    connection.ensure_connection()
    plain_factory = connection.connection.cursor_factory
    connection.connection.cursor_factory = _Planned
    try:
        cursor = connection.cursor()
    finally:
        connection.connection.cursor_factory = plain_factory
    with cursor:
        yield cursor


def prepared(plainly: Callable[P, QuerySet[Any, R]]) -> Question[P, R]:
    """Have the question that the function returns written once in a process, and planned once in a connection."""
    return Question(plainly, is_planned=True)


def written(plainly: Callable[P, QuerySet[Any, R]]) -> Question[P, R]:
    """Have it written once, and planned at each asking, with the values: a large team may want another plan."""
    return Question(plainly, is_planned=False)


def plain(value: object) -> object:
    """A value as the database driver takes it; in the stead of a place, its blank."""
    if isinstance(value, Place):
        return value.blank
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, set | frozenset | tuple | list):
        return [plain(each) for each in value]
    return value


def _filled(param: object, values: list[object]) -> object:
    """A parameter, or the several values that are one, without its blanks."""
    if isinstance(param, list):
        return [_filled(each, values) for each in param]
    return values[param.at] if isinstance(param, Blank) else param
