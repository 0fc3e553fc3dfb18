"""GitHub's events: which contributions a webhook's delivery tells of, or why it tells of none.

What counts, under ids and accounts that are those of metrics/sources/perceval/github.py:

| event | kind | whose, when | external id |
|---|---|---|---|
| push to the default branch | `commit` | each commit's author; co-authors of its trailers | hash; hash and address |
| pull_request opened | `change_request` | the requester | `pull_request:N` |
| pull_request closed, when merged | `change_request_merged` | the requester | `pull_request:N` |
| pull_request_review submitted | `review` | the reviewer, unless it is the requester | `review:N` |
| pull_request_review_comment created | `review` | the writer | `review_comment:N` |
| issues opened | `issue` | the writer | `issue:N` |
| issues labeled, assigned, milestoned, closed, and back | `triage` | the sender, at the change | what was done, when |
| issue_comment, commit_comment, discussion_comment created | `comment` | the writer | `issue_comment:N`, ... |
| discussion created | `discussion` | the writer | `discussion:N` |
| discussion answered | `support_answer` | the answer's writer | `discussion_comment:N` |
| gollum | `documentation` | the sender, when received | the page and its version |
| release published | `release` | the publisher | `release:N` |

Nothing else counts. What was deleted, dismissed or edited later stays counted: it was done, and no other channel would
know of it. A person takes back what should not have counted. Merges are left out as they are of a history; a push does
not tell the parents of a commit, so it is the title that git and GitHub write which tells.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from django.utils.translation import gettext as _

from metrics.sources import Options, Problem, Raw, Told, times
from metrics.sources.acts import Place, Who, co_authored, host, realm, told
from metrics.sources.json import dotted
from metrics.sources.nodes import ACCOUNT, Bad, Node, readable
from metrics.sources.trailers import values_in

OPTIONS: Final = Options()

HASH: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
MERGE: Final = re.compile(r"Merge (?:pull request #\d+ from |(?:remote-tracking )?branch(?:es)? '|tag '|commit ')")
TRIAGE: Final = frozenset({
    "labeled", "unlabeled", "assigned", "unassigned", "milestoned", "demilestoned", "closed", "reopened",
})  # fmt: skip
#: Members of the delivery that tell what an act of triage was about.
SUBJECTS: Final = ("label", "assignee", "milestone")


def events(name: str, payload: object, received_at: datetime, options: Options = OPTIONS) -> Told:
    """What the delivery of that event (the header X-GitHub-Event) tells. A problem names the field, and no place."""
    rows: list[Raw] = []
    passed: Counter[str] = Counter()
    try:
        if not isinstance(payload, dict):
            raise Bad((), _("An object is wanted."))
        for one in _read(name, Node(payload), received_at, options):
            if isinstance(one, Raw):
                rows.append(one)
            else:
                passed[one] += 1
    except Bad as bad:
        return Told([], {}, Problem(1, 1, dotted(bad.path), bad.reason))
    return Told(rows, passed)


def push_chain(payload: object) -> tuple[str, str, str] | None:
    """Of a push to a branch: its full name, and the commits before and after, by which a gap between pushes shows."""
    if not isinstance(payload, dict):
        return None
    ref, before, after = (payload.get(name) for name in ("ref", "before", "after"))
    if not (isinstance(ref, str) and ref.startswith("refs/heads/") and isinstance(before, str)):
        return None
    if not (isinstance(after, str) and HASH.fullmatch(before) and HASH.fullmatch(after)):
        return None
    return ref, before, after


def realm_of(where: str) -> str:
    """The realm of accounts on that host: "github", or "github:host" of a GitHub of one's own."""
    return "github" if where == "github.com" else realm("github", where)


def who(user: Node | None, more: Node | None = None) -> Who | None:
    """An account; `more` is what Perceval fetched of it. The account "ghost" stands for all that were deleted."""
    if user is None:
        return None
    login = user.text("login", ACCOUNT)
    if login == "ghost":
        return None
    is_bot = user.value.get("type") == "Bot" or login.endswith("[bot]")
    return Who(more.maybe_text("name") if more else "", more.address("email") if more else "", login, is_bot)


#: Event and action: the kind, the member that tells it, the type in its id, and its members for whom and when.
ACTS: Final = {
    ("pull_request", "opened"): ("change_request", "pull_request", "pull_request", "user", "created_at"),
    ("pull_request_review_comment", "created"): ("review", "comment", "review_comment", "user", "created_at"),
    ("issues", "opened"): ("issue", "issue", "issue", "user", "created_at"),
    ("issue_comment", "created"): ("comment", "comment", "issue_comment", "user", "created_at"),
    ("commit_comment", "created"): ("comment", "comment", "commit_comment", "user", "created_at"),
    ("discussion", "created"): ("discussion", "discussion", "discussion", "user", "created_at"),
    ("discussion", "answered"): ("support_answer", "answer", "discussion_comment", "user", "created_at"),
    ("discussion_comment", "created"): ("comment", "comment", "discussion_comment", "user", "created_at"),
    ("release", "published"): ("release", "release", "release", "author", "published_at"),
}


def _read(name: str, payload: Node, received_at: datetime, options: Options) -> Iterator[Raw | str]:
    action = payload.maybe_text("action")
    match name, action:
        case "push", _any:
            yield from _push(payload, options)
        case "gollum", _any:
            yield from _wiki(payload, received_at)
        case "issues", _any if action in TRIAGE:
            yield _triage(payload, action)
        case "pull_request", "closed":
            yield _merged(payload)
        case "pull_request_review", "submitted":
            yield _review(payload)
        case (("star" | "watch" | "fork"), _any):
            yield _("stars and forks, which are signals and no contributions")
        case (("member" | "membership" | "organization" | "team"), _any):
            yield _("changes of what somebody may do")
        case _ if (name, action) in ACTS:
            kind, member, thing, author, when = ACTS[name, action]
            act = payload.node(member)
            at = act.moment(when, times.iso, UTC)
            yield _place(payload).act(kind, f"{thing}:{act.identifier('id')}", at, who(act.maybe_node(author)))
        case _:
            yield _("events that count as nothing: %(event)s") % {"event": readable(f"{name} {action}".strip()[:80])}


def _place(payload: Node) -> Place:
    address = payload.node("repository").maybe_text("html_url", 500)
    return Place(1, realm_of(host(address or "github.com")))


def _push(payload: Node, options: Options) -> Iterator[Raw | str]:
    branch = payload.node("repository").text("default_branch")
    if payload.text("ref", 500) != f"refs/heads/{branch}" or payload.has("deleted"):
        yield _("pushes to a tag or a branch that is not the default one")
        return
    place, commits = _place(payload), list(payload.nodes("commits"))
    if not commits:
        yield _("pushes without a new commit")
    for commit in commits:
        if commit.value.get("distinct") is False:
            yield _("commits that were pushed before")
        elif MERGE.match(commit.maybe_text("message")):
            yield _("merges")
        else:
            yield from _commit(commit, place.realm, options)


def _commit(commit: Node, where: str, options: Options) -> Iterator[Raw | str]:
    key, at = commit.text("id"), commit.moment("timestamp", times.iso, options.zone)
    if not HASH.fullmatch(key):
        raise commit.bad("id", _("The hash of a commit is wanted, 40 or 64 hexadecimal digits."))
    author = commit.maybe_node("author") or Node({})
    login = author.text("username", ACCOUNT) if author.has("username") else ""
    person = Who(author.maybe_text("name"), author.address("email"), login, login.endswith("[bot]"))
    act = Raw(1, key, at, *person[:3], "commit", where)
    yield told(act, person)
    message = commit.value.get("message")
    if options.co_authors and isinstance(message, str):
        yield from co_authored(act, values_in(message))


def _merged(payload: Node) -> Raw | str:
    request = payload.node("pull_request")
    if request.value.get("merged") is not True:
        return _("pull requests that were closed without a merge")
    at = request.moment("merged_at" if request.has("merged_at") else "closed_at", times.iso, UTC)
    thing = f"pull_request:{request.identifier('id')}"
    return _place(payload).act("change_request_merged", thing, at, who(request.maybe_node("user")))


def _review(payload: Node) -> Raw | str:
    review, request = payload.node("review"), payload.node("pull_request")
    reviewer, requester = who(review.maybe_node("user")), who(request.maybe_node("user"))
    if reviewer and requester and reviewer.username == requester.username:
        return _("reviews of one's own pull request")
    at = review.moment("submitted_at", times.iso, UTC)
    return _place(payload).act("review", f"review:{review.identifier('id')}", at, reviewer)


def _triage(payload: Node, action: str) -> Raw | str:
    """An act on an issue has no number of its own: it is known by what was done to which, by whom and when."""
    issue, sender = payload.node("issue"), who(payload.maybe_node("sender"))
    at = issue.moment("closed_at" if action == "closed" and issue.has("closed_at") else "updated_at", times.iso, UTC)
    subject = next((payload.node(name).identifier("id") for name in SUBJECTS if payload.has(name)), "")
    done = (issue.identifier("id"), action, subject, f"{at:%Y-%m-%dT%H:%M:%SZ}", sender.username if sender else "")
    return _place(payload).act("triage", ":".join(("triage", *done)), at, sender)


def _wiki(payload: Node, received_at: datetime) -> Iterator[Raw | str]:
    place, repository = _place(payload), payload.node("repository").identifier("id")
    sender = who(payload.maybe_node("sender"))
    for page in payload.nodes("pages"):
        thing = f"wiki:{repository}:{page.text('page_name')}:{page.text('sha', 64)}"
        yield place.act("documentation", thing, received_at, sender)
