"""CSV as people's tools export it: which column holds what, and which files hold no contributions at all.

A dialect is known by columns that stand in its header, in any case and order. It only proposes: a person sees the
first rows with the proposal and may say otherwise. Headers are those of the tools' own sources and help pages
(Bugzilla's `list.csv.tmpl`, Discourse's `export_csv_file.rb`, SavannahHQ, GitLab's issue export, Orbit's help).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as later

from metrics.sources.days import is_written_so

#: What a column can hold, in the order in which a form asks for it.
FIELDS: Final = ("external_id", "date", "timestamp", "name", "email", "username", "kind")
#: In place of a column for the id: rows that are alike in every cell are one contribution.
WHOLE_ROW: Final = "*"
#: Names of columns that mean a field in many tools' exports; the first that stands in a header is proposed.
USUAL: Final[Mapping[str, tuple[str, ...]]] = {
    "external_id": ("commit", "external_id", "id", "key", "uuid", "sha", "hash", "url", "issue id", "number"),
    "date": (
        "author_date", "occurred_at", "date", "created_at", "created at (utc)", "created at", "createdat", "created",
        "opendate", "opened", "submitted_at", "published_at", "timestamp_utc", "time", "when",
    ),
    "timestamp": ("author_ts", "timestamp", "unix", "epoch", "ts"),
    "name": ("author_name", "name", "author", "member", "real_name", "full name", "contributor", "reporter_realname"),
    "email": ("author_email", "email", "e-mail", "mail", "email address"),
    "username": ("username", "author_username", "author username", "login", "author.login", "github", "user", "nick"),
    "kind": ("kind", "activity_type", "type", "category"),
}  # fmt: skip


@dataclass(frozen=True)
class Dialect:
    """One tool's export. `refusal`: why it cannot be imported, whatever anybody says."""

    name: str
    marks: frozenset[str]
    columns: Mapping[str, str] = field(default_factory=dict)
    kind: str = ""
    refusal: str = ""
    advice: str = ""
    is_utc: bool = False
    leave_out: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def fits(self, header: frozenset[str]) -> bool:
        """Whether all its marks stand in a header (folded names)."""
        return self.marks <= header


def _of(*marks: str) -> frozenset[str]:
    return frozenset(marks)


_PEOPLE: Final = later("It lists people, one a row, and not what they did. Export the activities instead.")
_SUMS: Final = later("It holds sums for each person, and no dated acts: nothing can be counted from it.")
_PERSONAL: Final = later("It names nobody: the person is in the name of the file. Say below whose posts these are.")
_REPORTER: Final = later("It names whom a bug is assigned to, and not who reported it. Add the column “Reporter”.")
_TRUE: Final = frozenset({"true", "t", "1", "yes"})

#: The most particular first.
DIALECTS: Final = (
    Dialect("Savannah, members", _of("member", "first seen", "last seen", "activity count"), refusal=_SUMS),
    Dialect("Savannah, contributors", _of("member", "first contrib", "last contrib", "contrib count"), refusal=_SUMS),
    Dialect("Savannah, managers", _of("name", "role", "community", "community status"), refusal=_PEOPLE),
    Dialect("Discourse, users", _of("username", "trust_level", "posts_read_count", "created_at"), refusal=_PEOPLE),
    Dialect(
        "Discourse, posts of one user",
        _of("topic_title", "is_pm", "created_at", "url"),
        {"external_id": "url", "date": "created_at"},
        kind="comment",
        advice=_PERSONAL,
        leave_out={"is_pm": _TRUE},
    ),
    Dialect(
        "GitLab issues",
        _of("issue id", "url", "author username", "created at (utc)"),
        {"external_id": "url", "date": "created at (utc)", "name": "author", "username": "author username"},
        kind="issue",
        is_utc=True,
    ),
    Dialect(
        "Bugzilla",
        _of("bug_id", "reporter", "opendate"),
        {"external_id": "bug_id", "date": "opendate", "username": "reporter"},
        kind="issue",
    ),
    Dialect("Bugzilla", _of("bug_id", "assigned_to"), refusal=_REPORTER),
    Dialect(
        "Bugzilla, for people",
        _of("bug id", "reporter", "opened"),
        {"external_id": "bug id", "date": "opened", "username": "reporter"},
        kind="issue",
    ),
    Dialect("Bugzilla, for people", _of("bug id", "assignee", "summary"), refusal=_REPORTER),
    Dialect(
        "Orbit, activities",
        _of("title", "activity_type", "occurred_at"),
        {"external_id": "key", "date": "occurred_at", "kind": "activity_type", "username": "github"},
        kind="other",
    ),
    Dialect("Orbit, members", _of("github", "twitter", "linkedin"), refusal=_PEOPLE),
    Dialect(
        "GitHub, by gh",
        _of("number", "title", "createdat", "url"),
        {"external_id": "url", "date": "createdat", "username": "author"},
        kind="issue",
    ),
)


@dataclass(frozen=True)
class Guess:
    """What a header seems to be. `columns`: our field, and the column as the header spells it."""

    dialect: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    kind: str = ""
    refusal: str = ""
    advice: str = ""
    is_utc: bool = False
    leave_out: Mapping[str, frozenset[str]] = field(default_factory=dict)


def folded(name: str) -> str:
    """A column's name without difference of case and of blanks around it."""
    return name.strip().casefold()


def guess(header: Sequence[str]) -> Guess:
    """What the header of a file seems to be, and which column holds what."""
    at = {folded(name): name for name in reversed(header)}
    found = next((dialect for dialect in DIALECTS if dialect.fits(frozenset(at))), None)
    told = {} if found is None else {of: at[column] for of, column in found.columns.items() if column in at}
    if not (found and found.refusal):
        told = _filled(told, at.get)
    if found is None:
        return Guess(columns=told)
    return Guess(
        dialect=found.name,
        columns=told,
        kind=found.kind,
        refusal=_(found.refusal) if found.refusal else "",
        advice=_(found.advice) if found.advice else "",
        is_utc=found.is_utc,
        leave_out=found.leave_out,
    )


def _filled(told: Mapping[str, str], column: Callable[[str], str | None]) -> dict[str, str]:
    """What the dialect does not tell, by the usual names; no column is proposed for two fields."""
    found = dict(told)
    for of in FIELDS:
        for usual in USUAL[of]:
            name = column(usual)
            if of not in found and name is not None and name not in found.values():
                found[of] = name
    if "timestamp" in found and "date" in found:
        del found["date" if "date" not in told else "timestamp"]
    return found


def with_content(guessed: Guess, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Guess:
    """The same; what the header does not tell is proposed from the first rows: a column of dates, one of addresses."""
    columns = dict(guessed.columns)
    for name, cells in zip(header, zip(*rows, strict=False), strict=False):
        filled = [cell.strip() for cell in cells if cell.strip()]
        told = next((field for field, looks in LOOKS.items() if filled and all(map(looks, filled))), "")
        if told and told not in columns and name.strip() and name not in columns.values():
            columns[told] = name
    return replace(guessed, columns=columns)


LOOKS: Final[Mapping[str, Callable[[str], bool]]] = {
    "date": lambda cell: is_written_so(cell) or re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", cell) is not None,
    "email": lambda cell: re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", cell) is not None,
}
