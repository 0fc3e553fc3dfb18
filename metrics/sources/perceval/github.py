"""GitHub: issues and pull requests, and the comments and reviews in them. Ids and accounts are the webhook's."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from metrics.sources import times
from metrics.sources.acts import Place, Who
from metrics.sources.github import realm_of, who
from metrics.sources.nodes import Node
from metrics.sources.perceval.item import Item, Told


def issue(item: Item) -> Iterator[Told]:
    """The issue and its comments. A pull request that stands among the issues comes again as itself."""
    data, place, zone = item.data, _place(item), item.options.zone
    if data.value.get("pull_request") is not None:
        yield _("pull requests that stand among the issues once more")
        for _comment in data.nodes("comments_data"):
            yield _("comments of pull requests that stand among the issues")
        return
    at = data.moment("created_at", times.iso, zone)
    yield place.act("issue", f"issue:{data.identifier('id')}", at, _author(data))
    for comment in data.nodes("comments_data"):
        at = comment.moment("created_at", times.iso, zone)
        yield place.act("comment", f"issue_comment:{comment.identifier('id')}", at, _author(comment))


def pull_request(item: Item) -> Iterator[Told]:
    """The pull request, that it was merged, and its reviews. Its commits come as commits, and are not counted here."""
    data, place, zone = item.data, _place(item), item.options.zone
    thing, author = f"pull_request:{data.identifier('id')}", _author(data)
    yield place.act("change_request", thing, data.moment("created_at", times.iso, zone), author)
    if data.value.get("merged") is True:
        when = "merged_at" if data.has("merged_at") or not data.has("closed_at") else "closed_at"
        yield place.act("change_request_merged", thing, data.moment(when, times.iso, zone), author)
    for review in data.nodes("reviews_data"):
        yield _review(review, place, item, author.username if author else "")
    for comment in data.nodes("review_comments_data"):
        at = comment.moment("created_at", times.iso, zone)
        yield place.act("review", f"review_comment:{comment.identifier('id')}", at, _author(comment))


def _review(review: Node, place: Place, item: Item, requester: str) -> Told:
    reviewer = _author(review)
    if review.value.get("state") == "PENDING":
        return _("reviews that are not sent yet")
    if reviewer and reviewer.username == requester:
        return _("reviews of one's own pull request")
    at = review.moment("submitted_at", times.iso, item.options.zone)
    return place.act("review", f"review:{review.identifier('id')}", at, reviewer)


def _author(thing: Node) -> Who | None:
    return who(thing.maybe_node("user"), thing.maybe_node("user_data"))


def _place(item: Item) -> Place:
    return Place(item.line, realm_of(item.origin))
