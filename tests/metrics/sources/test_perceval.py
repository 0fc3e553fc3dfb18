"""Perceval's items: what each family counts, whose it is, under which id, and what it leaves out."""

import csv
import gzip
import io
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from metrics.sources import Options, Raw, perceval
from tests.metrics.files import sample
from tests.metrics.sources import items
from tests.metrics.sources.reading import read, told


def test_a_commit_is_its_authors_at_the_authors_date_under_its_hash() -> None:
    rows, problems, passed, _count = read(items.lines_of(items.commit()))
    moment = datetime(2015, 6, 11, 22, 12, 9, tzinfo=timezone(timedelta(hours=3)))
    assert rows == [Raw(1, items.HASH, moment, "Ann Ödegård", "ann@home.example", "", "commit")]
    assert (problems, passed) == ([], {})


@pytest.mark.parametrize("more", [{"parents": [items.HASH, items.OTHER_HASH]}, {"Merge": "4f2a b7c1"}])
def test_merges_are_left_out(more: dict[str, Any]) -> None:
    assert told(items.commit(**more)) == ([], {"merges": 1})


@pytest.mark.parametrize(
    ("author", "name", "email"),
    [
        ("Ann <ann@home.example>", "Ann", "ann@home.example"),
        ("Last, First [:nick] <a@b.example>", "Last, First [:nick]", "a@b.example"),
        ("<a@b.example>", "", "a@b.example"),
        ("Ann <>", "Ann", ""),
        ("a@b.example <a@b.example>", "a@b.example", "a@b.example"),
        ("Ann", "Ann", ""),
        ("A\udced \0n <a@b.example>", "A\ufffd \ufffdn", "a@b.example"),
        ("N" * 300 + " <a@b.example>", "N" * 200, "a@b.example"),
        ("Ann <" + "a" * 255 + ">", "Ann", ""),
        ("\N{PILE OF POO} <a@b.example>", "\N{PILE OF POO}", "a@b.example"),
    ],
)
def test_an_author_is_a_name_and_an_address(author: str, name: str, email: str) -> None:
    ((_kind, _key, _realm, _username, *who),), _passed = told(items.commit(Author=author))
    assert who == [name, email]


TRAILERS = """Mend it

With words.

Co-authored-by: Bo <Bo@home.example>
co-authored-by: Ann <ANN@home.example>
Co-authored-by: who?
"""
MALFORMED = {"co-authors who are not told as “Name <address>”": 1}


@pytest.mark.parametrize(
    "data",
    [
        {"message": TRAILERS, "Co-authored-by": ["by the way <not@a.trailer>"]},
        {"message": "", "Co-authored-by": ["Bo <Bo@home.example>", "Ann <ANN@home.example>"], "co-authored-by": [None]},
    ],
)
def test_a_co_author_has_a_part_in_the_commit_by_the_rule_of_git(data: dict[str, Any]) -> None:
    rows, passed = told(items.commit(**data))
    assert [(row[1], row[5]) for row in rows] == [
        (items.HASH, "ann@home.example"),
        (f"{items.HASH} bo@home.example", "Bo@home.example"),
    ]
    assert passed == MALFORMED
    alone, *_ = read(items.lines_of(items.commit(**data)), Options(co_authors=False))
    assert [row.external_id for row in alone] == [items.HASH]


def test_a_line_that_is_no_trailer_names_no_co_author() -> None:
    data = {"message": "Co-authored-by: Bo <bo@home.example>\n\nIs how it is written", "Co-authored-by": ["Bo <b@c.d>"]}
    assert [row[1] for row in told(items.commit(**data))[0]] == [items.HASH]


def test_nobodys_commit_is_left_out() -> None:
    assert told(items.commit(Author=" <>")) == ([], {"nobody is named, as where an account was deleted": 1})


def test_a_sha256_is_a_hash_too() -> None:
    (row,), _passed = told(items.commit(commit="ab" * 32))
    assert row[1] == "ab" * 32


def test_github_issue() -> None:
    rows, passed = told(items.github_issue())
    assert rows == [
        ("issue", "github:issue:501", "github", "ann", "Ann", "ann@home.example"),
        ("comment", "github:issue_comment:601", "github", "bo", "Bo", ""),
        ("comment", "github:issue_comment:602", "github", "helper[bot]", "", ""),
    ]
    assert passed == {}
    rows_, *_ = read(items.lines_of(items.github_issue()))
    assert [row.is_bot for row in rows_] == [False, False, True]


def test_a_pull_request_among_the_issues_is_left_out_and_its_comments_are_counted_as_left_out() -> None:
    rows, passed = told(items.github_issue(pull_request={"url": "https://api.github.com/x"}))
    assert rows == []
    assert passed == {
        "pull requests that stand among the issues once more": 1,
        "comments of pull requests that stand among the issues": 2,
    }


def test_github_pull_request() -> None:
    rows, passed = told(items.github_pull_request())
    assert [row[:4] for row in rows] == [
        ("change_request", "github:pull_request:501", "github", "ann"),
        ("change_request_merged", "github:pull_request:501", "github", "ann"),
        ("review", "github:review:601", "github", "bo"),
        ("review", "github:review_comment:601", "github", "bo"),
    ]
    assert passed == {"reviews of one's own pull request": 1}


def test_when_a_pull_request_was_merged() -> None:
    def merged(**data: Any) -> list[datetime]:
        rows, problems, *_ = read(items.lines_of(items.github_pull_request(**data)))
        assert problems == []
        return [row.occurred_at for row in rows if row.kind == "change_request_merged"]

    assert merged() == [datetime(2016, 2, 20, 9, 59, 59, tzinfo=UTC)]
    assert merged(merged_at=None) == [datetime(2016, 2, 20, 10, tzinfo=UTC)]
    assert merged(merged=False, merged_at=None) == []


def test_a_review_that_is_not_sent_has_no_time_and_no_fault() -> None:
    pending = {"id": 603, "user": items.account("cy", 9), "state": "PENDING"}
    assert told(items.github_pull_request(reviews_data=[pending]))[1] == {"reviews that are not sent yet": 1}


@pytest.mark.parametrize("user", [None, items.account("ghost", 10137)])
def test_a_deleted_account_is_nobody_and_the_others_stay(user: object) -> None:
    rows, passed = told(items.github_issue(user=user, user_data=None))
    assert [row[0] for row in rows] == ["comment", "comment"]
    assert passed == {"nobody is named, as where an account was deleted": 1}


def test_a_github_of_ones_own_is_a_realm_of_its_own() -> None:
    (first, *_rest), _passed = told(items.github_issue() | {"origin": "https://git.corp.example/team/tool"})
    assert first[1:3] == ("github:git.corp.example:issue:501", "github:git.corp.example")


def test_classified_fields_may_be_left_away() -> None:
    item = items.github_issue()
    for thing in (item["data"], *item["data"]["comments_data"]):
        del thing["user_data"]
    rows, _passed = told(item)
    assert [row[3:] for row in rows] == [("ann", "", ""), ("bo", "", ""), ("helper[bot]", "", "")]


def test_gitlab() -> None:
    issue, passed = told(items.gitlab_issue())
    assert issue == [
        ("issue", "gitlab:gitlab.example:issue:501", "gitlab:gitlab.example", "ann", "Ann", ""),
        ("comment", "gitlab:gitlab.example:note:701", "gitlab:gitlab.example", "bo", "Bo", ""),
    ]
    assert passed == {"notes that the system wrote": 1}
    request, _passed = told(items.gitlab_merge_request())
    open_, _passed = told(items.gitlab_merge_request() | {"data": {**items.gitlab_issue()["data"], "merged_at": None}})
    assert [row[0] for row in open_] == ["change_request", "comment"]
    assert [row[:2] for row in request[:2]] == [
        ("change_request", "gitlab:gitlab.example:merge_request:501"),
        ("change_request_merged", "gitlab:gitlab.example:merge_request:501"),
    ]


def test_bugzilla() -> None:
    rows, passed = told(items.bugzilla())
    where = "bugzilla:bugs.example"
    assert rows == [
        ("issue", f"{where}:bug:1273442", "", "", "Ann [:a]", "ann@home.example"),
        ("comment", f"{where}:comment:802", where, "bo", "", ""),
        ("change_request", f"{where}:attachment:901", "", "", "", "bo@home.example"),
        ("triage", f"{where}:bug:1273442:2016-05-20T09:00:00Z:cy@home.example", "", "", "", "cy@home.example"),
    ]
    assert passed == {"first comments, which are the report itself": 1, "attachments that are no patches": 1}
    assert told(items.bugzilla(creator="nobody@mozilla.org"))[1]["nobody is named, as where an account was deleted"]


def test_discourse() -> None:
    rows, passed = told(items.discourse())
    assert rows == [
        ("comment", "discourse:forum.example:post:5001", "discourse:forum.example", "ann", "Ann", ""),
        ("comment", "discourse:forum.example:post:5002", "discourse:forum.example", "bo", "", ""),
        ("comment", "discourse:forum.example:post:5005", "discourse:forum.example", "system", "", ""),
    ]
    assert passed == {"posts that were deleted": 1, "notes that the system wrote": 1}
    assert [row.is_bot for row in read(items.lines_of(items.discourse()))[0]] == [False, False, True]


def test_phabricator() -> None:
    rows, passed = told(items.phabricator())
    where = "phabricator:tasks.example"
    assert rows == [
        ("issue", f"{where}:task:69", where, "ann", "Ann", ""),
        ("comment", f"{where}:transaction:PHID-XACT-b", where, "ann", "Ann", ""),
        ("triage", f"{where}:transaction:PHID-XACT-c", where, "helper", "", ""),
    ]
    nobody = "nobody is named, as where an account was deleted"
    assert passed == {"details given when the task was opened": 1, nobody: 1}
    assert [row.is_bot for row in read(items.lines_of(items.phabricator()))[0]] == [False, False, True]


def test_slack() -> None:
    rows, passed = told(
        items.slack(),
        items.slack(user_data=None),
        items.slack(subtype="channel_join"),
        items.slack(subtype="bot_message", bot_id="B1"),
        items.slack(bot_id="B1"),
        items.slack(user=None, user_data=None, username="feed"),
        items.slack(user=None, subtype="file_comment", comment={"user": "U0002"}),
    )
    assert rows == [
        ("comment", "slack:C011:1427135890.000071:U0001", "slack:T0001", "U0001", "Ann", "ann@home.example"),
        ("comment", "slack:C011:1427135890.000071:U0001", "slack:C011", "U0001", "", ""),
        ("comment", "slack:C011:1427135890.000071:U0002", "slack:T0001", "U0002", "Ann", "ann@home.example"),
    ]
    assert passed == {"messages that the channel or an application wrote": 4}
    helper = items.slack()
    helper["data"]["user_data"]["is_bot"] = True
    assert [row.is_bot for row in read(items.lines_of(helper))[0]] == [True]


def test_stackexchange() -> None:
    rows, passed = told(items.stackexchange())
    where = "stackexchange:stackoverflow"
    assert rows == [
        ("question", f"{where}:question:11", where, "7", "Ann", ""),
        ("comment", f"{where}:comment:13", where, "8", "Bo", ""),
        ("support_answer", f"{where}:answer:12", where, "8", "Bo", ""),
        ("comment", f"{where}:comment:14", where, "7", "Ann", ""),
    ]
    assert passed == {"nobody is named, as where an account was deleted": 1}


def test_the_names_of_backends_are_read_in_any_case() -> None:
    item = items.commit() | {"backend_name": "GIT", "category": "Commit"}
    assert told(item)[0] == told(items.commit())[0]


@pytest.mark.parametrize(("backend", "category"), [("GitHub", "repository"), ("Jira", "issue"), ("Git", "issue")])
def test_what_is_not_read_is_named_with_what_is(backend: str, category: str) -> None:
    _rows, (problem,), *_ = read(items.lines_of(items.commit() | {"backend_name": backend, "category": category}))
    assert problem.field == "backend_name"
    assert f"“{backend} {category}”" in problem.reason
    assert "git commit, github issue, github pull_request, gitlab issue" in problem.reason


def test_ids_are_one_things_alone_within_a_kind_and_the_same_in_every_fetch() -> None:
    once, *_ = read(items.lines_of(*(make() for make in items.ALL.values())))
    again, *_ = read(items.lines_of(*({**make(), "timestamp": 1.0, "updated_on": 2.0} for make in items.ALL.values())))
    assert [row[1:] for row in once] == [row[1:] for row in again]
    keys = Counter((row.kind, row.external_id) for row in once)
    # The notes of GitLab's issue and of its merge request are the same ones in these items.
    assert [key for key, count in keys.items() if count > 1] == [("comment", "gitlab:gitlab.example:note:701")]


def test_one_origin_is_one_however_it_is_spelled() -> None:
    keys = set()
    for origin in ("https://GitLab.example/a/b", "http://gitlab.example/a/b/", "https://user@www.gitlab.example/a"):
        keys.add(told(items.gitlab_issue() | {"origin": origin})[0][0][1])
    assert len(keys) == 1


def test_hosts_that_are_long_keep_their_realms_apart() -> None:
    realms = set()
    for number in range(2):
        origin = f"https://{'a' * 60}.example{number}/group"
        (first, *_rest), _passed = told(items.gitlab_issue() | {"origin": origin})
        realms.add(first[2])
        assert len(first[2]) == 60
    assert len(realms) == 2


def test_times_without_a_zone_are_in_the_one_that_was_named() -> None:
    options = Options(zone=ZoneInfo("Europe/Berlin"))
    (row,), *_ = read(items.lines_of(items.mbox(Date="Mon, 17 Mar 2008 10:35:05")), options)
    assert row.occurred_at == datetime(2008, 3, 17, 9, 35, 5, tzinfo=UTC)


def test_a_problem_of_one_item_takes_all_of_it_and_leaves_the_others() -> None:
    bad = items.github_issue()
    bad["data"]["comments_data"][1]["created_at"] = "soon"
    rows, (problem,), passed, count = read(items.lines_of(items.commit(), bad, items.commit(commit="ab" * 20)))
    assert ([row.line for row in rows], passed, count) == ([1, 3], {}, 3)
    line = items.lines_of(bad).decode()
    assert problem.line == 2
    assert problem.field == "data.comments_data[1].created_at"
    assert line[problem.column - 1 :].startswith('"soon"')


def test_positions_rise_and_batches_are_bounded() -> None:
    content = items.lines_of(items.commit()) * 1_200
    batches = list(perceval.read(io.BytesIO(content), Options()))
    assert [len(batch.rows) for batch in batches] == [500, 500, 200]
    assert [batch.position for batch in batches] == sorted(batch.position for batch in batches)
    assert batches[-1].position == len(content)


def test_the_sample_by_perceval_is_the_sample_by_csv() -> None:
    rows = list(csv.DictReader(io.StringIO(sample("profiler/events.csv.gz").decode())))
    told_by_csv = [
        (row["commit"], row["author_email"], datetime.fromtimestamp(int(row["author_ts"]), UTC)) for row in rows
    ]
    lines = (
        items.commit(
            commit=row["commit"],
            Author=f"{row['author_name']} <{row['author_email']}>",
            AuthorDate=as_git(row["author_date"]),
        )
        for row in rows
    )
    found, problems, passed, count = read(gzip.compress(items.lines_of(*lines)))
    assert (problems, passed, count) == ([], {}, 8_440)
    assert [(row.external_id, row.email, row.occurred_at) for row in found] == told_by_csv


def as_git(written: str) -> str:
    moment = datetime.fromisoformat(written)
    return f"{moment:%a %b} {moment.day} {moment:%H:%M:%S %Y %z}"
