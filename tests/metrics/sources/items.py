"""Items in the shapes in which Perceval writes them, with invented people; each holds all that its family reads."""

import json
from typing import Any

Item = dict[str, Any]
HASH = "4f2a" * 10
OTHER_HASH = "b7c1" * 10


def envelope(backend: str, category: str, origin: str, data: Item) -> Item:
    """What Perceval puts around whatever it fetched."""
    return {
        "backend_name": backend,
        "backend_version": "1.0.0",
        "category": category,
        "classified_fields_filtered": None,
        "data": data,
        "origin": origin,
        "perceval_version": "1.6.1",
        "search_fields": {"item_id": "1"},
        "tag": origin,
        "timestamp": 1700000000.25,
        "updated_on": 1600000000.0,
        "uuid": "c0ffee" * 6 + "c0ff",
    }


def commit(**data: Any) -> Item:
    return envelope(
        "Git",
        "commit",
        "https://code.example/tool.git",
        {
            "Author": "Ann Ödegård <ann@home.example>",
            "AuthorDate": "Thu Jun 11 22:12:09 2015 +0300",
            "Commit": "Bo <bo@home.example>",
            "CommitDate": "Fri Jun 12 08:00:00 2015 +0200",
            "commit": HASH,
            "files": [{"action": "M", "added": "2", "file": "a.py", "indexes": ["1", "2"], "modes": ["1", "1"]}],
            "message": "Mend it",
            "parents": [OTHER_HASH],
            "refs": [],
            **data,
        },
    )


def account(login: str, number: int = 7, kind: str = "User") -> Item:
    return {"login": login, "id": number, "type": kind, "site_admin": False}


def more(name: str, email: str | None = None) -> Item:
    return {"login": name.lower(), "name": name, "email": email, "company": None, "organizations": []}


def github_issue(**data: Any) -> Item:
    return envelope(
        "GitHub",
        "issue",
        "https://github.com/example/tool",
        {
            "id": 501,
            "number": 12,
            "user": account("ann"),
            "user_data": more("Ann", "ann@home.example"),
            "created_at": "2016-02-17T17:33:46Z",
            "updated_at": "2016-03-01T00:00:00Z",
            "labels": [{"name": "bug"}],
            "comments_data": [
                {
                    "id": 601,
                    "user": account("bo", 8),
                    "user_data": more("Bo"),
                    "created_at": "2016-02-18T08:00:00Z",
                    "reactions_data": [],
                },
                {
                    "id": 602,
                    "user": account("helper[bot]", 9, "Bot"),
                    "user_data": None,
                    "created_at": "2016-02-18T08:00:01Z",
                },
            ],
            **data,
        },
    )


def github_pull_request(**data: Any) -> Item:
    return envelope(
        "GitHub",
        "pull_request",
        "https://github.com/example/tool",
        {
            "id": 501,
            "number": 13,
            "user": account("ann"),
            "user_data": more("Ann"),
            "created_at": "2016-02-17T17:33:46Z",
            "updated_at": "2016-03-01T00:00:00Z",
            "closed_at": "2016-02-20T10:00:00Z",
            "merged": True,
            "merged_at": "2016-02-20T09:59:59Z",
            "merged_by": account("bo", 8),
            "merged_by_data": more("Bo"),
            "commits_data": [HASH],
            "reviews_data": [
                {"id": 601, "user": account("bo", 8), "state": "APPROVED", "submitted_at": "2016-02-19T08:00:00Z"},
                {"id": 602, "user": account("ann"), "state": "COMMENTED", "submitted_at": "2016-02-19T09:00:00Z"},
            ],
            "review_comments_data": [
                {"id": 601, "user": account("bo", 8), "user_data": more("Bo"), "created_at": "2016-02-19T08:00:00Z"}
            ],
            **data,
        },
    )


def gitlab_issue(**data: Any) -> Item:
    return envelope(
        "GitLab",
        "issue",
        "https://GitLab.example/group/tool",
        {
            "id": 501,
            "iid": 3,
            "author": {"id": 7, "username": "ann", "name": "Ann", "state": "active"},
            "created_at": "2017-03-18T09:59:01.073Z",
            "updated_at": "2017-04-01T00:00:00.000Z",
            "notes_data": [
                {
                    "id": 701,
                    "system": False,
                    "author": {"id": 8, "username": "bo", "name": "Bo"},
                    "created_at": "2017-03-18T10:00:00.000Z",
                },
                {
                    "id": 702,
                    "system": True,
                    "author": {"id": 8, "username": "bo", "name": "Bo"},
                    "created_at": "2017-03-18T10:00:01.000Z",
                },
            ],
            **data,
        },
    )


def gitlab_merge_request(**data: Any) -> Item:
    item = gitlab_issue(
        merged_at="2017-03-20T00:00:00.000Z",
        merged_by=None,
        versions_data=[{"id": 1, "commits": [{"author_email": "ann@home.example", "author_name": "Ann"}]}],
        **data,
    )
    return item | {"category": "merge_request"}


def bugzilla(**data: Any) -> Item:
    return envelope(
        "BugzillaREST",
        "bug",
        "https://bugs.example/",
        {
            "id": 1273442,
            "assigned_to": "nobody@mozilla.org",
            "creator": "ann@home.example",
            "creator_detail": {
                "email": "ann@home.example",
                "id": 7,
                "name": "ann@home.example",
                "real_name": "Ann [:a]",
            },
            "creation_time": "2016-05-17T09:44:44Z",
            "last_change_time": "2016-06-01T00:00:00Z",
            "comments": [
                {"id": 801, "creator": "ann@home.example", "creation_time": "2016-05-17T09:44:44Z", "count": 0},
                {"id": 802, "creator": "bo", "creation_time": "2016-05-18T09:00:00Z", "count": 1},
            ],
            "attachments": [
                {"id": 901, "creator": "bo@home.example", "is_patch": 1, "creation_time": "2016-05-19T09:00:00Z"},
                {"id": 902, "creator": "bo@home.example", "is_patch": 0, "creation_time": "2016-05-19T09:00:00Z"},
            ],
            "history": [
                {
                    "when": "2016-05-20T09:00:00Z",
                    "who": "cy@home.example",
                    "changes": [{"field_name": "status", "added": "ASSIGNED", "removed": "NEW"}],
                }
            ],
            **data,
        },
    )


def discourse(**data: Any) -> Item:
    return envelope(
        "Discourse",
        "topic",
        "https://forum.example",
        {
            "id": 1148,
            "user_id": 7,
            "details": {"created_by": {"id": 7, "username": "ann"}},
            "last_posted_at": "2016-02-01T00:00:00.000Z",
            "post_stream": {
                "posts": [
                    post(5001, "ann", "Ann"),
                    post(5002, "bo", "", admin=True),
                    post(5003, "cy", "", deleted_at="2016-02-01T00:00:00.000Z"),
                    post(5004, "bo", "", post_type=3, action_code="closed.enabled"),
                    post(5005, "system", "", user_id=-1),
                ]
            },
            **data,
        },
    )


def post(number: int, username: str, name: str, **fields: Any) -> Item:
    return {
        "id": number,
        "username": username,
        "name": name,
        "user_id": 7,
        "post_type": 1,
        "created_at": "2016-01-26T20:07:49.559Z",
        "deleted_at": None,
        "admin": False,
        "moderator": False,
        "staff": False,
        **fields,
    }


def phabricator(**data: Any) -> Item:
    ann = {"phid": "PHID-USER-7", "userName": "ann", "realName": "Ann", "roles": ["verified", "approved"]}
    helper = {"phid": "PHID-USER-9", "userName": "helper", "realName": "", "roles": ["bot"]}
    return envelope(
        "Phabricator",
        "task",
        "https://tasks.example",
        {
            "id": 69,
            "phid": "PHID-TASK-69",
            "type": "TASK",
            "fields": {"authorData": ann, "dateCreated": 1462297064, "dateModified": 1462306027, "name": "Mend it"},
            "transactions": [
                transaction("a", "core:create", ann, "1462297064"),
                transaction("b", "core:comment", ann, "1462298401"),
                transaction("c", "status", helper, "1462306027"),
                transaction("d", "core:edge", None, "1462306028"),
            ],
            **data,
        },
    )


def transaction(number: str, kind: str, author: Item | None, at: str) -> Item:
    return {"transactionPHID": f"PHID-XACT-{number}", "transactionType": kind, "authorData": author, "dateCreated": at}


def mbox(**data: Any) -> Item:
    return envelope(
        "MBox",
        "message",
        "https://lists.example/dev",
        {
            "From": "Ann <ann@home.example>",
            "Date": "Mon, 17 Mar 2008 10:35:05 +0100",
            "Message-ID": "<1@home.example>",
            "Subject": "Hello",
            "body": {"plain": "text"},
            "unixfrom": "ann@home.example Mon Mar 17 10:35:05 2008",
            **data,
        },
    )


def slack(**data: Any) -> Item:
    return envelope(
        "Slack",
        "message",
        "https://slack.com/C011",
        {
            "type": "message",
            "user": "U0001",
            "user_data": {
                "id": "U0001",
                "team_id": "T0001",
                "name": "ann",
                "real_name": "Ann",
                "is_bot": False,
                "profile": {"email": "ann@home.example"},
            },
            "text": "hello",
            "ts": "1427135890.000071",
            **data,
        },
    )


def stackexchange(**data: Any) -> Item:
    def owner(number: int, name: str) -> Item:
        return {"user_id": number, "display_name": name, "user_type": "registered"}

    return envelope(
        "StackExchange",
        "question",
        "stackoverflow",
        {
            "question_id": 11,
            "owner": owner(7, "Ann"),
            "creation_date": 1459908076,
            "last_activity_date": 1459975066,
            "answers": [
                {
                    "answer_id": 12,
                    "owner": owner(8, "Bo"),
                    "creation_date": 1459975066,
                    "comments": [{"comment_id": 14, "owner": owner(7, "Ann"), "creation_date": 1459975068}],
                },
                {
                    "answer_id": 15,
                    "owner": {"display_name": "user9", "user_type": "does_not_exist"},
                    "creation_date": 1,
                },
            ],
            "comments": [{"comment_id": 13, "owner": owner(8, "Bo"), "creation_date": 1459909111}],
            **data,
        },
    )


ALL = {
    "commit": commit,
    "github_issue": github_issue,
    "github_pull_request": github_pull_request,
    "gitlab_issue": gitlab_issue,
    "gitlab_merge_request": gitlab_merge_request,
    "bugzilla": bugzilla,
    "discourse": discourse,
    "phabricator": phabricator,
    "mbox": mbox,
    "slack": slack,
    "stackexchange": stackexchange,
}


def lines_of(*items: object) -> bytes:
    """The items as JSON lines."""
    return "".join(json.dumps(item, sort_keys=True) + "\n" for item in items).encode()
