"""Bugzilla (REST): bugs with comments, patches and changes. Who it was is an address, or a login without its host."""

from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext as _

from metrics.sources import times
from metrics.sources.acts import Who
from metrics.sources.nodes import ACCOUNT, ADDRESS, Node
from metrics.sources.perceval.item import Item, Told

#: Stands where a bug has no assignee; nobody's account.
NOBODY: Final = "nobody@mozilla.org"


def bug(item: Item) -> Iterator[Told]:
    """The report, comments but for the first, which is the report, attached patches, and changes of the bug."""
    data, place, zone = item.data, item.place("bugzilla"), item.options.zone
    number = data.identifier("id")
    at = data.moment("creation_time", times.iso, zone)
    yield place.act("issue", f"bug:{number}", at, _who(data, "creator", data.maybe_node("creator_detail")))
    for position, comment in enumerate(data.nodes("comments")):
        if position == 0:
            yield _("first comments, which are the report itself")
            continue
        at = comment.moment("creation_time" if comment.has("creation_time") else "time", times.iso, zone)
        who = _who(comment, "creator" if comment.has("creator") else "author")
        yield place.act("comment", f"comment:{comment.identifier('id')}", at, who)
    for attachment in data.nodes("attachments"):
        if not attachment.has("is_patch"):
            yield _("attachments that are no patches")
            continue
        who = _who(attachment, "creator" if attachment.has("creator") else "attacher")
        at = attachment.moment("creation_time", times.iso, zone)
        yield place.act("change_request", f"attachment:{attachment.identifier('id')}", at, who)
    for change in data.nodes("history"):
        at = change.moment("when", times.iso, zone)
        thing = f"bug:{number}:{at:%Y-%m-%dT%H:%M:%SZ}:{change.maybe_text('who', ADDRESS)}"
        yield place.act("triage", thing, at, _who(change, "who"))


def _who(thing: Node, field: str, detail: Node | None = None) -> Who | None:
    login = thing.maybe_text(field, ADDRESS)
    if not login or login == NOBODY:
        return None
    name = detail.maybe_text("real_name") or detail.maybe_text("name") if detail else ""
    if "@" in login:
        return Who("" if name == login else name, thing.address(field))
    return Who(name, detail.address("email") if detail else "", thing.text(field, ACCOUNT))
