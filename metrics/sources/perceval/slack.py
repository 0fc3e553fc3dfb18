"""Slack: a message of a channel is somebody's; what an application posts, or the channel itself, is nobody's."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from metrics.sources import Raw, times
from metrics.sources.acts import Who, realm, told
from metrics.sources.nodes import ACCOUNT, Node
from metrics.sources.perceval.item import Item, Told


def message(item: Item) -> Iterator[Told]:
    """The message, under the channel, the time and who, as Slack has no number for it."""
    data = item.data
    comment = data.maybe_node("comment")
    if data.has("subtype") and not (comment and data.value.get("subtype") == "file_comment"):
        yield _("messages that the channel or an application wrote")
        return
    if data.has("bot_id") or (data.has("username") and not data.has("user") and not comment):
        yield _("messages that the channel or an application wrote")
        return
    at, user = data.moment("ts", times.unix, item.options.zone), data.maybe_node("user_data")
    who = _who(comment or data, user)
    channel = item.address.rstrip("/").rpartition("/")[2]
    thing = f"slack:{channel}:{data.text('ts')}:{who.username if who else ''}"
    # An account is one workspace's; where nothing tells which, it is the channel's, of which nobody else knows.
    where = realm("slack", user.maybe_text("team_id") if user and user.has("team_id") else channel)
    yield told(Raw(item.line, thing, at, *(who or Who())[:3], "comment", where), who)


def _who(writer: Node, user: Node | None) -> Who | None:
    if not writer.has("user"):
        return None
    account = writer.text("user", ACCOUNT)
    if user is None:
        return Who("", "", account)
    profile = user.maybe_node("profile")
    name = user.maybe_text("real_name") or user.maybe_text("name")
    return Who(name, profile.address("email") if profile else "", account, user.has("is_bot"))
