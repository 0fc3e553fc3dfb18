"""A file of Perceval's through the whole way of an upload: what counts, what was left out, and nothing twice."""

import pytest

from metrics.models import Contribution, Import, Source
from pathways.models import Contributor
from tests.metrics.files import deliver, source_for
from tests.metrics.sources import items

pytestmark = pytest.mark.django_db


def test_every_family_is_imported_and_the_same_file_again_adds_nothing() -> None:
    source = source_for(type=Source.Type.PERCEVAL)
    content = items.lines_of(*(make() for make in items.ALL.values()))
    first, again = deliver(source, content), deliver(source, content + b"\n")
    assert (first.state, first.errors) == (Import.State.DONE, [])
    assert first.items == again.items == len(items.ALL)
    assert first.new == Contribution.objects.count() == first.rows - 1  # GitLab's note stands in two of the items
    assert (again.new, again.duplicate) == (0, again.rows)
    assert first.passed["reviews of one's own pull request"] == 1
    assert sum(first.passed.values()) == sum(again.passed.values()) == 10


def test_what_a_source_calls_a_bot_is_one() -> None:
    deliver(source_for(type=Source.Type.PERCEVAL), items.lines_of(items.github_issue(), items.phabricator()))
    bots = Contributor.objects.filter(is_bot=True).values_list("name", flat=True)
    assert set(bots) == {"helper[bot]", "helper"}


def test_one_bad_item_and_nothing_is_imported() -> None:
    bad = items.commit(AuthorDate="soon")
    delivery = deliver(source_for(type=Source.Type.PERCEVAL), items.lines_of(items.commit(), bad))
    assert (delivery.state, delivery.rejected, Contribution.objects.count()) == (Import.State.REJECTED, 1, 0)
    assert (delivery.errors[0]["line"], delivery.errors[0]["field"]) == (2, "data.AuthorDate")
