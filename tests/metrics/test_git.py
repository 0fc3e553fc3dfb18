"""Reading `git log`: what git writes is what is taken, from a file or from a repository."""

import gzip
import io
import shlex
import tempfile
import tracemalloc
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.sources import Batch, Options, Problem, Raw, blocks, csv, git, repository
from pathways.keys import BLANKS, fold
from tests.metrics import repositories
from tests.metrics.files import sample
from tests.metrics.repositories import NOON, Commit

WHEN = datetime(2024, 1, 10, 12, tzinfo=UTC)
HASH = "a" * 40


def line(
    commit: str = HASH, parents: str = "", name: str = "Ann", *, email: str = "ann@home.example", **more: str
) -> str:
    """One line of a log."""
    return "\0".join(
        [commit, parents, name, email, more.get("written", email), more.get("time", str(NOON)), more.get("co", "")]
    )


def log_of(*lines: str) -> bytes:
    return "".join(f"{each}\n" for each in lines).encode()


def batches(content: bytes, options: Options | None = None) -> list[Batch]:
    return list(git.read(io.BytesIO(content), options or Options()))


def rows(read: Sequence[Batch]) -> list[Raw]:
    assert [problem for batch in read for problem in batch.problems] == []
    return [raw for batch in read for raw in batch.rows]


def problems(content: bytes) -> list[Problem]:
    return [problem for batch in batches(content) for problem in batch.problems]


def told(folder: Path, *, branch: str = "") -> list[Raw]:
    """What a repository tells, without its lines' numbers."""
    with repository.log(str(folder), branch=branch) as stream:
        read = list(git.read(stream, Options()))
    return [raw._replace(line=0) for raw in rows(read)]


def test_a_line_becomes_a_contribution() -> None:
    raw = rows(batches(log_of(line(name=" Ann, A. "))))
    assert raw == [Raw(1, HASH, WHEN, "Ann, A.", "ann@home.example", "", "commit")]
    assert rows(batches(log_of(line("b" * 64, "c" * 64))))[0].external_id == "b" * 64


def test_merges_are_left_out_and_counted() -> None:
    (batch,) = batches(log_of(line(parents=f"{HASH} {HASH}"), line(parents=HASH), line(parents=" ".join([HASH] * 9))))
    assert (len(batch.rows), batch.rows[0].line, batch.passed, batch.items) == (1, 2, {"merges": 2}, 3)


def test_a_co_author_is_a_contribution_of_their_own() -> None:
    trailers = "\x1f".join(
        ["Bob <Bob@X.example>", "Ann <ann@old.example>", "Bob <bob@x.example>", "the team", "Eve <e@>"]
    )
    content = log_of(line(written="Ann@Old.example", co=trailers))
    (batch,) = batches(content)
    assert batch.rows[1:] == [
        Raw(1, f"{HASH} bob@x.example", WHEN, "Bob", "Bob@X.example", "", "commit"),
        Raw(1, f"{HASH} e@", WHEN, "Eve", "e@", "", "commit"),
    ]
    assert batch.passed == {"co-authors who are not told as “Name <address>”": 1}
    (batch,) = batches(content, Options(co_authors=False))
    assert (len(batch.rows), batch.passed) == (1, {})


def test_trailers_that_are_no_text_spoil_nothing() -> None:
    content = log_of(line(co="Bob <b@x.example>")).replace(b"Bob", b"B\xe9b")
    assert [raw.name for raw in rows(batches(content))] == ["Ann"]


def test_gzip_is_unpacked_also_in_several_parts() -> None:
    first, second = log_of(line()), log_of(line("b" * 40))
    assert rows(batches(gzip.compress(first) + gzip.compress(second))) == rows(batches(first + second))


def test_line_ends_of_windows_a_mark_of_order_and_blank_lines_are_no_matter() -> None:
    content = b"\xef\xbb\xbf" + log_of(line(), "", line("b" * 40, co="Bob <b@x.example>")).replace(b"\n", b"\r\n")
    assert [raw.line for raw in rows(batches(content))] == [1, 3, 3]


def test_blocks_end_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    content = log_of(*(line(f"{number:040x}") for number in range(20)))
    whole = rows(batches(content))
    for size in (1, 7, 119, 120, 121, 1_000):
        monkeypatch.setattr(blocks, "BLOCK", size)
        read = batches(content)
        assert rows(read) == whole
        assert read[-1].position == len(content)


def test_memory_is_flat() -> None:
    class Endless(io.RawIOBase):
        def __init__(self, blocks: int) -> None:
            self._left = blocks
            self._block = log_of(*(line() for _ in range(100)))

        def read(self, size: int = -1) -> bytes:
            self._left -= 1
            return self._block if self._left >= 0 else b""

    def peak(blocks: int) -> int:
        tracemalloc.start()
        for _ in git.read(Endless(blocks), Options()):  # type: ignore[arg-type]
            pass
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    assert peak(400) < 1.2 * peak(40)


def test_the_command_writes_what_is_read(tmp_path: Path) -> None:
    history = repositories.make(
        tmp_path / "history", [Commit(name="Ann, A.", message="One\n\nCo-authored-by: B <b@x>\n")]
    )
    repositories.git(history, *shlex.split(git.COMMAND)[1:])
    raw = rows(batches((history / "commits.log").read_bytes()))
    assert [(each.name, each.email) for each in raw] == [("Ann, A.", "ann@home.example"), ("B", "b@x")]
    assert [each._replace(line=0) for each in raw] == told(history)
    assert "'" not in git.COMMAND, "cmd.exe knows no other quotes than double ones"
    assert ">" not in git.COMMAND, "PowerShell would write UTF-16"


@pytest.mark.parametrize("setting", ["log.showSignature=true", "i18n.logOutputEncoding=latin1", "color.ui=always"])
def test_the_command_asks_for_all_that_a_persons_settings_could_change(tmp_path: Path, setting: str) -> None:
    history = repositories.make(tmp_path, [Commit(name="Ánn")])
    said = repositories.git(history, "-c", setting, *git.ARGUMENTS)
    assert [raw.name for raw in rows(batches(said))] == ["Ánn"]


def test_the_mailmap_is_followed_without_regard_to_case(tmp_path: Path) -> None:
    mailmap = "Ann Ace <ann@new.example> <ann@old.example>\nBob <bob@x.example> bobby <shared@x.example>\n"
    history = [
        *(Commit(name="A", email=email) for email in ("Ann@OLD.example", "ann@old.example", "ann@new.example")),
        *(Commit(name=name, email="SHARED@x.example") for name in ("Bobby", "Carl")),
        Commit(name="Eve", message="One\n\nCo-authored-by: A <ann@old.example>\n"),
        Commit(name="A", email="ann@old.example", message="One\n\nCo-authored-by: A <ANN@old.example>\n"),
    ]
    raw = told(repositories.make(tmp_path, history, mailmap=mailmap))[::-1]
    assert [(each.name, each.email) for each in raw] == [
        *[("Ann Ace", "ann@new.example")] * 2,
        ("A", "ann@new.example"),
        *[("Bob", "bob@x.example"), ("Carl", "SHARED@x.example")],
        *[("A", "ann@old.example"), ("Eve", "ann@home.example")],  # git maps no trailers
        ("Ann Ace", "ann@new.example"),
    ]


def test_the_mailmap_is_followed_for_co_authors_too(tmp_path: Path) -> None:
    """Learned from the log's own authors, in whatever order they stand; an address that led to two people stays."""
    mailmap = "Ann Ace <ann@new.example> <ann@old.example>\nBob <bob@x.example> bobby <shared@x.example>\n"
    words = "One\n\nCo-authored-by: {} <{}>\n"
    history = [
        Commit(name="Eve", email="eve@x.example", message=words.format("A", "ANN@old.example")),
        Commit(name="A", email="ann@old.example", message=words.format("A", "ann@new.example")),
        Commit(name="Eve", email="eve@x.example", message=words.format("Carl", "shared@x.example")),
        *(Commit(name=name, email="shared@x.example") for name in ("Bobby", "Carl")),
    ]
    folder = repositories.make(tmp_path / "history", history, mailmap=mailmap)
    repositories.git(folder, *shlex.split(git.COMMAND)[1:])
    content = (folder / "commits.log").read_bytes()
    raw = rows(batches(content))
    assert [(each.name, each.email) for each in raw if " " in each.external_id] == [
        ("Carl", "shared@x.example"),
        ("Ann Ace", "ann@new.example"),
    ]
    assert [each.external_id.split()[1] for each in raw if " " in each.external_id][1] == "ann@old.example"
    assert rows(batches(gzip.compress(content))) == raw


def test_the_sample_as_a_repository_tells_what_its_csv_tells(tmp_path: Path) -> None:
    wanted = [raw for batch in csv.read(io.BytesIO(sample("profiler/events.csv.gz"))) for raw in batch.rows]
    people = [Commit(raw.name, raw.email, int(raw.occurred_at.timestamp())) for raw in wanted]
    found = told(repositories.make(tmp_path, people[::-1]))
    assert [(raw.name, raw.email, raw.occurred_at) for raw in found] == [
        (raw.name, raw.email, raw.occurred_at) for raw in wanted
    ]


TEXT = st.text(st.characters(exclude_characters="\0\n<>", exclude_categories=["Cs"]), max_size=30)
COMMIT = st.builds(
    Commit,
    name=TEXT,
    email=TEXT.filter(lambda text: text.strip(BLANKS)),
    time=st.integers(0, 253402300799),
    message=st.just("One\n"),
    offset=st.sampled_from(["+0000", "+0545", "-0930", "+1400"]),
    parents=st.none(),
)


@settings(max_examples=50)
@given(st.lists(COMMIT, min_size=1, max_size=30), TEXT.filter(lambda text: text.strip(BLANKS)))
def test_whatever_a_history_holds_comes_back(history: list[Commit], friend: str) -> None:
    history[0] = history[0]._replace(message=f"One\n\nCo-authored-by: B <{friend}>\n")
    with tempfile.TemporaryDirectory() as folder:
        raw = told(repositories.make(Path(folder), history))[::-1]
        hashes = repositories.git(Path(folder), "rev-list", "main").decode().split()
    wanted = [
        (commit, datetime.fromtimestamp(each.time, UTC), str(each.name).strip(BLANKS), str(each.email).strip(BLANKS))
        for commit, each in zip(hashes[::-1], history, strict=True)
    ]
    if fold(friend.strip(BLANKS)) != fold(wanted[0][3]):
        first = wanted[0]
        wanted.insert(0, (f"{first[0]} {fold(friend.strip(BLANKS))}", first[1], "B", friend.strip(BLANKS)))
    assert [each[1:5] for each in raw] == wanted


@given(st.binary(max_size=400))
def test_nothing_escapes_whatever_the_bytes(content: bytes) -> None:
    batches(content)
    batches(log_of(line()) + content)
    batches(gzip.compress(log_of(line()))[:-5] + content)
