"""Reading CSV: what is taken from a row, and memory that does not grow with the file."""

import gzip
import io
import tracemalloc
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.sources import Problem, Raw, csv, text
from tests.metrics.files import HEADER, file_of, row, sample


def read(content: bytes) -> tuple[list[Raw], list[Problem]]:
    batches = list(csv.read(io.BytesIO(content)))
    return [raw for batch in batches for raw in batch.rows], [bad for batch in batches for bad in batch.problems]


def one(content: bytes) -> Raw:
    rows, problems = read(content)
    assert problems == []
    assert len(rows) == 1
    return rows[0]


def test_a_row_becomes_a_contribution() -> None:
    raw = one(file_of("c1, Ann ,ann@home.example,1704888000,2024-01-10T12:00:00Z"))
    assert raw == Raw(2, "c1", datetime(2024, 1, 10, 12, tzinfo=UTC), "Ann", "ann@home.example", "", "")


def test_header_in_any_case_and_order_with_a_bom_and_other_columns() -> None:
    raw = one(b"\xef\xbb\xbf" + file_of("blue,1704888000,x@y.example,c1", header="Colour,Author_TS,EMAIL,Commit"))
    assert (raw.external_id, raw.email, raw.name) == ("c1", "x@y.example", "")


def test_the_mapped_identity_wins_as_a_whole() -> None:
    header = "commit,author_name,author_email,mapped_name,mapped_email,author_ts"
    mapped = one(file_of("c1,Old,old@x.example,New,,1", header=header))
    assert (mapped.name, mapped.email) == ("New", "")
    unmapped = one(file_of("c1,Old,old@x.example,,,1", header=header))
    assert (unmapped.name, unmapped.email) == ("Old", "old@x.example")


@pytest.mark.parametrize(
    ("stamp", "written", "moment"),
    [
        ("1704888000", "", datetime(2024, 1, 10, 12, tzinfo=UTC)),
        ("", "2024-01-10T23:30:00-02:00", datetime(2024, 1, 11, 1, 30, tzinfo=UTC)),
        ("", "2024-01-10", datetime(2024, 1, 10, tzinfo=UTC)),
        ("-1", "", datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_time_is_utc(stamp: str, written: str, moment: datetime) -> None:
    assert one(file_of(f"c1,Ann,,{stamp},{written}")).occurred_at == moment


def test_a_kind_is_spelled_as_the_registry_spells_it() -> None:
    assert one(file_of("c1,Ann,1, Change-Request", header="commit,name,author_ts,kind")).kind == "change_request"


def test_quotes_line_breaks_and_blank_lines() -> None:
    rows, problems = read(file_of('c1,"Ann ""A"", the\nfirst",a@x.example,1,', "", row(2)))
    assert problems == []
    assert [(raw.line, raw.name) for raw in rows] == [(2, 'Ann "A", the\nfirst'), (5, "Ann")]


def test_gzip_is_unpacked() -> None:
    assert read(gzip.compress(file_of(row(1), row(2)))) == read(file_of(row(1), row(2)))


def test_gzip_that_never_ends_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "UNPACKED_LIMIT", 1_000)
    _, (problem,) = read(gzip.compress(file_of(*(row(number) for number in range(100)))))
    assert "larger than 1000 bytes" in problem.reason


@pytest.mark.parametrize(("name", "count"), [("profiler/events.csv.gz", 8_440), ("boundary/events.csv", 210)])
def test_the_samples_are_read_whole(name: str, count: int) -> None:
    rows, problems = read(sample(name))
    assert (len(rows), problems) == (count, [])


def test_positions_rise_to_the_end_of_the_file() -> None:
    content = file_of(*(row(number) for number in range(12_000)))
    positions = [batch.position for batch in csv.read(io.BytesIO(content))]
    assert positions == sorted(positions)
    assert len(positions) == 3
    assert positions[-1] == len(content)


class Endless(io.RawIOBase):
    """A file of so many sound rows that exists only as it is read."""

    def __init__(self, rows: int) -> None:
        self._rows, self._at, self._head = rows, 0, io.BytesIO(HEADER.encode())

    def readline(self, size: int | None = -1) -> bytes:
        self._at += 1
        return (HEADER if self._at == 1 else row(self._at)).encode() + b"\n" if self._at <= self._rows else b""

    def read(self, size: int = -1) -> bytes:
        return self._head.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return offset

    def tell(self) -> int:
        return self._at


def test_memory_is_flat() -> None:
    def peak(rows: int) -> int:
        tracemalloc.start()
        for _ in csv.read(Endless(rows)):  # type: ignore[arg-type]
            pass
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    assert peak(60_000) < 1.2 * peak(15_000)


@given(st.binary(max_size=400))
def test_nothing_escapes_whatever_the_bytes(content: bytes) -> None:
    read(content)
    read(file_of(row(1)) + content)


@given(st.data())
def test_a_file_cut_anywhere_keeps_the_rows_before_the_cut(data: st.DataObject) -> None:
    content = file_of(*(row(number, name='"Ann, A."') for number in range(5)))
    whole, _ = read(content)
    rows, _ = read(content[: data.draw(st.integers(0, len(content)))])
    # The last one may have lost the end of its time or its last, empty cell without a trace.
    assert rows[:-1] == whole[: max(len(rows) - 1, 0)]
