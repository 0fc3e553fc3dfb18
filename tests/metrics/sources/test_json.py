"""JSON with places: what is refused, and where it says that it stands."""

import json as stdlib
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.sources.json import NotJson, dotted, parse, where
from metrics.sources.jsonlines import quick
from tests.metrics.sources import items
from tests.metrics.sources.damage import Damaged, overwritten, paths, twice

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=20,
)


def refusal(text: str) -> NotJson:
    with pytest.raises(NotJson) as caught:
        parse(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "column", "field", "sentence"),
    [
        ('{"a":1,"b":{"c":1,"c":2}}', 23, "b.c", "“c” stands twice"),
        ('{"a":1,"\\u0061":2}', 17, "a", "“a” stands twice"),
        ('{"a":[1,{"b":NaN}]}', 14, "a[1].b", "“NaN” is no number"),
        ('{"a":-Infinity}', 6, "a", "“-Infinity” is no number"),
        ('{"a":' + "1" * 5000 + "}", 6, "a", "5000 characters"),
        ('{"a":' * 10_000, 2506, "a.a.a.a.a…", "too deep"),
        ("[" * 100_000, 502, "[0][0][0][0][0]…", "too deep"),
        ('{"a":{"b":1', 12, "a.b", "ends too early"),
        ('{"a":{"b":"x', 13, "a.b", "ends too early"),
        ('{"a"', 5, "a", "ends too early"),
        ('{"a":1,', 8, "", "ends too early"),
        ('{"x":{"a":1,', 13, "x", "ends too early"),
        ("", 1, "", "ends too early"),
        ('{"a":1}{"b":2}', 8, "", "Something follows"),
        ('{"a":1}  x', 10, "", "Something follows"),
        ('{"a" 1}', 6, "a", "A comma or colon is wanted"),
        ('{"a":[1,2,]}', 11, "a[2]", "A value is wanted, “]}”"),
        ("{'a':1}", 2, "", "A name in double quotes"),
        ('{"a":tru}', 6, "a", "A value is wanted, “tru}”"),
        ('{"a":"\\q"}', 7, "a", "no escape"),
        ('{"a":"\\ud8zz"}', 8, "a", "no escape"),
        ('{"a":"x\x01"}', 8, "a", "control character"),
        ('  {"a":1,"a":2}', 14, "a", "stands twice"),
    ],
)
def test_what_is_refused_says_where_it_stands(text: str, column: int, field: str, sentence: str) -> None:
    error = refusal(text)
    assert (error.column, error.field) == (column, field), error
    assert sentence in error.reason


@pytest.mark.parametrize(
    "text", ['"\\udced"', '{"a":1e400}', '{"a":' + "9" * 400 + "}", '{"a":"\\u0000"}', " [1] ", "0"]
)
def test_what_is_json_is_taken_however_odd(text: str) -> None:
    parse(text)


@given(VALUES)
def test_what_the_standard_library_writes_is_read_alike(value: object) -> None:
    for written in (stdlib.dumps(value), stdlib.dumps(value, ensure_ascii=False, indent=1)):
        assert parse(written) == value


def outcome(text: str) -> NotJson | None:
    try:
        parse(text)
    except NotJson as error:
        return error
    return None


def beginnings(text: str) -> st.SearchStrategy[str]:
    return st.integers(0, len(text)).map(lambda end: text[:end])


@given(st.text(max_size=60) | VALUES.map(stdlib.dumps).flatmap(beginnings))
def test_nothing_but_a_refusal_escapes(text: str) -> None:
    error = outcome(text)
    assert error is None or 1 <= error.column <= len(text) + 1


@given(st.data())
def test_the_quick_reader_takes_nothing_that_the_careful_one_refuses(data: st.DataObject) -> None:
    text = stdlib.dumps(data.draw(VALUES), ensure_ascii=data.draw(st.booleans()))
    position = data.draw(st.integers(0, len(text)))
    inserted = data.draw(st.text('{}[],:"\\ue0123456789.-NaInfity truls\t\x00', max_size=3))
    text = text[:position] + inserted + text[position:]
    try:
        found = quick(text.encode())
    except ValueError:
        return  # also what is no UTF-8
    assert parse(text) == found


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], Any]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(path, value), *(place for key, one in inner for place in places(one, (*path, key)))]


@given(VALUES, st.randoms(use_true_random=False))
def test_every_value_is_found_where_it_stands(value: object, rng: random.Random) -> None:
    text = stdlib.dumps(value, ensure_ascii=rng.random() < 0.5, indent=rng.choice([None, 1]))
    for path, wanted in places(value):
        found, _end = stdlib.JSONDecoder().raw_decode(text, where(text, path) - 1)
        assert found == wanted


def test_what_is_missing_is_looked_for_where_it_should_be() -> None:
    text = '{"data": {"user": {"id": 1}}}'
    assert where(text, ("data", "user", "login")) == text.index('{"id"') + 1
    assert where(text, ("other",)) == 1


def test_a_path_is_written_as_people_write_it() -> None:
    assert dotted(("data", "comments_data", 2, "created_at")) == "data.comments_data[2].created_at"
    assert dotted(()) == ""


def spoilt() -> list[Damaged]:
    """Every value of every sort of item, told twice or no number; and one of them broken off after each character."""
    found = []
    for make in items.ALL.values():
        item = make()
        for path in paths(item):
            found += [overwritten(item, path, written) for written in ("NaN", "-Infinity", "1" * 4_400)]
            if path and isinstance(path[-1], str):
                found.append(twice(item, path))
    text = stdlib.dumps(items.commit(), sort_keys=True)
    found += [Damaged(f"cut at {end}", text[:end], end + 1, "") for end in range(1, len(text)) if text[end - 1] != " "]
    return found


def test_spoilt_at_a_known_place_it_says_that_place() -> None:
    cases = spoilt()
    assert len(cases) >= 200
    for case in cases:
        error = outcome(case.text)
        assert error is not None, case.what
        assert error.column == case.column, case.what
        assert case.what.startswith("cut") or error.field == case.field, case.what
