"""Who is enrolled and has not contributed yet, and where the numbers of a pathway lead."""

from datetime import date

import pytest

from tests.conftest import People
from tests.factories import ContributorFactory, EnrolmentFactory, PointFactory
from tests.metrics.acts import act, rebuild

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)


def test_prospects_are_listed_until_they_contribute(people: People) -> None:
    pathway = PointFactory.create(pathway__team=people.team).pathway
    waits, came = (EnrolmentFactory.create(pathway=pathway, enrolled_on=DAY).contributor for _each in range(2))
    bot = EnrolmentFactory.create(
        pathway=pathway, enrolled_on=DAY, contributor=ContributorFactory.create(is_bot=True)
    ).contributor
    act(pathway, came, date(2026, 4, 1))
    rebuild(people.team)
    client = people.client("viewer")
    page = client.get("/teams/lantern/numbers/prospects/?on=2026-04-01").content.decode()
    assert '<strong class="figure">1</strong>' in page
    assert f'href="/teams/lantern/contributors/{waits.pk}/"' in page
    assert f'href="/teams/lantern/contributors/{came.pk}/"' not in page
    assert f'href="/teams/lantern/contributors/{bot.pk}/"' not in page
    earlier = client.get("/teams/lantern/numbers/prospects/?on=2026-03-31").content.decode()
    assert '<strong class="figure">2</strong>' in earlier
    csv = client.get("/teams/lantern/numbers/prospects.csv?on=2026-04-01").content.decode()
    assert csv.count("\n") == 2


def test_a_stock_says_how_many_hold_each_level_as_their_highest(people: People) -> None:
    point = PointFactory.create(pathway__team=people.team, n=1, w=365)
    PointFactory.create(pathway=point.pathway, level=2, n=2, w=365)
    for acts in (1, 1, 2):
        act(point.pathway, ContributorFactory.create(), *([DAY] * acts))
    rebuild(people.team)
    address = f"/teams/lantern/numbers/active-contributors/?level=casual&on={DAY}"
    page = people.client("viewer").get(address).content.decode()
    assert '<strong class="figure">3</strong>' in page
    assert "<dt>Of whom casual, their highest</dt><dd>2</dd>" in page
    assert "<dt>Of whom active, their highest</dt><dd>1</dd>" in page
