"""Spoilt items: each is refused by one problem that names the right line, character and field; nothing escapes."""

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.sources import Options, Problem, Raw, perceval
from tests.metrics.sources import items
from tests.metrics.sources.damage import Damaged, Path, overwritten, paths, replaced, twice, without

ENVELOPE: list[Path] = [("backend_name",), ("category",), ("data",)]
IDS = ["5.5", "[]", "true", '""', '" "', '"a\\u0000"', '"\\udced"', f'"{"x" * 301}"', "9" * 400, "null"]
TIMES = ["[]", "{}", "true", '"2026-02-30T10:00:00Z"', '"soon"', '"+25:00"', "1e400", "9" * 400, '"\\udced"', "null"]
SENT = ["[]", "true", '"Mon, 31 Feb 2008 10:00:00 +0100"', '"Mon, 17 Mar 2008 10:35:05 +2500"', "5", "null"]
WHO = ["5", "[]", "true", '"\\udced"', f'"{"x" * 121}"', '"\\u0000"']
PEOPLE = ["5", "[1]", "true", '"ann"']
#: What each family cannot do without: of which sort it is, and where it stands.
NEEDED: dict[str, list[tuple[list[str], Path]]] = {
    "commit": [
        ([*IDS, '"4f2a"', "17", '"' + "g" * 40 + '"'], ("commit",)),
        (["[]", "5", "true", "null"], ("Author",)),
        ([*TIMES, '"Thu Jun 11 22:12:09 2015"', '"Mon Feb 30 10:00:00 2026 +0000"'], ("AuthorDate",)),
    ],
    "github_issue": [
        (IDS, ("id",)),
        (TIMES, ("created_at",)),
        (PEOPLE, ("user",)),
        (WHO, ("user", "login")),
        (IDS, ("comments_data", 0, "id")),
        (TIMES, ("comments_data", 1, "created_at")),
        (WHO, ("comments_data", 1, "user", "login")),
        (["5", '"x"', '{"a": 1}', "true"], ("comments_data",)),
        (["5", "null", "[]", '"x"'], ("comments_data", 1)),
    ],
    "github_pull_request": [
        (IDS, ("id",)),
        (TIMES, ("created_at",)),
        (TIMES[:-1], ("merged_at",)),
        (IDS, ("reviews_data", 0, "id")),
        (TIMES, ("reviews_data", 0, "submitted_at")),
        (IDS, ("review_comments_data", 0, "id")),
        (TIMES, ("review_comments_data", 0, "created_at")),
    ],
    "gitlab_issue": [
        (IDS, ("id",)),
        (TIMES, ("created_at",)),
        (WHO, ("author", "username")),
        (IDS, ("notes_data", 0, "id")),
        (TIMES, ("notes_data", 0, "created_at")),
    ],
    "gitlab_merge_request": [(IDS, ("id",)), (TIMES[:-1], ("merged_at",))],
    "bugzilla": [
        (IDS, ("id",)),
        (TIMES, ("creation_time",)),
        (["5", "[1]", "true"], ("creator",)),
        (IDS, ("comments", 1, "id")),
        (IDS, ("attachments", 0, "id")),
        (TIMES, ("attachments", 0, "creation_time")),
        (TIMES, ("history", 0, "when")),
    ],
    "discourse": [
        (["5", "[]", "null", '"x"'], ("post_stream",)),
        (["5", '"x"', "true"], ("post_stream", "posts")),
        (IDS, ("post_stream", "posts", 0, "id")),
        (TIMES, ("post_stream", "posts", 1, "created_at")),
        (WHO, ("post_stream", "posts", 1, "username")),
    ],
    "phabricator": [
        (IDS, ("id",)),
        (["5", "[]", "null"], ("fields",)),
        (TIMES, ("fields", "dateCreated")),
        (WHO, ("fields", "authorData", "userName")),
        (IDS, ("transactions", 1, "transactionPHID")),
        (TIMES, ("transactions", 2, "dateCreated")),
    ],
    "mbox": [(IDS, ("Message-ID",)), (SENT, ("Date",)), (["5", "[1]", "true"], ("From",))],
    "slack": [(TIMES, ("ts",)), (WHO, ("user",))],
    "stackexchange": [
        (IDS, ("question_id",)),
        (TIMES, ("creation_date",)),
        (IDS, ("answers", 0, "answer_id")),
        (TIMES, ("answers", 0, "creation_date")),
        (IDS, ("comments", 0, "comment_id")),
    ],
}


def cases(name: str) -> list[Damaged]:
    item, found = items.ALL[name](), []
    for path in ENVELOPE:
        found += [overwritten(item, path, by) for by in ("5", "[]", "true", "null")]
        found.append(without(item, path))
    for spoilt, inner in NEEDED[name]:
        path = ("data", *inner)
        found += [overwritten(item, path, by) for by in spoilt]
        found.append(twice(item, path) if isinstance(path[-1], str) else overwritten(item, path, "NaN"))
        if "null" in spoilt and isinstance(path[-1], str):
            found.append(without(item, path))
    return found


def read(text: str) -> tuple[list[Raw], list[Problem]]:
    good = json.dumps(items.commit(), sort_keys=True)
    content = f"{good}\n\n{text}\n{good}\n".encode()
    batches = list(perceval.read(io.BytesIO(content), Options()))
    return [row for batch in batches for row in batch.rows], [bad for batch in batches for bad in batch.problems]


def test_there_are_enough_of_them() -> None:
    assert sum(len(cases(name)) for name in NEEDED) >= 300


@pytest.mark.parametrize("name", NEEDED)
def test_what_is_needed_and_spoilt_is_named_with_its_place(name: str) -> None:
    for case in cases(name):
        rows, problems = read(case.text)
        assert [row.line for row in rows] == [1, 4], case.what
        assert [(one.line, one.column, one.field) for one in problems] == [(3, case.column, case.field)], case.what
        assert problems[0].reason


@pytest.mark.parametrize("name", items.ALL)
def test_an_item_that_was_cut_off_is_named_where_it_ends(name: str) -> None:
    text = json.dumps(items.ALL[name](), sort_keys=True)
    for end in range(1, len(text), 7):
        rows, (problem,) = read(text[:end].rstrip())
        assert len(rows) == 2
        assert (problem.line, problem.column) == (3, len(text[:end].rstrip()) + 1)
        assert "too early" in problem.reason


ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=8)
    | st.sampled_from(["\udced", "\0", "2026-02-30", "<@>", "a@b", 10**400, 10**19, "9" * 20, "x" * 2_000]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["id", "login", "x"]), inner, max_size=2)
    ),
    max_leaves=4,
)


@settings(max_examples=200)
@given(st.sampled_from(list(items.ALL)), st.data())
def test_any_value_in_place_of_any_value_is_a_contribution_a_reason_or_a_problem(
    name: str, data: st.DataObject
) -> None:
    item = items.ALL[name]()
    spoilt = replaced(item, data.draw(st.sampled_from(list(paths(item)))), data.draw(ANYTHING))
    rows, problems = read(json.dumps(spoilt))
    assert [row.line for row in rows][:: max(len(rows) - 1, 1)] == [1, 4]
    for row in rows:
        assert row.external_id
        assert len(row.external_id) <= 500
        assert row.name or row.email or row.username
        assert all("\0" not in text for text in (row.external_id, row.name, row.email, row.username))
        "".join(text for text in row if isinstance(text, str)).encode()
        assert len(row.realm) <= 60
        assert row.occurred_at.tzinfo
    for problem in problems:
        assert (problem.line, bool(problem.reason)) == (3, True)
        assert 1 <= problem.column <= len(json.dumps(spoilt))
