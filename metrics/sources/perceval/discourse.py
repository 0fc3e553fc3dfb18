"""Discourse: each post of a topic, the first of which opened it."""

from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext as _

from metrics.sources import times
from metrics.sources.acts import Who
from metrics.sources.nodes import ACCOUNT, Node
from metrics.sources.perceval.item import Item, Told

#: "Closed", "moved": a line that the forum writes when somebody does it.
SMALL_ACTION: Final = 3


def topic(item: Item) -> Iterator[Told]:
    """Every post that stands."""
    place = item.place("discourse")
    for post in item.data.node("post_stream").nodes("posts"):
        if post.has("deleted_at"):
            yield _("posts that were deleted")
        elif post.value.get("post_type") == SMALL_ACTION:
            yield _("notes that the system wrote")
        else:
            at = post.moment("created_at", times.iso, item.options.zone)
            yield place.act("comment", f"post:{post.identifier('id')}", at, _who(post))


def _who(post: Node) -> Who | None:
    if not post.has("username"):
        return None
    number = post.value.get("user_id")
    is_bot = isinstance(number, int) and number < 0  # "system" and what else the forum itself does
    return Who(post.maybe_text("name"), "", post.text("username", ACCOUNT), is_bot)
