"""Files of JSON lines: what is refused as a whole, what costs one line, and memory that stays flat."""

import gzip
import io
import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.sources import Problem, jsonlines, text


def read(content: bytes) -> tuple[list[tuple[int, object]], list[Problem]]:
    found = list(jsonlines.read(io.BytesIO(content)))
    lines = [(one.number, one.value) for one in found if isinstance(one, jsonlines.Line)]
    return lines, [one for one in found if isinstance(one, Problem)]


def test_lines_keep_their_numbers_over_blank_ones_a_mark_and_other_line_ends() -> None:
    assert read(b'\xef\xbb\xbf{"a":1}\r\n\n  \n{"b":2}') == ([(1, {"a": 1}), (4, {"b": 2})], [])


def test_gzip_is_unpacked() -> None:
    assert read(gzip.compress(b'{"a":1}\n{"a":2}\n')) == ([(1, {"a": 1}), (2, {"a": 2})], [])


def test_gzip_that_was_cut_off_is_read_as_far_as_it_goes() -> None:
    lines, (problem,) = read(gzip.compress(b'{"a":1}\n' * 5000)[:40])
    assert "gzip file is damaged" in problem.reason
    assert problem.line == len(lines) + 1


def test_an_empty_file_has_no_lines() -> None:
    assert read(b"") == read(b"\n\n") == ([], [])


FOREIGN = {
    "UTF-16": ('{"a":1}\n'.encode("utf-16"), "UTF-16"),
    "UTF-16 without its mark": ('{"a":1}\n'.encode("utf-16-le"), "UTF-16"),
    "UTF-16, the other way round": ('{"a":1}\n'.encode("utf-16-be"), "UTF-16"),
    "a web page": (b"<!doctype html><html>", "web page"),
    "a spreadsheet": (b"PK\x03\x04\x14\x00", "Excel format"),
    "a list": (b'[\n{"a":1},\n{"a":2}\n]\n', "--json-line"),
    "a list in one line": (b'[{"a":1},{"a":2}]', "--json-line"),
    "items over many lines": (b'{\n    "a": 1\n}\n{\n    "a": 2\n}\n', "--json-line"),
    "damaged gzip": (gzip.compress(b'{"a":1}\n' * 5000)[:12], "gzip file is damaged"),
    "gzip of a web page": (gzip.compress(b"<html>"), "web page"),
}


@pytest.mark.parametrize("case", FOREIGN)
def test_a_foreign_file_has_one_problem_and_no_lines(case: str) -> None:
    content, sentence = FOREIGN[case]
    lines, (problem,) = read(content)
    assert (lines, problem.line, problem.column) == ([], 1, 1)
    assert sentence in problem.reason


BAD = {
    "no JSON": (b"commit 12", 1, "", "A value is wanted"),
    "cut off": (b'{"a":{"b":1', 12, "a.b", "ends too early"),
    "a name twice": (b'{"a":1,"a":2}', 12, "a", "stands twice"),
    "not a number": (b'{"a":NaN}', 6, "a", "is no number"),
    "not UTF-8": ('{"ä":"'.encode() + b'\xe9"}', 7, "", "Not UTF-8 (byte 0xE9)"),
    "half a character, raw": (b'{"a":"\xed\xb3\xad"}', 7, "", "Not UTF-8 (byte 0xED)"),
    "NUL": (b'{"a":"\0"}', 7, "a", "control character"),
    "too deep": (b'{"a":' * 10_000, 2506, "a.a.a.a.a…", "too deep"),
    "too long": (b'{"a":"' + b"x" * jsonlines.LINE_LIMIT + b'"}', 1, "", "longer than 4194304 bytes"),
    "too many values": (b"[" + b"[]," * 400_000 + b"1]", 1, "", "more than 400000 names and values"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_line_costs_only_itself(case: str) -> None:
    content, column, field, sentence = BAD[case]
    lines, (problem,) = read(b'{"a":1}\n' + content + b'\n{"a":3}\n')
    assert lines == [(1, {"a": 1}), (3, {"a": 3})]
    assert (problem.line, problem.column, problem.field) == (2, column, field)
    assert sentence in problem.reason


def test_a_long_line_of_long_texts_is_read() -> None:
    value = {"comments": [{"body": "x, y and {z} " * 300} for _ in range(800)]}
    lines, problems = read(json.dumps(value).encode())
    assert (lines, problems) == ([(1, value)], [])


def test_gzip_that_never_ends_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "UNPACKED_LIMIT", 10_000_000)
    for content in (b'{"a":"' + b"x" * 1_000 + b'"}\n') * 20_000, b"x" * 30_000_000:
        _lines, problems = read(gzip.compress(content))
        assert "larger than 10000000 bytes" in problems[-1].reason
        assert len(problems) <= 2


def test_memory_is_bounded_by_a_line_and_not_by_the_file() -> None:
    worst = b'{"a":[' + b'{"b":1},' * 133_000 + b'"' + b"x" * 3_000_000 + b'"]}\n'
    assert len(worst) < jsonlines.LINE_LIMIT

    def peak(count: int) -> int:
        tracemalloc.start()
        for one in jsonlines.read(io.BytesIO(worst * count)):
            assert isinstance(one, jsonlines.Line)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak - count * len(worst)

    assert peak(1) < 64 * 1024 * 1024
    assert peak(4) < 64 * 1024 * 1024


@given(st.binary(max_size=300))
def test_nothing_escapes_whatever_the_bytes(content: bytes) -> None:
    read(content)
    read(b'{"a":1}\n' + content)
    read(b"\x1f\x8b" + content)
    read(gzip.compress(content))
