"""GitHub's events: what each delivery counts, what it does not and why, and what is wrong with it."""

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.sources import Options, Told, perceval
from metrics.sources.github import events, push_chain
from tests.metrics.sources import items, payloads
from tests.metrics.sources.damage import paths, replaced
from tests.metrics.sources.items import HASH, OTHER_HASH, account
from tests.metrics.sources.payloads import COUNTED, commit, delivery, push
from tests.metrics.sources.reading import read
from tests.metrics.sources.test_perceval_damage import ANYTHING

NOW = datetime(2026, 6, 17, 12, tzinfo=UTC)


def told(name: str, payload: object) -> Told:
    found = events(name, payload, NOW)
    assert found.problem is None
    return found


@pytest.mark.parametrize("case", COUNTED)
def test_what_counts(case: str) -> None:
    name, payload, wanted = COUNTED[case]
    found = told(name, payload)
    assert [(row.kind, row.external_id, row.username) for row in found.rows] == wanted
    assert found.passed == {}
    assert {row.realm for row in found.rows} == {"github"}


TIMES = {
    "push": datetime(2019, 5, 15, 13, 20, 18, tzinfo=UTC),
    "pull request merged": datetime(2019, 5, 16, 10, tzinfo=UTC),
    "review": datetime(2019, 5, 15, 16, tzinfo=UTC),
    "issue labelled": datetime(2019, 5, 17, 9, tzinfo=UTC),
    "issue closed": datetime(2019, 5, 17, 8, 59, 59, tzinfo=UTC),
    "answer": datetime(2021, 3, 30, 23, 16, 42, tzinfo=UTC),
    "wiki": NOW,
    "release": datetime(2019, 5, 15, 15, 20, 53, tzinfo=UTC),
}


@pytest.mark.parametrize("case", TIMES)
def test_when_it_was(case: str) -> None:
    name, payload, _wanted = COUNTED[case]
    assert {row.occurred_at for row in told(name, payload).rows} == {TIMES[case]}


ELSEWHERE = "pushes to a tag or a branch that is not the default one"
SIGNAL = "stars and forks, which are signals and no contributions"
ROLE = "changes of what somebody may do"
NOTHING = {
    "another branch": ("push", push(commit(), ref="refs/heads/topic"), ELSEWHERE),
    "a tag": ("push", push(commit(), ref="refs/tags/main"), ELSEWHERE),
    "a branch that goes": ("push", push(deleted=True, head_commit=None), ELSEWHERE),
    "no commits": ("push", push(), "pushes without a new commit"),
    "pushed before": ("push", push(commit(distinct=False)), "commits that were pushed before"),
    "a merge": ("push", push(commit(message="Merge pull request #3 from ann/topic\n\nMend it")), "merges"),
    "a merge by hand": ("push", push(commit(message="Merge branch 'topic' into main")), "merges"),
    "closed": ("pull_request", payloads.pull_request("closed"), "pull requests that were closed without a merge"),
    "one's own": ("pull_request_review", payloads.review("ann"), "reviews of one's own pull request"),
    "star": ("star", delivery(action="created", starred_at="2019-05-15T15:20:40Z"), SIGNAL),
    "star taken back": ("star", delivery(action="deleted", starred_at=None), SIGNAL),
    "watch": ("watch", delivery(action="started"), SIGNAL),
    "fork": ("fork", delivery(forkee={"id": 1, "owner": account("org", 1, "Organization")}), SIGNAL),
    "member": ("member", delivery(action="added", member=account("ann")), ROLE),
    "organization": ("organization", {"action": "member_added", "membership": {"user": account("ann")}}, ROLE),
    **{
        f"pull request {action}": (
            "pull_request",
            payloads.pull_request(action),
            f"events that count as nothing: pull_request {action}",
        )
        for action in ("reopened", "synchronize", "edited", "labeled", "assigned", "review_requested")
    },
    **{
        f"{name} {action}": (name, delivery(action=action), f"events that count as nothing: {name} {action}".strip())
        for name, action in [
            ("issues", "transferred"),
            ("issues", "deleted"),
            ("issue_comment", "deleted"),
            ("issue_comment", "edited"),
            ("pull_request_review", "dismissed"),
            ("discussion", "unanswered"),
            ("release", "created"),
            ("release", "released"),
            ("ping", ""),
            ("create", ""),
            ("delete", ""),
            ("status", ""),
            ("workflow_run", "completed"),
            ("security_advisory", "published"),
        ]
    },
}


@pytest.mark.parametrize("case", NOTHING)
def test_what_counts_as_nothing_says_why(case: str) -> None:
    name, payload, reason = NOTHING[case]
    found = told(name, payload)
    assert (found.rows, found.passed) == ([], {reason: 1})


def test_a_push_counts_what_is_new_in_it() -> None:
    found = told("push", push(commit(), commit(OTHER_HASH, distinct=False)))
    assert ([row.external_id for row in found.rows], found.passed) == ([HASH], {"commits that were pushed before": 1})


def test_co_authors_have_a_part_in_the_commit_and_are_those_of_perceval() -> None:
    message = "Mend it\n\nCo-authored-by: Bo <Bo@home.example>\nCo-authored-by: Ann <ann@home.example>"
    found = told("push", push(commit(message=message)))
    assert [(row.external_id, row.name, row.username) for row in found.rows] == [
        (HASH, "Ann", "ann"),
        (f"{HASH} bo@home.example", "Bo", ""),
    ]
    by_perceval, *_ = read(items.lines_of(items.commit(message=message)))
    assert [row.external_id for row in found.rows] == [row.external_id for row in by_perceval]
    alone = events("push", push(commit(message=message)), NOW, Options(co_authors=False))
    assert [row.external_id for row in alone.rows] == [HASH]


def test_a_commit_without_an_account_has_a_name_and_an_address() -> None:
    (row,) = told("push", push(commit(author={"name": "Bo", "email": "bo@home.example"}))).rows
    assert (row.name, row.email, row.username, row.realm) == ("Bo", "bo@home.example", "", "")


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("push", push(commit(author={"name": "helper", "email": "h@x.example", "username": "helper[bot]"}))),
        ("issues", delivery(action="opened", issue={**payloads.thing(), "user": account("helper", 1, "Bot")})),
    ],
)
def test_what_github_calls_a_bot_is_one(name: str, payload: object) -> None:
    assert [row.is_bot for row in told(name, payload).rows] == [True]


@pytest.mark.parametrize("user", [None, account("ghost", 10137)])
def test_an_account_that_is_no_more_is_nobody(user: object) -> None:
    found = told("issues", delivery(action="opened", issue={**payloads.thing(), "user": user}))
    assert (found.rows, found.passed) == ([], {"nobody is named, as where an account was deleted": 1})


def test_merged_without_a_time_was_merged_when_it_was_closed() -> None:
    (row,) = told("pull_request", payloads.pull_request("closed", merged=True)).rows
    assert row.occurred_at == datetime(2019, 5, 16, 10, 0, 1, tzinfo=UTC)


def test_a_github_of_ones_own_is_a_realm_of_its_own() -> None:
    repository = {**payloads.REPOSITORY, "html_url": "https://git.corp.example/team/tool"}
    (row,) = told("issues", {**payloads.issues("opened"), "repository": repository}).rows
    assert (row.external_id, row.realm) == ("github:git.corp.example:issue:5", "github:git.corp.example")


def test_what_comes_by_webhook_and_by_perceval_is_one_contribution() -> None:
    ours = items.github_pull_request()["data"]
    request = {**ours, "created_at": "2016-02-17T17:33:46Z"}
    by_webhook = [
        *told("pull_request", delivery(action="opened", pull_request=request)).rows,
        *told("pull_request", delivery(action="closed", pull_request=request)).rows,
        *told(
            "pull_request_review", delivery(action="submitted", pull_request=request, review=ours["reviews_data"][0])
        ).rows,
        *told("pull_request_review_comment", delivery(action="created", comment=ours["review_comments_data"][0])).rows,
    ]
    issue = items.github_issue()["data"]
    by_webhook += told("issues", delivery(action="opened", issue=issue)).rows
    for comment in issue["comments_data"]:
        by_webhook += told("issue_comment", delivery(action="created", comment=comment)).rows
    by_webhook += told("push", push(commit())).rows
    content = items.lines_of(items.github_pull_request(), items.github_issue(), items.commit())
    by_perceval = [row for batch in perceval.read(io.BytesIO(content), Options()) for row in batch.rows]
    assert [(row.kind, row.external_id) for row in by_webhook] == [(row.kind, row.external_id) for row in by_perceval]
    accounts = [(row.realm, row.username) for row in by_webhook if row.kind != "commit"]
    assert accounts == [(row.realm, row.username) for row in by_perceval if row.kind != "commit"]


@pytest.mark.parametrize(
    ("name", "payload", "field"),
    [
        ("push", {}, "repository"),
        ("push", push(commit(timestamp="soon")), "commits[0].timestamp"),
        ("push", push(commit(), commit(id="main")), "commits[1].id"),
        ("push", push(commit(), commits=None, ref=5), "ref"),
        ("push", {**push(), "commits": {"id": 1}}, "commits"),
        ("issues", delivery(action="opened"), "issue"),
        ("issues", delivery(action="opened", issue={**payloads.thing(), "id": None}), "issue.id"),
        ("issues", delivery(action=5), "action"),
        ("issue_comment", delivery(action="created", comment=payloads.thing(created_at=1.5)), "comment.created_at"),
        ("gollum", delivery(pages=[{"page_name": "Home"}]), "pages[0].sha"),
        ("release", delivery(action="published", release={"id": 1, "published_at": None}), "release.published_at"),
        ("issues", [], ""),
        ("issues", None, ""),
    ],
)
def test_what_is_wrong_names_its_field_and_counts_as_nothing(name: str, payload: object, field: str) -> None:
    found = events(name, payload, NOW)
    assert (found.rows, found.passed) == ([], {})
    assert found.problem is not None
    assert (found.problem.field, bool(found.problem.reason)) == (field, True)


@settings(max_examples=200)
@given(st.sampled_from(list(COUNTED)), st.data())
def test_any_value_in_place_of_any_value_raises_nothing(case: str, data: st.DataObject) -> None:
    name, payload, _wanted = COUNTED[case]
    spoilt = replaced(payload, data.draw(st.sampled_from(list(paths(payload)))), data.draw(ANYTHING))
    found = events(name, spoilt, NOW)
    for row in found.rows:
        assert len(row.external_id) <= 500
        "".join(text for text in row if isinstance(text, str)).encode()
        assert "\0" not in json.dumps(row[:2], default=str)
    push_chain(spoilt)


@given(st.text(max_size=100), ANYTHING)
def test_whatever_is_sent_has_an_answer(name: str, payload: Any) -> None:
    found = events(name, payload, NOW)
    assert found.rows or found.passed or found.problem
    "".join(found.passed).encode()


def test_the_chain_of_pushes() -> None:
    assert push_chain(push(commit())) == ("refs/heads/main", OTHER_HASH, HASH)
    none: list[object] = [None, [], {}, push(ref="refs/tags/x"), push(before="main"), push(after=None)]
    assert [push_chain(payload) for payload in none] == [None] * 6
