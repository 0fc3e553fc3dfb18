"""GitLab: issues and merge requests, with their notes.

An author has no address there. The commits of a merge request have some, of people who need not be its author.
"""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from metrics.sources import times
from metrics.sources.acts import Place, Who
from metrics.sources.nodes import ACCOUNT, Node
from metrics.sources.perceval.item import Item, Told


def issue(item: Item) -> Iterator[Told]:
    """The issue and what people wrote under it."""
    data, place = item.data, item.place("gitlab")
    at = data.moment("created_at", times.iso, item.options.zone)
    yield place.act("issue", f"issue:{data.identifier('id')}", at, _who(data))
    yield from _notes(data, place, item)


def merge_request(item: Item) -> Iterator[Told]:
    """The merge request, that it was merged, and what people wrote under it."""
    data, place, zone = item.data, item.place("gitlab"), item.options.zone
    thing, author = f"merge_request:{data.identifier('id')}", _who(data)
    yield place.act("change_request", thing, data.moment("created_at", times.iso, zone), author)
    if data.has("merged_at"):
        yield place.act("change_request_merged", thing, data.moment("merged_at", times.iso, zone), author)
    yield from _notes(data, place, item)


def _notes(data: Node, place: Place, item: Item) -> Iterator[Told]:
    for note in data.nodes("notes_data"):
        if note.has("system"):
            yield _("notes that the system wrote")
            continue
        at = note.moment("created_at", times.iso, item.options.zone)
        yield place.act("comment", f"note:{note.identifier('id')}", at, _who(note))


def _who(thing: Node) -> Who | None:
    author = thing.maybe_node("author")
    if author is None or author.value.get("username") == "ghost":  # the account that takes over from deleted ones
        return None
    return Who(author.maybe_text("name"), "", author.text("username", ACCOUNT))
