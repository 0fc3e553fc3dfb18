"""Items as programs tell them: what each field takes, and the place of whatever is wrong."""

import io
import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.sources import Options, Problem, Raw, items
from metrics.sources.jsonlines import LINE_LIMIT
from tests.metrics.sources.damage import Damaged, paths, replaced
from tests.metrics.sources.spoilt_items import GOOD, ITEM, as_line, cut, in_list, ungrammatical, wrong
from tests.metrics.sources.test_perceval_damage import ANYTHING


def each(content: bytes, options: Options | None = None) -> list[tuple[int, Raw | Problem]]:
    return list(items.each(io.BytesIO(content), options or Options()))


def one(**other: object) -> Raw | Problem:
    ((number, told),) = each(json.dumps([{**GOOD, **other}]).encode())
    assert number == 1
    return told


def raw(**other: object) -> Raw:
    told = one(**other)
    assert isinstance(told, Raw), told
    return told


# --- what is taken ----------------------------------------------------------------------------


@pytest.mark.parametrize("lay_out", [lambda all_: json.dumps(all_, indent=2), json.dumps])
def test_a_list_and_lines_of_the_same_items_say_the_same(lay_out: Any) -> None:
    told = [GOOD, ITEM, {**ITEM, "kind": None, "realm": "", "name": None}]
    lines = b"\n\n".join(json.dumps(each_).encode() for each_ in told)
    assert each(lay_out(told).encode()) == each(lines)
    assert [number for number, _told in each(lines)] == [1, 2, 3]


def test_every_field_is_carried_on() -> None:
    told = raw(**ITEM)
    assert told[1:] == (
        *("c9", datetime(2024, 1, 11, 11, tzinfo=UTC), "Bo", "bo@home.example", "bo", "review", "github"),
        False,
    )


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-02-28", datetime(2026, 2, 28, tzinfo=UTC)),
        ("2026-02-28T23:30:00-01:00", datetime(2026, 3, 1, 0, 30, tzinfo=UTC)),
        ("2026-02-28 12:00:00.5Z", datetime(2026, 2, 28, 12, microsecond=500_000, tzinfo=UTC)),
    ],
)
def test_times(said: str, meant: datetime) -> None:
    assert raw(occurred_at=said).occurred_at == meant


def test_a_time_without_an_offset_needs_a_zone_that_somebody_named_and_a_day_is_one_of_utc() -> None:
    named = Options(zone=ZoneInfo("Asia/Kathmandu"), is_zone_told=True)
    content = json.dumps([{**GOOD, "occurred_at": at} for at in ("2026-02-28T12:00:00", "2026-02-28")]).encode()
    assert [told.occurred_at for _, told in each(content, named) if isinstance(told, Raw)] == [
        datetime(2026, 2, 28, 6, 15, tzinfo=UTC),
        datetime(2026, 2, 28, tzinfo=UTC),
    ]
    assert "offset" in str(one(occurred_at="2026-02-28T12:00:00"))


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("github", "github"),
        ("github:github.com", "github"),
        ("github:code.example", "github:code.example"),
        ("gitlab:GitLab.com", "gitlab:gitlab.com"),
        ("discourse:www.forum.example:8443", "discourse:forum.example:8443"),
        ("slack:T0123", "slack:T0123"),
    ],
)
def test_a_realm_is_written_as_other_sources_write_it(said: str, meant: str) -> None:
    assert raw(username="bo", realm=said).realm == meant


def test_a_kind_is_spelt_as_the_registry_spells_it() -> None:
    assert raw(kind=" Support-Answer ").kind == "support_answer"


def test_a_mark_at_the_beginning_and_other_line_ends_are_no_fault() -> None:
    assert isinstance(each(b"\xef\xbb\xbf" + json.dumps([GOOD]).encode())[0][1], Raw)
    assert isinstance(each(b"\xef\xbb\xbf" + json.dumps(GOOD).encode() + b"\r\n")[0][1], Raw)


def test_nothing_has_no_items() -> None:
    assert each(b"") == each(b" \n\n") == each(b"[]") == each(b" [ ]\n") == []


def test_as_an_adapter_it_yields_batches() -> None:
    content = b"".join(json.dumps({**GOOD, "id": f"c{number}"}).encode() + b"\n" for number in range(2_500)) + b"{\n"
    batches = list(items.read(io.BytesIO(content), Options()))
    assert [len(batch.rows) for batch in batches] == [1_000, 1_000, 500]
    assert [row.line for row in batches[1].rows][:2] == [1_001, 1_002]
    (problem,) = batches[2].problems
    assert (problem.line, batches[2].position) == (2_501, len(content))


# --- what is wrong, and where -----------------------------------------------------------------

WRONG, UNGRAMMATICAL, CUT = list(wrong()), list(ungrammatical()), list(cut())


def test_there_are_enough_of_them() -> None:
    assert len(WRONG) + len(UNGRAMMATICAL) >= 150
    assert len(CUT) >= 150


def problems_of(content: bytes) -> tuple[list[int], list[tuple[int, Problem]]]:
    found = each(content)
    sound = [number for number, told in found if isinstance(told, Raw)]
    return sound, [(number, told) for number, told in found if isinstance(told, Problem)]


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case.what[:60])
def test_what_is_no_item_is_named_with_its_place_and_keeps_no_other_out(case: Damaged) -> None:
    sound, ((number, problem),) = problems_of(as_line(case.text))
    assert (sound, number, problem.line, problem.column, problem.field) == ([1, 3], 2, 3, case.column, case.field)
    sound, ((number, again),) = problems_of(in_list(case.text))
    assert (sound, number, again.line, again.column) == ([1, 3], 2, 3, case.column)
    assert again.field == (f"[1].{case.field}" if case.field or case.what.endswith(" as ") else "[1]")
    assert again.reason == problem.reason != ""


@pytest.mark.parametrize("case", UNGRAMMATICAL, ids=lambda case: case.what[:60])
def test_what_is_no_json_is_named_with_its_place(case: Damaged) -> None:
    sound, ((number, problem),) = problems_of(as_line(case.text))
    assert (sound, number, problem.line) == ([1, 3], 2, 3)
    assert problem.column == case.column or not case.column
    sound, ((number, again),) = problems_of(in_list(case.text))
    assert (sound, number, again.line, again.column) == ([], 2, 3, problem.column)
    assert again.field == f"[1].{problem.field}"


def test_what_was_cut_off_is_wrong_where_it_ends() -> None:
    for text in CUT:
        sound, ((number, problem),) = problems_of(as_line(text))
        assert (sound, number, problem.line, problem.column) == ([1, 3], 2, 3, len(text.rstrip()) + 1), text
        content = in_list(text)
        content = content[: content.index(text.encode()) + len(text)] if len(text) > 30 else b"[\n" + text.encode()
        ((_number, told),) = each(content)[-1:]
        assert isinstance(told, Problem)
        last = content.decode().rstrip().rpartition("\n")
        assert (told.line, told.column) == (content.decode().rstrip().count("\n") + 1, len(last[2]) + 1), text


@pytest.mark.parametrize("lay_out", [as_line, in_list])
def test_bytes_that_are_no_text_are_named_with_their_place(lay_out: Any) -> None:
    text = json.dumps(ITEM, sort_keys=True)
    for position in range(0, len(text), 7):
        content = lay_out("@" * len(text)).replace(b"@" * len(text), _with_byte(text, position))
        ((_number, problem),) = problems_of(content)[1]
        assert (problem.line, problem.column) == (3, position + 1)
        assert "UTF-8" in problem.reason


def _with_byte(text: str, position: int) -> bytes:
    return text[:position].encode() + b"\xff" + text[position:].encode()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (json.dumps(GOOD, indent=1).encode(), "many lines"),
        (json.dumps([GOOD]).encode("utf-16"), "UTF-16"),
        (b"<html>", "web page"),
        (b"PK\x03\x04", "Excel"),
        (b"id,occurred_at\n", "value is wanted"),
        (b"[" * 5_000, "deep"),
        (b"[" + b" " * LINE_LIMIT + b"]", "line of its own"),
    ],
)
def test_what_is_something_else_says_so(content: bytes, reason: str) -> None:
    ((number, problem),) = each(content)
    assert (number, isinstance(problem, Problem)) == (1, True)
    assert reason in str(problem)


def test_a_thousand_faults_in_one_list_take_one_walk() -> None:
    spoilt = [{**GOOD, "id": number, "naem": "x" * 800} for number in range(1_000)]
    found = each(json.dumps(spoilt, indent=1).encode())
    assert [told.line for _number, told in found if isinstance(told, Problem)] == [6 + 6 * n for n in range(1_000)]


# --- whatever comes ---------------------------------------------------------------------------


@given(st.data())
def test_any_value_in_place_of_any_other_raises_nothing(data: st.DataObject) -> None:
    value: Any = [ITEM, GOOD]
    changed = replaced(value, data.draw(st.sampled_from(list(paths(value)))), data.draw(ANYTHING))
    for content in (
        json.dumps(changed),
        "\n".join(map(json.dumps, changed if isinstance(changed, list) else [changed])),
    ):
        for number, told in each(content.encode()):
            assert number >= 1
            assert isinstance(told, Raw) or (told.reason and told.line >= 1 and told.column >= 1)


@given(st.binary() | st.text().map(str.encode) | st.binary().map(lambda some: b"[" + some))
def test_any_bytes_raise_nothing(content: bytes) -> None:
    for _number, told in each(content):
        assert isinstance(told, Raw | Problem)
