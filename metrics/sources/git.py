"""A repository's history, as `COMMAND` writes it: one commit a line, fields parted by NUL, in UTF-8.

NUL is the one byte that git keeps out of names and addresses; commas, tabs and bars stand in them. `COMMAND` needs no
redirection, which some shells write as UTF-16 or with other line ends, and no quotes but those that all shells know.

Who it was: the name and address after .mailmap, co-authors' too (metrics/sources/renamed.py). When: the author's date,
not the committer's. Merges are left out. Each co-author is one further contribution, known by the commit and the
address as it stands in the trailer.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import BinaryIO, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from metrics.sources import Batch, Options, Problem, Raw
from metrics.sources.blocks import Blocks, Broken
from metrics.sources.renamed import Person, renamed
from metrics.sources.text import FOREIGN, ROW_LIMIT
from metrics.sources.trailers import co_authors
from pathways.keys import BLANKS, EMAIL, NAME

#: The fields of a line, as a report names them, and as `git log` does.
FIELDS: Final = {
    "commit": "%H",
    "parents": "%P",
    "author name": "%aN",
    "author e-mail": "%aE",
    "e-mail before .mailmap": "%ae",
    "author time": "%at",
    "co-authors": "%(trailers:key=Co-authored-by,valueonly,unfold,separator=%x1f)",
}
#: What does not depend on the repository's or a person's configuration of git.
ARGUMENTS: Final = (
    *("log", "--use-mailmap", "--encoding=UTF-8", "--no-show-signature"),
    f"--format={'%x00'.join(FIELDS.values())}",
)
COMMAND: Final = f'git {" ".join(ARGUMENTS[:-1])} "{ARGUMENTS[-1]}" --output=commits.log'
BOM: Final = b"\xef\xbb\xbf"
NAMES: Final = tuple(FIELDS)
HEX: Final = "0123456789abcdef"
#: Digits of a commit's hash: SHA-1 and SHA-256.
HASHES: Final = (40, 64)
LONGEST: Final = ((2, NAME), (3, EMAIL), (4, EMAIL))


def read(file: BinaryIO, options: Options) -> Iterator[Batch]:
    """Batches of the file's contributions and problems (the contract of metrics/sources/__init__.py)."""
    # A pipe can be read once only; its co-authors are told as their trailers tell them.
    mailmap = renamed(file) if options.co_authors and file.seekable() else {}
    blocks = Blocks(file)
    line = 0
    try:
        for block in blocks:
            if not line and (reason := _foreign(block)):
                raise Broken(reason, b"")
            reading = _Reading(options, mailmap)
            line = reading.read(block if line else block.removeprefix(BOM), line)
            yield Batch(reading.rows, reading.problems, blocks.position, reading.passed, reading.commits)
        if not line:
            raise Broken(_how(_("The file is empty.")), b"")
    except Broken as error:
        reason = _foreign(error.rest) if not line and len(error.rest) > ROW_LIMIT else ""
        column = 1 if reason else error.rest.count(b"\0") + 1
        name = NAMES[column - 1] if error.rest and not reason and column <= len(NAMES) else ""
        yield Batch([], [Problem(line + 1, column, name, reason or error.reason)], blocks.position)


def _how(reason: str) -> str:
    return f"{reason} {_('Write the file by this command, in the repository: %(command)s') % {'command': COMMAND}}"


def _foreign(head: bytes) -> str:
    """Why the file is none of ours, by its first line; "" when it may be one."""
    for magic, name in (*FOREIGN, *((bytes([letter, 0]), "UTF-16") for letter in HEX.encode())):
        if head.startswith(magic):
            return _how(_("The file is in %(name)s format, not what `git log` writes.") % {"name": name})
    head = head.removeprefix(BOM)
    first = head[:200].lstrip()
    if first.startswith(b"<"):
        return _how(_("This is a web page or XML file, not a git log. Was the download behind a log-in?"))
    if first.startswith((b"{", b"[")):
        return _how(_("This is JSON, not a git log. What Perceval writes belongs to a source of its own type."))
    if first.startswith(b"commit "):
        return _how(_("This is what `git log` prints for people, in which names and dates cannot be told apart."))
    if head[:8].decode("latin-1").strip(HEX) or b"\0" not in head.partition(b"\n")[0]:
        return _how(_("This is no git log in the format that is read here."))
    return ""


class _Bad(Exception):
    """Something is wrong with the field at this index."""

    def __init__(self, index: int, reason: str) -> None:
        super().__init__(reason)
        self.index, self.reason = index, reason


class _Reading:
    """What one block of lines tells."""

    def __init__(self, options: Options, mailmap: Mapping[str, Person]) -> None:
        self.rows: list[Raw] = []
        self.problems: list[Problem] = []
        self.passed: Counter[str] = Counter()
        self.commits = 0
        self._with_co_authors, self._mailmap = options.co_authors, mailmap

    def read(self, block: bytes, before: int) -> int:
        """Read the lines that follow upon so many; how many there are with them."""
        try:
            text, suspect = block.decode(), False
        except UnicodeDecodeError:
            text, suspect = block.decode(errors="surrogateescape"), True
        *whole, rest = text.split("\n")
        for line, each in enumerate(whole, before + 1):
            if each and each != "\r":
                self.commits += 1
                self._line(line, each.split("\0"), suspect=suspect)
        if rest:
            reason = _("The file ends inside this line: it was cut off.")
            fields = rest.split("\0")
            self._problem(before + len(whole) + 1, fields, _Bad(min(len(fields), len(NAMES)) - 1, reason))
        return before + len(whole) + bool(rest)

    def _problem(self, line: int, fields: list[str], bad: _Bad) -> None:
        name = NAMES[bad.index] if bad.index < len(NAMES) else ""
        cells = tuple(field[:200] for field in fields[: len(NAMES)])
        self.problems.append(Problem(line, bad.index + 1, name, bad.reason, cells))

    def _line(self, line: int, fields: list[str], *, suspect: bool) -> None:
        try:
            if len(fields) != len(NAMES):
                raise _Bad(min(len(fields), len(NAMES)), _fields_differ(len(fields)))
            if suspect:
                _check_text(fields)
            self._commit(line, fields)
        except _Bad as bad:
            self._problem(line, fields, bad)

    def _commit(self, line: int, fields: list[str]) -> None:
        commit, parents, name, email, written, stamp, trailers = fields
        if len(commit) not in HASHES or commit.strip(HEX):
            raise _Bad(0, _("“%(text)s” is no full hash of a commit.") % {"text": commit[:80]})
        if parents:
            if parents.strip(HEX + " ") or len(parents) % (len(commit) + 1) != len(commit):
                raise _Bad(1, _("“%(text)s” are no full hashes of commits.") % {"text": parents[:80]})
            if len(parents) > len(commit):
                self.passed[_("merges")] += 1
                return
        for index, limit in LONGEST:
            if len(fields[index]) > limit:
                raise _Bad(index, _("The text is longer than %(limit)d characters.") % {"limit": limit})
        name, email = name.strip(BLANKS), email.strip(BLANKS)
        if not (name or email):
            raise _Bad(2, _("Nobody is named: name and e-mail are both empty. A line in .mailmap can name them."))
        when = _time(stamp)
        self.rows.append(Raw(line, commit, when, name, email, "", "commit"))
        if self._with_co_authors and (values := trailers.strip(BLANKS)):
            told_of = values.split("\x1f")
            people, malformed = co_authors(told_of, authors=(email, written), renamed=self._mailmap)
            for person in people:
                told = Raw(line, f"{commit} {person.address}", when, person.name, person.email, "", "commit")
                self.rows.append(told)
            if malformed:
                self.passed[_("co-authors who are not told as “Name <address>”")] += malformed


def _fields_differ(have: int) -> str:
    fields = ngettext("The line has %(count)d field", "The line has %(count)d fields", have) % {"count": have}
    return _how(fields + _(" instead of %(wanted)d.") % {"wanted": len(NAMES)})


def _check_text(fields: list[str]) -> None:
    """Refuse bytes that are no text; in the trailers, they are one more thing that people write there."""
    for index, field in enumerate(fields[:-1]):
        for character in field:
            if "\udc80" <= character <= "\udcff":
                byte = ord(character) - 0xDC00
                raise _Bad(index, _("Not UTF-8 (byte 0x%(byte)02X). A line in .mailmap can mend it.") % {"byte": byte})


def _time(stamp: str) -> datetime:
    if stamp.isascii() and stamp.isdigit() and len(stamp) <= 12:
        try:
            return datetime.fromtimestamp(int(stamp), UTC)
        except (ValueError, OverflowError, OSError):
            pass
    if not stamp:
        raise _Bad(5, _("The time is missing."))
    raise _Bad(5, _("“%(text)s” is no Unix time in seconds.") % {"text": stamp[:40]})
