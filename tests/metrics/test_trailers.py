"""Co-authors: who stands in a commit's trailers, by the same rule as git's own."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.sources import git
from metrics.sources.trailers import CoAuthor, co_authors, values_in
from tests.metrics import repositories
from tests.metrics.repositories import Commit

BOB = CoAuthor("Bob", "Bob@X.example", "bob@x.example")


def test_a_co_author_is_a_name_and_an_address() -> None:
    assert co_authors(["Bob <Bob@X.example>"], authors=["ann@x.example"]) == ([BOB], 0)
    assert co_authors(["<bob@x.example>"], authors=[]) == ([CoAuthor("", "bob@x.example", "bob@x.example")], 0)


def test_the_author_is_not_their_own_co_author_before_or_after_the_mailmap() -> None:
    assert co_authors(
        ["Ann <ANN@old.example>", "Ann <ann@new.example>"], authors=["ann@new.example", "ann@OLD.example"]
    ) == ([], 0)


def test_twice_is_once() -> None:
    assert co_authors(["Bob <Bob@X.example>", "Robert <bob@x.example>"], authors=[]) == ([BOB], 0)


@pytest.mark.parametrize(
    "value",
    [
        *("", "Bob", "bob@x.example", "Bob <>", "Bob < >", "Bob <bob@x.example", "Bob bob@x.example>"),
        *("Bob <b@x.example>, Eve <e@x.example>", "Bob <<b@x.example>>", "Bob <b@x.example> and others"),
        *("Bob\udce9 <b@x.example>", "Bob\0 <b@x.example>", "B" * 201 + " <b@x.example>", f"Bob <{'b' * 255}>"),
    ],
)
def test_whatever_else_people_write_is_counted_and_no_error(value: str) -> None:
    assert co_authors([value, "Bob <Bob@X.example>"], authors=[]) == ([BOB], 1)


def test_placeholders_are_given_on_as_they_are() -> None:
    assert co_authors(["root <devnull@localhost>"], authors=[])[0] == [
        CoAuthor("root", "devnull@localhost", "devnull@localhost")
    ]


TRAILER = "Co-authored-by: Bob <b@x.example>"
LINES = [
    *(TRAILER, "co-AUTHORED-by :  Eve <e@x.example> ", "Co-authored-by:", "Co-authored-by Bob", " Co-authored-by: B"),
    *("Signed-off-by: Ann <a@x.example>", "Fixes: #1", "(cherry picked from commit 123)", "Not-by:x", "Signed-off-by:"),
    *("Mend it", "some words: more", "# a comment", "#", "  folded", "\tfolded", "", "", "", "  ", "---", "a", "\r"),
]
#: A line is a known one, or any text that git would not cut at.
CHARACTERS = st.characters(exclude_characters="\0\n", exclude_categories=["Cs"])
BLOCK = st.lists(st.sampled_from(LINES) | st.text(CHARACTERS, max_size=8), max_size=9).map("\n".join)
MESSAGE = st.tuples(
    st.sampled_from(["", "Mend it\n\n", "Mend it\n\nIt was broken.\n\n"]), BLOCK, st.sampled_from(["", "\n"])
)


@settings(max_examples=60)
@given(st.lists(MESSAGE.map("".join), min_size=1, max_size=25))
def test_trailers_are_those_that_git_finds(told: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        repository = repositories.make(Path(folder), [Commit(message=each) for each in told])
        trailers = "--format=" + git.FIELDS["co-authors"].replace("%x1f", "%x00") + "%x01"
        said = repositories.git(repository, "log", "--reverse", trailers).decode().split("\x01\n")[:-1]
    # Of empty values, git leaves out those in front; they name nobody in either case.
    assert [[*filter(None, values_in(each))] for each in told] == [[*filter(None, each.split("\0"))] for each in said]
