"""The quick way in and the careful reader give the same rows, or the quick way says that it cannot vouch for them."""

import gzip
import io

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from metrics import quick
from metrics.sources import Raw, csv
from metrics.sources.plain import BLOCK
from tests.metrics.files import sample

pytestmark = pytest.mark.django_db
HEADER = "commit,author_name,author_email,mapped_name,mapped_email,username,author_ts,author_date,kind,note"


def carefully(content: bytes) -> list[Raw] | None:
    """What the careful reader reads; None if it finds anything wrong."""
    rows: list[Raw] = []
    for batch in csv.read(io.BytesIO(content)):
        if batch.problems:
            return None
        rows += [raw._replace(kind=raw.kind or "commit") for raw in batch.rows]
    return rows


def quickly(content: bytes) -> list[Raw] | None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.told CASCADE")
        cursor.execute("DROP TABLE IF EXISTS pg_temp.said")
        rows = quick.stage(cursor, io.BytesIO(content), default_kind="commit", progress=lambda _position: None)
        if rows is None:
            return None
        cursor.execute(f"SELECT {', '.join(Raw._fields)} FROM incoming ORDER BY line")
        found = [Raw(*row) for row in cursor.fetchall()]
        assert len(found) == rows
        return found


@pytest.mark.parametrize("name", ["boundary/events.csv", "profiler/events.csv.gz"])
def test_real_files_take_the_quick_way_and_arrive_alike(name: str) -> None:
    content = sample(name)
    found = quickly(content)
    assert found is not None
    assert found == carefully(content)


@pytest.mark.parametrize("times", ["author_ts", "author_date", "author_ts,author_date"])
@pytest.mark.parametrize("who", ["author_name,author_email", "username", "mapped_name"])
def test_a_file_takes_the_quick_way_with_whichever_columns_it_has(times: str, who: str) -> None:
    cells = {"author_ts": "1700000000", "author_date": "2023-11-14T22:13:20+00:00"}
    people = ",".join("Ann" for _column in who.split(","))
    content = f"commit,{who},{times}\nc1,{people},{','.join(cells[each] for each in times.split(','))}\n".encode()
    found = quickly(content)
    assert found is not None
    assert found == carefully(content)


def test_blocks_are_cut_between_lines() -> None:
    line = "c{0},Ann,ann@home.example,,,,170{0:07d},,review,{1}"
    lines = [HEADER, *(line.format(number, "x" * (number % 300)) for number in range(4 * BLOCK // 200))]
    content = gzip.compress("\r\n".join(lines).encode())
    found = quickly(content)
    assert found is not None
    assert len(found) == len(lines) - 1
    assert found == carefully(content)


def test_a_header_that_looks_parted_by_another_mark_needs_care() -> None:
    content = b"commit,author_name,author_ts,a;b;c;d;e\nc1,Ann,1700000000,x\n"
    assert carefully(content) is None
    assert quickly(content) is None


texts = st.sampled_from(
    ["Ann", "", " Ann ", "Bo\u00a0", "Åsa", "a,b", 'say "hi"', "two\nlines", "\\.", "x" * 201, "\u200b", "\ttab", "0"]
)
stamps = st.sampled_from(
    ["1700000000", "", "-1", "007", "+5", "1_000", "0x1F", "253402300800", "99999999999", " 5", "1e5", "12.0", "²"]
)
dates = st.sampled_from(
    [
        *("", "2024-02-29T10:00:00+02:00", "2023-02-29T10:00:00+02:00", "2024-01-01", "2024-01-01T24:00:00+00:00"),
        *("2024-01-01T23:59:60+00:00", "2024-01-01T10:00:00", "2024-01-01T10:00:00Z", "now", "epoch", "infinity"),
        *("0000-01-01", "2024-01-01T10:00:00+15:59", "2024-01-01T10:00:00+23:00", "2024-01-01T10:00:00.5+00:00"),
        *("2024-13-01", "24-01-01", "2024-1-1", "12/31/2024", "2024-01-01 10:00:00+00:00", "____-__-__", "J2451187 "),
    ]
)
kinds = st.sampled_from(["commit", "", "Code-Review", "code_review", " issue ", "İ", "ß", "a b"])
emails = st.sampled_from(["ann@home.example", "", "ANN@HOME.EXAMPLE ", "x" * 255, "none"])
rows = st.tuples(
    st.sampled_from(["c1", "c2", "", " c3", "é" * 300, "y" * 501]),
    *(texts, emails, texts, emails, texts, stamps, dates, kinds, texts),
)
quotes = st.sampled_from(["none", "needed", "all"])


def written(cell: str, quoting: str) -> str:
    if quoting == "all" or (quoting == "needed" and any(mark in cell for mark in ',"\n')):
        return '"' + cell.replace('"', '""') + '"'
    return cell


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(rows, min_size=1, max_size=3), quotes, st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "\n", "x"])
)
@example([("c1", "Ann", "", "", "", "", "1700000000", "", "", "")], "none", "\n", "")
def test_whatever_the_quick_way_takes_the_careful_reader_reads_alike(
    rows: list[tuple[str, ...]], quoting: str, end: str, tail: str
) -> None:
    lines = [HEADER, *(",".join(written(cell, quoting) for cell in row) for row in rows)]
    content = (end.join(lines) + tail).encode()
    found = quickly(content)
    if found is not None:
        assert found == carefully(content)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=60), st.integers(0, 400))
def test_nor_does_damage_make_them_differ(damage: bytes, at: int) -> None:
    whole = (HEADER + "\n" + "c1,Ann,ann@home.example,,,,1700000000,2024-01-01,commit,a note\n" * 5).encode()
    content = whole[:at] + damage + whole[at + len(damage) :]
    found = quickly(content)
    if found is not None:
        assert found == carefully(content)
