"""The header of a CSV file, and how a row below it is read: which column holds what, and what is wrong with a cell."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, tzinfo
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from metrics.sources import Options, Problem, Raw
from metrics.sources.days import as_iso, is_written_so
from metrics.sources.dialects import WHOLE_ROW, folded, guess
from metrics.sources.text import Lines, Unreadable
from pathways.keys import BLANKS

COLUMN_LIMIT: Final = 200
#: Our field: the header names that mean it. Of several, the first that stands in the header is read.
ALIASES: Final = {
    "external_id": ("commit", "external_id", "id"),
    "timestamp": ("author_ts", "timestamp"),
    "date": ("author_date", "occurred_at", "date"),
    "mapped_name": ("mapped_name",),
    "mapped_email": ("mapped_email",),
    "name": ("author_name", "name"),
    "email": ("author_email", "email"),
    "username": ("username", "author_username"),
    "kind": ("kind",),
}
#: Longest texts, as the tables hold them.
LONGEST: Final = {
    "external_id": 500,
    "mapped_name": 200,
    "name": 200,
    "mapped_email": 254,
    "email": 254,
    "username": 120,
    "kind": 60,
}
AS_SAID: Final = Options()


class Lacking(Unreadable):
    """The header does not tell what is needed; a person can."""


class Header:
    """Where the columns stand, and how a row below them is read."""

    def __init__(self, row: Sequence[str], lines: Lines, options: Options = AS_SAID) -> None:
        self.names = [cell.strip() for cell in row]
        known = [folded(name) for name in self.names]
        self._check(known, lines)
        self._options = options
        self._is_whole_row = options.columns.get("external_id") == WHOLE_ROW
        if options.columns:
            self._at = self._as_told(known, lines)
        else:
            self._at = {
                field: next((known.index(alias) for alias in aliases if alias in known), -1)
                for field, aliases in ALIASES.items()
            }
        self._check_complete(lines)
        self._limits = [(self._at[field], limit) for field, limit in LONGEST.items() if self._at[field] >= 0]
        told = ((column, texts) for column, texts in options.leave_out.items() if folded(column) in known)
        self._left_out = [(known.index(folded(column)), texts) for column, texts in told]

    def _as_told(self, known: list[str], lines: Lines) -> dict[str, int]:
        """Where the columns stand that somebody has chosen."""
        at = dict.fromkeys(ALIASES, -1)
        for field, column in self._options.columns.items():
            if field not in at or column == WHOLE_ROW:
                continue
            if folded(column) not in known:
                reason = _("The header lacks the column “%(column)s”, which this source was told to read.")
                raise Lacking(Problem(lines.start, 1, column[:60], reason % {"column": column[:60]}))
            at[field] = known.index(folded(column))
        return at

    @property
    def fields(self) -> list[str]:
        """Our field of each column; "" for a column that is not read."""
        at = {index: field for field, index in self._at.items() if index >= 0}
        return [at.get(index, "") for index in range(len(self.names))]

    def _check(self, known: list[str], lines: Lines) -> None:
        def fail(column: int, reason: str) -> Unreadable:
            return Unreadable(Problem(lines.start, column, known[column - 1][:60], reason))

        if lines.suspect:
            for column, name in enumerate(known, 1):
                if reason := _not_text(name):
                    raise Unreadable(Problem(lines.start, column, "", reason))
        if len(known) > COLUMN_LIMIT:
            raise fail(
                COLUMN_LIMIT + 1,
                _("The header has %(count)d columns; at most %(limit)d are read.")
                % {"count": len(known), "limit": COLUMN_LIMIT},
            )
        for column, name in enumerate(known, 1):
            if name and known.index(name) != column - 1:
                raise fail(
                    column,
                    _("The column “%(name)s” stands twice in the header, first as column %(first)d.")
                    % {"name": name[:60], "first": known.index(name) + 1},
                )

    def _check_complete(self, lines: Lines) -> None:
        needs = {
            "commit": ("external_id",),
            "author_ts or author_date": ("timestamp", "date"),
            "author_email or author_name": ("mapped_email", "mapped_name", "email", "name", "username"),
        }
        if self._is_whole_row:
            del needs["commit"]
        if any(self._options.all_by):
            del needs["author_email or author_name"]
        missing = [says for says, fields in needs.items() if all(self._at[field] < 0 for field in fields)]
        if not missing:
            return
        if refusal := guess(self.names).refusal:
            raise Unreadable(Problem(lines.start, 1, "", refusal))
        found = ", ".join(name[:40] for name in self.names[:12])
        reason = _("The header lacks %(missing)s. Found: %(found)s.") % {"missing": "; ".join(missing), "found": found}
        if len(self.names) == 1:
            reason += " " + _("Columns must be separated by commas, semicolons or tabs.")
        raise Lacking(Problem(lines.start, 1, "", reason))

    def read(self, row: list[str], lines: Lines) -> Raw | Problem | str:
        """The contribution that the row tells, the first problem in it, or why it is left out."""
        try:
            if len(row) == len(self.names):  # what is left out may be anything else than sound
                for index, texts in self._left_out:
                    if folded(row[index]) in texts:
                        what = {"column": self.names[index], "text": row[index][:40]}
                        return _("rows with %(column)s: %(text)s") % what
            return self._read(row, lines)
        except _Bad as bad:
            cells = tuple(cell[:200] for cell in row[:20])
            name = self.names[bad.column][:60] if bad.column < len(self.names) else ""
            return Problem(lines.start, bad.column + 1, name, bad.reason, cells)

    def asks(self, row: list[str]) -> bool:
        """Whether its date lacks what a person can say of all: the order of its numbers, or the time zone."""
        try:
            self._time(row)
        except _Bad as bad:
            return bad.is_asked
        except IndexError:  # a row that is cut off has other faults
            pass
        return False

    def _read(self, row: list[str], lines: Lines) -> Raw:
        if lines.suspect:
            for index, cell in enumerate(row):
                if reason := _not_text(cell):
                    raise _Bad(index, reason)
        if len(row) != len(self.names):
            raise _Bad(min(len(row), len(self.names)), _cells_differ(len(row), len(self.names)))
        for index, limit in self._limits:
            if len(row[index]) > limit:
                raise _Bad(index, _("The text is longer than %(limit)d characters.") % {"limit": limit})
        at = self._at
        # An index of -1 is no column: the guard keeps it from reading the last cell.
        external_id, mapped_name, mapped_email, name, email, username, kind = (
            row[index].strip(BLANKS) if (index := at[field]) >= 0 else ""
            for field in ("external_id", "mapped_name", "mapped_email", "name", "email", "username", "kind")
        )
        if self._is_whole_row:
            external_id = hashlib.sha256("\0".join(row).encode()).hexdigest()
        if not external_id:
            raise _Bad(
                at["external_id"], _("The row has no id, so a second delivery could not be told from the first.")
            )
        if mapped_name or mapped_email:
            name, email = mapped_name, mapped_email
        if any(self._options.all_by):
            name, email, username = self._options.all_by
        if not (name or email or username):
            who = ("mapped_email", "email", "mapped_name", "name", "username")
            column = next(at[field] for field in who if at[field] >= 0)
            raise _Bad(column, _("Nobody is named: e-mail and name are both empty."))
        return Raw(lines.start, external_id, self._time(row), name, email, username, kind_key(kind))

    def _time(self, row: list[str]) -> datetime:
        stamp = row[self._at["timestamp"]].strip() if self._at["timestamp"] >= 0 else ""
        written = row[self._at["date"]].strip() if self._at["date"] >= 0 else ""
        # Both are read where both stand: a date that is none spoils the row even beside a good timestamp.
        zone = self._options.zone if self._options.is_zone_told else None
        dated = _dated(written, self._at["date"], zone, self._options.days) if written else None
        if stamp:
            return _from_timestamp(stamp, self._at["timestamp"])
        if dated is None:
            missing = _("The time is missing.") if self._at["timestamp"] >= 0 else _("The date is missing.")
            raise _Bad(max(self._at["timestamp"], self._at["date"]), missing)
        return dated


class _Bad(Exception):
    """Something is wrong with the cell at this index."""

    def __init__(self, column: int, reason: str, *, is_asked: bool = False) -> None:
        super().__init__(reason)
        self.column, self.reason, self.is_asked = column, reason, is_asked


def kind_key(text: str) -> str:
    """A kind as the registry spells it: lower case, words joined by underscores."""
    return "_".join(text.casefold().replace("-", " ").replace("_", " ").split())


def _not_text(cell: str) -> str:
    """Why the cell is no text; "" when it is."""
    if "\0" in cell:
        return _("A NUL character stands in the cell: the file is damaged, or no text.")
    for character in cell:
        if "\udc80" <= character <= "\udcff":
            byte = ord(character) - 0xDC00
            return _("Not UTF-8 (byte 0x%(byte)02X). Save the file as “CSV UTF-8”.") % {"byte": byte}
    return ""


def _cells_differ(have: int, wanted: int) -> str:
    row = ngettext("The row has %(count)d cell", "The row has %(count)d cells", have) % {"count": have}
    return row + _(", the header has %(wanted)d. Was the file cut off, or is a comma not in quotes?") % {
        "wanted": wanted
    }


def _from_timestamp(text: str, column: int) -> datetime:
    digits = text.removeprefix("-")
    if digits.isascii() and digits.isdigit() and len(digits) <= 12:
        try:
            return datetime.fromtimestamp(int(text), UTC)
        except (ValueError, OverflowError, OSError):
            pass
    raise _Bad(column, _("“%(text)s” is no Unix time in seconds.") % {"text": text[:40]})


def _dated(text: str, column: int, zone: tzinfo | None, order: str) -> datetime:
    """A moment; a plain day is a day of UTC, for no time stands there that a zone could move."""
    iso = as_iso(text, order)
    try:
        if len(iso) == 10:
            day = date.fromisoformat(iso)
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
        moment = datetime.fromisoformat(f"{iso[:-4]}+00:00" if iso.endswith(" UTC") else iso)
        if moment.tzinfo is None:
            if zone is None:
                reason = _("“%(text)s” does not say its offset from UTC, as in +00:00. Tell the source its time zone.")
                raise _Bad(column, reason % {"text": text[:40]}, is_asked=True)
            moment = moment.replace(tzinfo=zone)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        if is_written_so(text):
            wrong = _("“%(text)s” is no date of the calendar in the order that this source was told.")
            untold = _("“%(text)s” does not tell day from month. Say in which order this source writes them.")
            reason = wrong if order else untold
            raise _Bad(column, reason % {"text": text[:40]}, is_asked=True) from None
        reason = _("“%(text)s” is no date of the calendar. Write 2026-02-28, or 2026-02-28T12:00:00+00:00.")
        raise _Bad(column, reason % {"text": text[:40]}) from None
