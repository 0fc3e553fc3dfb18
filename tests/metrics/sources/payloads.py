"""Deliveries in the shapes in which GitHub sends them, with invented people; only what is read, and a little beside."""

from typing import Any

from tests.metrics.sources.items import HASH, OTHER_HASH, account

Payload = dict[str, Any]
REPOSITORY = {
    "id": 42,
    "full_name": "example/tool",
    "html_url": "https://github.com/example/tool",
    "url": "https://api.github.com/repos/example/tool",
    "default_branch": "main",
}


def delivery(**members: Any) -> Payload:
    return {"repository": REPOSITORY, "sender": account("keeper", 99), **members}


def commit(number: str = HASH, **fields: Any) -> Payload:
    return {
        "id": number,
        "distinct": True,
        "message": "Mend it",
        "timestamp": "2019-05-15T15:20:18+02:00",
        "author": {"name": "Ann", "email": "ann@home.example", "username": "ann"},
        "committer": {"name": "GitHub", "email": "noreply@github.com", "username": "web-flow"},
        **fields,
    }


def push(*commits: Payload, **members: Any) -> Payload:
    return {
        **delivery(),
        "ref": "refs/heads/main",
        "before": OTHER_HASH,
        "after": HASH,
        "created": False,
        "deleted": False,
        "forced": False,
        "commits": list(commits),
        "head_commit": commits[-1] if commits else None,
        "pusher": {"name": "keeper", "email": "keeper@home.example"},
        **members,
    }


def thing(number: int = 5, login: str = "ann", **fields: Any) -> Payload:
    return {"id": number, "user": account(login), "created_at": "2019-05-15T15:20:33Z", **fields}


def pull_request(action: str, **fields: Any) -> Payload:
    closed = {"merged": False, "merged_at": None, "closed_at": "2019-05-16T10:00:01Z", "merged_by": account("keeper")}
    return delivery(action=action, pull_request=thing(**{**closed, **fields}))


def review(login: str = "bo") -> Payload:
    told = {"id": 6, "user": account(login), "state": "approved", "submitted_at": "2019-05-15T16:00:00Z"}
    return delivery(action="submitted", review=told, pull_request=thing())


def issues(action: str, **members: Any) -> Payload:
    issue = thing(updated_at="2019-05-17T09:00:00Z", closed_at="2019-05-17T08:59:59Z", labels=[])
    return delivery(action=action, issue=issue, **members)


def wiki() -> Payload:
    pages = [{"page_name": name, "action": "edited", "sha": HASH, "title": name} for name in ("Home", "Start")]
    return delivery(pages=pages)


def discussion(action: str) -> Payload:
    members: Payload = {"discussion": thing(7), "answer": thing(8, "bo", created_at="2021-03-30T23:16:42Z")}
    return delivery(action=action, **members)


def release(action: str) -> Payload:
    return delivery(action=action, release={"id": 9, "author": account("ann"), "published_at": "2019-05-15T15:20:53Z"})


#: Event, delivery, and what it tells: kind, id and account of each contribution.
COUNTED: dict[str, tuple[str, Payload, list[tuple[str, str, str]]]] = {
    "push": (
        "push",
        push(commit(), commit(OTHER_HASH)),
        [("commit", HASH, "ann"), ("commit", OTHER_HASH, "ann")],
    ),
    "pull request opened": (
        "pull_request",
        pull_request("opened"),
        [("change_request", "github:pull_request:5", "ann")],
    ),
    "pull request merged": (
        "pull_request",
        pull_request("closed", merged=True, merged_at="2019-05-16T10:00:00Z"),
        [("change_request_merged", "github:pull_request:5", "ann")],
    ),
    "review": ("pull_request_review", review(), [("review", "github:review:6", "bo")]),
    "review comment": (
        "pull_request_review_comment",
        delivery(action="created", comment=thing(), pull_request=thing()),
        [("review", "github:review_comment:5", "ann")],
    ),
    "issue opened": ("issues", issues("opened"), [("issue", "github:issue:5", "ann")]),
    "issue labelled": (
        "issues",
        issues("labeled", label={"id": 3, "name": "bug"}),
        [("triage", "github:triage:5:labeled:3:2019-05-17T09:00:00Z:keeper", "keeper")],
    ),
    "issue closed": (
        "issues",
        issues("closed"),
        [("triage", "github:triage:5:closed::2019-05-17T08:59:59Z:keeper", "keeper")],
    ),
    "comment on an issue": (
        "issue_comment",
        delivery(action="created", issue=thing(), comment=thing(5, "bo")),
        [("comment", "github:issue_comment:5", "bo")],
    ),
    "comment on a pull request": (
        "issue_comment",
        delivery(action="created", issue=thing(pull_request={"url": "x"}), comment=thing(5, "bo")),
        [("comment", "github:issue_comment:5", "bo")],
    ),
    "comment on a commit": (
        "commit_comment",
        delivery(action="created", comment=thing(5, "bo")),
        [("comment", "github:commit_comment:5", "bo")],
    ),
    "discussion": ("discussion", discussion("created"), [("discussion", "github:discussion:7", "ann")]),
    "answer": ("discussion", discussion("answered"), [("support_answer", "github:discussion_comment:8", "bo")]),
    "comment in a discussion": (
        "discussion_comment",
        delivery(action="created", discussion=thing(7), comment=thing(8, "bo")),
        [("comment", "github:discussion_comment:8", "bo")],
    ),
    "wiki": (
        "gollum",
        wiki(),
        [(("documentation"), f"github:wiki:42:{page}:{HASH}", "keeper") for page in ("Home", "Start")],
    ),
    "release": ("release", release("published"), [("release", "github:release:9", "ann")]),
}
