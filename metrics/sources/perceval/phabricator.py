"""Phabricator: tasks, with what was done to them. Code reviews are not in this backend."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from metrics.sources import times
from metrics.sources.acts import Who
from metrics.sources.nodes import ACCOUNT, Node
from metrics.sources.perceval.item import Item, Told


def task(item: Item) -> Iterator[Told]:
    """The task, comments, and other changes after it was opened."""
    data, place, zone = item.data, item.place("phabricator"), item.options.zone
    fields = data.node("fields")
    opened, author = fields.moment("dateCreated", times.unix, zone), _who(fields)
    yield place.act("issue", f"task:{data.identifier('id')}", opened, author)
    for change in data.nodes("transactions"):
        at, who = change.moment("dateCreated", times.unix, zone), _who(change)
        comments = change.value.get("transactionType") == "core:comment"
        if not comments and at == opened and who == author:
            yield _("details given when the task was opened")
            continue
        kind = "comment" if comments else "triage"
        yield place.act(kind, f"transaction:{change.identifier('transactionPHID')}", at, who)


def _who(thing: Node) -> Who | None:
    author = thing.maybe_node("authorData")
    if author is None or not author.has("userName"):  # a rule or an application
        return None
    roles = author.value.get("roles")
    is_bot = isinstance(roles, list) and "bot" in roles
    return Who(author.maybe_text("realName"), "", author.text("userName", ACCOUNT), is_bot)
