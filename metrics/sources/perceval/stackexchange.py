"""Stack Exchange: a question, its answers, and the comments on both. Accounts are numbers: names are not their own."""

from collections.abc import Iterator

from metrics.sources import times
from metrics.sources.acts import Place, Who
from metrics.sources.nodes import Node
from metrics.sources.perceval.item import Item, Told


def question(item: Item) -> Iterator[Told]:
    """The question and everything under it."""
    data, place = item.data, item.place("stackexchange")
    yield _post("question", "question", data, place, item)
    yield from _comments(data, place, item)
    for answer in data.nodes("answers"):
        yield _post("support_answer", "answer", answer, place, item)
        yield from _comments(answer, place, item)


def _comments(post: Node, place: Place, item: Item) -> Iterator[Told]:
    for comment in post.nodes("comments"):
        yield _post("comment", "comment", comment, place, item)


def _post(kind: str, thing: str, post: Node, place: Place, item: Item) -> Told:
    at = post.moment("creation_date", times.unix, item.options.zone)
    return place.act(kind, f"{thing}:{post.identifier(f'{thing}_id')}", at, _who(post))


def _who(post: Node) -> Who | None:
    owner = post.maybe_node("owner")
    if owner is None or not owner.has("user_id"):  # "user_type": "does_not_exist"
        return None
    return Who(owner.maybe_text("display_name"), "", owner.identifier("user_id"))
