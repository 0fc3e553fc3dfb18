"""Perceval (CHAOSS GrimoireLab): JSON lines of `perceval BACKEND ... --json-line`, one item a line, gzip allowed.

Which family reads an item is told by its backend and category; one item may hold many contributions, an issue and its
comments. Ids are of the origin, so that what is fetched again, by webhook or from an archive elsewhere, is the same.

| backend, category | what stands there | kind | external id |
|---|---|---|---|
| Git, commit | commit, and a co-author's part in it | `commit` | hash; hash and address |
| GitHub, issue | issue; comment | `issue`; `comment` | `github:issue:N`; `github:issue_comment:N` |
| GitHub, pull_request | opened; merged | `change_request`; `change_request_merged` | `github:pull_request:N` |
| | review; comment in a review | `review` | `github:review:N`; `github:review_comment:N` |
| GitLab, issue | issue; note | `issue`; `comment` | `gitlab:HOST:issue:N`; `gitlab:HOST:note:N` |
| GitLab, merge_request | opened; merged | `change_request`; `change_request_merged` | `gitlab:HOST:merge_request:N` |
| | note | `comment` | `gitlab:HOST:note:N` |
| BugzillaREST, bug | report; comment | `issue`; `comment` | `bugzilla:HOST:bug:N`; `bugzilla:HOST:comment:N` |
| | patch | `change_request` | `bugzilla:HOST:attachment:N` |
| | change of the bug | `triage` | `bugzilla:HOST:bug:N:TIME:WHO` |
| Discourse, topic | post | `comment` | `discourse:HOST:post:N` |
| Phabricator, task | task | `issue` | `phabricator:HOST:task:N` |
| | comment; other change | `comment`; `triage` | `phabricator:HOST:transaction:PHID` |
| MBox, Pipermail, HyperKitty, Groupsio; message | message | `comment` | `mail:MESSAGE-ID` |
| Slack, message | message | `comment` | `slack:CHANNEL:TS:ACCOUNT` |
| StackExchange, question | question | `question` | `stackexchange:SITE:question:N` |
| | comment | `comment` | `stackexchange:SITE:comment:N` |
| | answer | `support_answer` | `stackexchange:SITE:answer:N` |

`change_request_merged`, `triage` and `question` are not in the registry of kinds to begin with: somebody decides
whether they count. Left out, and counted in `passed`: merges; pull requests that stand among the issues once more;
reviews of one's own; a bug's first comment, attachments that are no patches; notes and messages of a system or an
application; posts that were deleted; and whatever was done by an account that is no more.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from django.utils.translation import gettext as _

from metrics.sources import Batch, Options, Problem, Raw
from metrics.sources.json import dotted, where
from metrics.sources.jsonlines import Line
from metrics.sources.jsonlines import read as read_lines
from metrics.sources.nodes import Bad, Node
from metrics.sources.perceval import bugzilla, discourse, git, github, gitlab, mbox, phabricator, slack, stackexchange
from metrics.sources.perceval.item import Family, Item, Told

#: So few that rows are gone before Python's collector takes them for old, and walks over everything there is.
BATCH: Final = 500
#: Backend and category, in lower case.
FAMILIES: Final[dict[tuple[str, str], Family]] = {
    ("git", "commit"): git.commit,
    ("github", "issue"): github.issue,
    ("github", "pull_request"): github.pull_request,
    ("gitlab", "issue"): gitlab.issue,
    ("gitlab", "merge_request"): gitlab.merge_request,
    ("bugzillarest", "bug"): bugzilla.bug,
    ("discourse", "topic"): discourse.topic,
    ("phabricator", "task"): phabricator.task,
    ("mbox", "message"): mbox.message,
    ("pipermail", "message"): mbox.message,
    ("hyperkitty", "message"): mbox.message,
    ("groupsio", "message"): mbox.message,
    ("slack", "message"): slack.message,
    ("stackexchange", "question"): stackexchange.question,
}


def read(file: BinaryIO, options: Options) -> Iterator[Batch]:
    """Batches of what the items tell (the contract of metrics/sources/__init__.py). One with a fault tells nothing."""
    rows: list[Raw] = []
    problems: list[Problem] = []
    passed: Counter[str] = Counter()
    items = 0
    for line in read_lines(file):
        if isinstance(line, Problem):
            problems.append(line)
        else:
            items += 1
            try:
                for told in _tells(line, options):
                    if isinstance(told, Raw):
                        rows.append(told)
                    else:
                        passed[told] += 1
            except Bad as bad:
                problems.append(_problem(line, bad))
        if items >= BATCH or len(rows) + len(problems) >= BATCH:
            yield Batch(rows, problems, file.tell(), passed, items)
            rows, problems, passed, items = [], [], Counter(), 0
    yield Batch(rows, problems, file.tell(), passed, items)


def _tells(line: Line, options: Options) -> list[Told]:
    """All that the item tells, since a fault may stand at its end. Raises Bad for what is no item that we read."""
    value = line.value
    if not isinstance(value, dict):
        raise Bad((), _("An item of Perceval is wanted, an object with backend_name, category and data."))
    try:
        family = FAMILIES[value["backend_name"].casefold(), value["category"].casefold()]
    except (KeyError, AttributeError):
        raise _unknown(value) from None
    if not isinstance(value.get("data"), dict):
        raise Node(value).bad("data", _("An object is wanted here: what the backend fetched."))
    told = family(Item(value, line.number, options))
    return told if isinstance(told, list) else list(told)


def _unknown(value: dict[str, Any]) -> Bad:
    item = Node(value)
    backend, category = item.text("backend_name"), item.text("category")
    known = ", ".join(f"{one} {other}" for one, other in FAMILIES)
    reason = _("“%(backend)s %(category)s” is not read; what is: %(known)s.")
    return item.bad("backend_name", reason % {"backend": backend[:40], "category": category[:40], "known": known})


def _problem(line: Line, bad: Bad) -> Problem:
    return Problem(line.number, where(line.raw.decode(), bad.path), dotted(bad.path), bad.reason)
