"""Teams side by side: who is meant, the same facts of each, one scale, and nobody hidden."""

import csv
from datetime import date, timedelta
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from teams.insights.beside import MOST, WEEKS, beside, choices
from teams.models import Role, Team
from teams.promotion import enter
from tests.conftest import People
from tests.factories import MembershipFactory, TeamFactory
from tests.weeks import week

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
PAGE = "/insights/side-by-side/"
SUNDAY = date(2026, 6, 21)


def found(texts: list[str]) -> list[str]:
    return [each.team.slug if each.team else each.problem.split()[0] for each in choices(Team.objects.all(), texts)]


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        (["lantern"], ["lantern"]),
        (["LANTERN", "lantern"], ["lantern"]),  # once
        (["lant"], ["lantern"]),
        (["red"], ["red"]),  # the whole name of one, a part of another's
        (["red-"], ["Several"]),
        (["", "  ", "nobody"], ["There"]),
        (["lan\0tern"], ["A"]),
        (["gone"], ["There"]),
        (["lantern", "red", "red-one", "red-two", "elsewhere"], ["lantern", "red", "red-one", "red-two"]),
    ],
)
def test_a_team_is_meant_by_its_address_its_name_or_a_part_that_only_one_has(
    people: People, texts: list[str], wanted: list[str]
) -> None:
    for slug in ("red", "red-one", "red-two"):
        TeamFactory.create(slug=slug)
    TeamFactory.create(slug="gone", state=Team.State.RETIRED)
    assert len(wanted) <= MOST
    assert found(texts) == wanted


def test_a_team_that_the_reader_may_not_read_is_as_good_as_none(people: People) -> None:
    hidden, missing = (people.client("viewer").get(PAGE, {"team": text}) for text in ("elsewhere", "nowhere"))
    assert (hidden.status_code, missing.status_code) == (422, 422)
    told = [page.content.decode().partition("<main")[2] for page in (hidden, missing)]
    assert told[0].replace("elsewhere", "X") == told[1].replace("nowhere", "X")
    rows = people.client("viewer").get("/insights/side-by-side.csv", {"team": "elsewhere"}).content.decode("utf-8-sig")
    assert len(rows.splitlines()) == 1
    assert '<option value="Elsewhere">' not in people.client("viewer").get(PAGE).content.decode()


def test_levels_are_exclusive_on_one_axis_and_one_scale(people: People) -> None:
    other = Team.objects.get(slug="elsewhere")
    for back in (1, 0):
        week(people.team, SUNDAY - timedelta(weeks=back), casual=40, active=7, core=2)
        week(other, SUNDAY - timedelta(weeks=back), casual=3, active=1)
    told = beside(people.admin, [people.team, other])
    assert told is not None
    assert [each.active for each in told.levels] == [7, 1]
    assert {each.area.view_box for each in told.levels} == {f"0 0 {WEEKS - 1} 40"}
    assert told.levels[0].area.senses[-1].words.endswith(": 33 casual, 5 active, 2 core")
    assert told.levels[0].area.senses[0].words.endswith(": 0 casual, 0 active, 0 core")
    assert (told.months[-1].week, told.months[-1].cells) == (SUNDAY, [(33, 5, 2), (2, 1, 0)])


def test_the_page_and_its_file_tell_the_same_in_the_order_asked_for(people: People) -> None:
    other = Team.objects.get(slug="elsewhere")
    for team in (people.team, other):
        enter(team, actor=None, on=team.entered_on)
    week(other, SUNDAY, active=4)
    client = people.client("admin")
    asked = {"team": ["elsewhere", "lantern"]}
    page = client.get(PAGE, asked).content.decode()
    assert page.index('<a href="/teams/elsewhere/">') < page.index('<a href="/teams/lantern/">')
    assert "The way of each team" in page
    rows = list(csv.reader(StringIO(client.get("/insights/side-by-side.csv", asked).content.decode("utf-8-sig"))))
    assert [[row[0], row[1], row[6]] for row in rows[1:]] == [["Elsewhere", "Stage 1", "4"], ["Lantern", "Stage 1", ""]]


def test_without_a_choice_the_page_says_how_to_choose(people: People) -> None:
    page = people.client("viewer").get(PAGE).content.decode()
    assert "Write the names" in page
    assert '<option value="Lantern">' in page


def test_it_costs_the_same_with_longer_records_and_more_teams_around(people: People) -> None:
    client = people.client("partner")
    second = TeamFactory.create(slug="second")
    MembershipFactory.create(team=second, user=people.partner, role=Role.PARTNER)
    asked = {"team": ["lantern", "second"]}

    def queries() -> int:
        assert client.get(PAGE, asked).status_code == 200  # every row holds now
        with CaptureQueriesContext(connection) as captured:
            assert client.get(PAGE, asked).status_code == 200
        return len(captured)

    few = queries()
    for team in (people.team, second):
        enter(team, actor=None, on=team.entered_on)
        for back in range(20, -1, -1):
            week(team, SUNDAY - timedelta(weeks=back), active=3)
    for team in TeamFactory.create_batch(20):
        MembershipFactory.create(team=team, user=people.partner, role=Role.PARTNER)
    assert queries() == few
    assert few <= 20
