"""Every number at the head of the portfolio is the sum of a list that its reader can open."""

from datetime import date, timedelta

import pytest

from teams import portfolio, portfolio_sums, promotion
from teams.models import Role, Team
from tests.conftest import People
from tests.factories import CriterionFactory, MembershipFactory, StageFactory, TeamFactory, TeamRiskFactory
from tests.weeks import week

pytestmark = pytest.mark.django_db
SUNDAY = date(2026, 6, 14)
#: The totals of the head by the key of their explanation.
TOTALS = {
    "active": "active",
    "change": "change",
    "open-gates": "open_gates",
    "undecided": "undecided",
    "high-risks": "high_risks",
    "overdue-risks": "overdue_risks",
    "promotions": "promotions",
}


@pytest.fixture
def organisation(people: People) -> People:
    """Teams with something of everything; one with other people, one retired."""
    StageFactory.create(order=2)
    CriterionFactory.create(stage=people.team.stage)
    second = MembershipFactory.create(user=people.partner, role=Role.PARTNER, team__name="Second").team
    other = TeamFactory.create(name="Other")
    TeamFactory.create(name="Gone", state=Team.State.RETIRED)
    for team, active in ((people.team, 5), (second, 3), (other, 11)):
        week(team, SUNDAY - timedelta(weeks=52), active=2)
        week(team, SUNDAY, active=active)
        TeamRiskFactory.create(team=team, likelihood=3, impact=3, review_on=date(2020, 1, 1))
    promotion.enter(second, actor=people.admin, on=second.entered_on)
    return people


@pytest.mark.parametrize("who", ["partner", "admin", "viewer", "outsider"])
def test_each_sum_is_the_number_at_the_head(organisation: People, who: str) -> None:
    reader = getattr(organisation, who)
    totals = portfolio.look(reader, {}, None).totals
    assert set(portfolio_sums.SUMS) == set(TOTALS)
    for key, name in TOTALS.items():
        told = portfolio_sums.explain(reader, key)
        assert told.value == getattr(totals, name), key
        assert sum(line.value for line in told.lines) == told.value, key
    assert portfolio_sums.explain(organisation.partner, "active").value == 8


def test_the_page_says_who_is_in_and_who_is_not(organisation: People) -> None:
    MembershipFactory.create(user=organisation.admin, role=Role.VIEWER, team=organisation.team)
    page = organisation.client("admin").get("/numbers/active/").content.decode()
    assert '<strong class="figure">5</strong>' in page
    assert 'href="/teams/lantern/numbers/active-contributors/"' in page
    assert "With other people" in page
    assert "Gone" in page
    for key in TOTALS:
        assert organisation.client("admin").get(f"/numbers/{key}/").status_code == 200
    assert organisation.client("admin").get("/numbers/nothing/").status_code == 404


def test_each_number_of_the_head_opens_its_list(organisation: People) -> None:
    page = organisation.client("partner").get("/").content.decode()
    for key in TOTALS:
        assert f'href="/numbers/{key}/"' in page
    assert 'href="/teams/lantern/numbers/active-contributors/"' in page
    assert 'href="/teams/lantern/#gate"' in page


def test_the_list_can_be_taken_along(organisation: People) -> None:
    text = organisation.client("partner").get("/numbers/high-risks.csv").content.decode()
    assert text.count("\n") == 3
    assert "Other" not in text
