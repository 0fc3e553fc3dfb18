"""The portfolio: who sees what, in how many queries, and what the address can ask."""

import csv
import html
import re
from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth import get_user
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lifecycle.models import Stage
from teams import portfolio, portfolio_moves
from teams.models import Role, Team
from teams.portfolio_forms import PortfolioForm
from teams.portfolio_rows import TeamRow
from tests.conftest import People
from tests.factories import (
    CheckInFactory,
    CriterionFactory,
    MeasurementFactory,
    MembershipFactory,
    MilestoneFactory,
    StageFactory,
    TeamFactory,
    TeamRiskFactory,
)
from tests.weeks import week

pytestmark = pytest.mark.django_db
SUNDAY = date(2026, 6, 21)
#: Orders of the table, by what, and how its head says it.
SORTED: list[tuple[str, Callable[[TeamRow], Any], str]] = [
    ("name", lambda row: 0, "ascending"),
    ("stay", lambda row: row.entered_on, "ascending"),
    ("silent", lambda row: row.silent_since, "descending"),
    ("active", lambda row: -(row.active or -1), "descending"),
    ("risks", lambda row: -row.high_risks, "descending"),
]


def rows(client: Client, address: str = "/") -> list[str]:
    return re.findall(r'href="/teams/([\w-]+)/"', client.get(address).content.decode())


def test_everybody_sees_their_own_teams_and_nobody_elses(people: People) -> None:
    assert rows(people.client("partner")) == ["lantern"]
    assert rows(people.client("outsider")) == ["elsewhere"]


def test_an_admin_sees_all_but_the_retired(people: People) -> None:
    TeamFactory.create(slug="gone", state=Team.State.RETIRED)
    assert sorted(rows(people.client("admin"))) == ["elsewhere", "lantern"]


def test_own_teams_stand_first_whatever_the_order(people: People) -> None:
    MembershipFactory.create(team=people.team, user=people.admin, role=Role.PARTNER)
    TeamFactory.create(slug="aardvark", name="Aardvark")
    for sort, _label in PortfolioForm.SORTS:
        assert rows(people.client("admin"), f"/?sort={sort}")[0] == "lantern"


def test_the_heads_of_the_table_sort_it(people: People) -> None:
    """Each leads to an order, and all orders have one; the teams then stand as what they say of themselves does."""
    for place, (active, days) in enumerate([(5, 40), (60, 10), (20, 80)]):
        entered = people.team.entered_on + timedelta(days=days)
        team = MembershipFactory.create(user=people.partner, role=Role.PARTNER, team__entered_on=entered).team
        week(team, SUNDAY, active=active)
        TeamRiskFactory.create_batch(place, team=team, likelihood=3, impact=3)
    client = people.client("partner")
    for sort, key, way in SORTED:
        found = portfolio.rows_of(people.partner, {"sort": sort})
        assert found == sorted(found, key=lambda row, key=key: (key(row), row.name.casefold())), sort  # type: ignore[misc]
        page = client.get(f"/?view=table&sort={sort}").content.decode()
        assert re.findall(r'aria-sort="(\w+)"><a href="[^"]*sort=(\w+)"', page) == [(way, sort)]
    heads = re.findall(r'class="sortable[^>]*><a href="[^"]*sort=(\w+)"', page)
    assert sorted(heads) == sorted(sort for sort, _label in PortfolioForm.SORTS)


@pytest.mark.parametrize(
    "address", ["/?team=LANT", "/?stage=stage-1&team=lan", "/?mine=on&team=l", "/?move=activator&team=lan"]
)
def test_filters_find(people: People, address: str) -> None:
    MilestoneFactory.create(stage=people.team.stage)
    MembershipFactory.create(team=people.team, user=people.admin, role=Role.VIEWER)
    assert rows(people.client("admin"), address) == ["lantern"]


def test_what_only_an_admin_can_do_waits_for_an_admin_without_a_role_too(people: People) -> None:
    team = Team.objects.get(slug="elsewhere")
    CriterionFactory.create(stage=team.stage, measure="partners_agreed", threshold=1, strength="required")
    MeasurementFactory.create(team=team, measure="partners_agreed", value=0)
    assert "elsewhere" in rows(people.client("admin"), "/?move=you")
    assert rows(people.client("outsider"), "/?move=you") == []


@pytest.mark.parametrize("address", ["/?team=nobody", "/?move=you&team=elsewhere"])
def test_filters_leave_out_and_say_so(people: People, address: str) -> None:
    assert rows(people.client("admin"), address) == []
    assert "No team passes" in people.client("admin").get(address + "&view=table").content.decode()


@pytest.mark.parametrize(
    ("text", "to"),
    [
        ("LAN", "/teams/lantern/"),
        ("else", "/?team=else#teams"),
        ("elsewhere", "/teams/elsewhere/"),
        ("", "/?team=#teams"),
    ],
)
def test_the_masthead_finds_the_one_team_that_is_meant(people: People, text: str, to: str) -> None:
    TeamFactory.create(slug="elsewhere-too", name="Elsewhere too")
    assert people.client("admin").get("/find/", {"team": text})["Location"] == to
    assert people.client("partner").get("/find/", {"team": "elsewhere"})["Location"] == "/?team=elsewhere#teams"


def test_nonsense_in_the_address_filters_nothing(people: People) -> None:
    assert rows(people.client("partner"), "/?stage=nowhere&sort=x&move=1&page=999&view=what") == ["lantern"]


def test_whose_move_follows_the_gate_and_stands_above_the_teams(people: People) -> None:
    milestone = MilestoneFactory.create(stage=people.team.stage, needs_verification=True)
    assert portfolio.rows_of(people.activator)[0].is_my_move
    people.team.milestone_events.create(milestone=milestone, seq=1, action="done", state="done", actor=people.activator)
    assert portfolio.rows_of(people.partner)[0].is_my_move
    assert not portfolio.rows_of(people.activator)[0].is_my_move
    filtered = "/?team=nobody"  # whatever is looked for among the teams
    assert 'href="/teams/lantern/#moves"' in people.client("partner").get(filtered).content.decode()
    assert "/teams/lantern/#moves" not in people.client("activator").get(filtered).content.decode()


def test_what_waits_is_a_promotion_first_then_what_is_closest_to_its_gate() -> None:
    asked = {"name": "Zoo", "is_asked": True, "left": 0}
    near, far, last = ({"name": name, "is_asked": False, "left": left} for name, left in [("B", 1), ("A", 2), ("C", 3)])
    common = {"slug": "", "outcome": "closed", "is_updating": False, "lack": None, "reason": ""}
    sums = [{"waiting_teams": [{**common, **each} for each in group]} for group in ([last, far], [], [near, asked])]
    assert [each.name for each in portfolio_moves.first_of(sums)] == ["Zoo", "B", "A"]


@pytest.mark.usefixtures("clock")
def test_a_row_tells_stock_change_risks_silence_and_data(people: People) -> None:
    week(people.team, SUNDAY, active=12)
    week(people.team, SUNDAY - timedelta(weeks=52), active=5)
    TeamRiskFactory.create(team=people.team, likelihood=3, impact=2, review_on=date(2026, 6, 1))
    TeamRiskFactory.create(team=people.team, likelihood=1, impact=1)
    CheckInFactory.create(team=people.team, held_on=date(2026, 6, 7))
    MeasurementFactory.create(team=people.team, as_of=date(2026, 5, 1), valid_until=date(2026, 6, 10))
    row = portfolio.rows_of(people.partner)[0]
    assert (row.active, row.change, row.high_risks, row.overdue_risks, row.days_silent) == (12, 7, 1, 1, 10)
    assert (row.complete_to, row.is_stale) == (date(2026, 5, 1), True)
    assert row.is_flagged
    page = people.client("partner").get("/").content.decode()
    assert "active, +7 in a year" in page
    assert "one past its review" in page
    assert not row.is_silent


@pytest.mark.usefixtures("clock")
def test_sparklines_of_a_page_share_one_scale(people: People) -> None:
    other = MembershipFactory.create(user=people.partner, role=Role.PARTNER).team
    for team, active in ((people.team, 10), (other, 100)):
        week(team, SUNDAY - timedelta(weeks=1), active=active)
        week(team, SUNDAY, active=active)
    page = people.client("partner").get("/").content.decode()
    assert 'd="M0 20.8 L100 20.8"' in page
    assert 'd="M0 1 L100 1"' in page


def test_the_page_costs_the_same_at_any_number_of_teams(people: People) -> None:
    stages = [StageFactory.create(order=order) for order in (1, 2)]
    for stage in stages:
        CriterionFactory.create(stage=stage)
        MilestoneFactory.create(stage=stage)
    client = people.client("partner")

    def queries(number: int) -> tuple[int, int, int]:
        """With so many teams more, and none judged yet; the same rows again in another order; the same page again."""
        for place in range(number):
            team = MembershipFactory.create(user=people.partner, role=Role.PARTNER, team__stage=stages[place % 2]).team
            week(team, SUNDAY, active=3)
            TeamRiskFactory.create(team=team, likelihood=3, impact=3)
            MeasurementFactory.create(team=team)
        counts = []
        for address in ("/", "/?sort=name", "/?sort=name"):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            counts.append(len(captured))
        return counts[0], counts[1], counts[2]

    few = queries(2)
    assert queries(20) == few
    assert few[0] <= 25
    assert few[2] == 4, "session, account, state, and what is unread"


def test_pages_of_the_table_hold_fifty_teams(people: People) -> None:
    TeamFactory.create_batch(55)
    client = people.client("admin")
    assert len(rows(client, "/?view=table")) == 50
    assert len(rows(client, "/?view=table&page=2")) == 7
    assert "page=2" in client.get("/?view=table&sort=name").content.decode()


def test_a_board_that_cannot_hold_all_shows_the_first_of_each_stage(people: People) -> None:
    """By no page of its own, with the number of all and the way to them; a single stage is paged."""
    for order, number in ((2, 30), (3, 4), (4, 21)):
        TeamFactory.create_batch(number, stage=StageFactory.create(order=order, slug=f"of-{order}"))
    client = people.client("admin")
    board = client.get("/?sort=name&page=2").content.decode()
    counts = [int(number) for number in re.findall(r"<h3[^>]*>[^<]*<span>(\d+)</span>", board)]
    assert counts == [2, 30, 4, 21]
    assert "page=2" not in re.sub(r"<form.*?</form>", "", board, flags=re.DOTALL)
    seen = portfolio.look(people.admin, {"sort": "name"}, None, is_board=True).rows
    every = portfolio.rows_of(people.admin, {"sort": "name"})
    for stage in Stage.objects.all():
        first = [row for row in every if row.stage_id == stage.pk][:12]
        assert [row for row in seen if row.stage_id == stage.pk] == first
    way = html.unescape(re.findall(r'href="([^"]*stage=of-[^"]*)#teams"', board)[0])
    assert len(rows(client, "/" + way)) == 30
    assert len(rows(client, "/?stage=of-2&team=team")) == 30


def test_csv_holds_every_row_and_no_formula(people: People) -> None:
    people.team.name = "=HYPERLINK(1)"
    people.team.save(update_fields=["name"])
    TeamFactory.create_batch(60)
    response = people.client("admin").get("/portfolio.csv")
    assert response["Content-Type"].startswith("text/csv")
    text = response.content.decode()
    assert text.startswith("\ufeff"), "spreadsheets guess the encoding otherwise"
    read = list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))
    assert len(read) == 62
    assert "'=HYPERLINK(1)" in {row["team"] for row in read}
    assert people.client("partner").get("/portfolio.csv").content.count(b"\n") == 2


def test_a_loss_is_written_with_a_minus(people: People) -> None:
    week(people.team, SUNDAY - timedelta(weeks=52), active=5)
    week(people.team, SUNDAY, active=2)
    for address in ("/", "/?view=table"):
        assert "\N{MINUS SIGN}3" in people.client("partner").get(address).content.decode()


def test_csv_says_why_a_gate_cannot_be_decided(people: People) -> None:
    CriterionFactory.create(stage=people.team.stage)
    MeasurementFactory.create(team=people.team, value=None, reason="No source is connected.")
    text = people.client("partner").get("/portfolio.csv").content.decode()
    assert "Active contributors: no source is connected" in text


def test_nobody_without_a_team_is_left_with_an_empty_page(people: People) -> None:
    people.viewer.memberships.all().delete()
    body = people.client("viewer").get("/").content.decode()
    assert "No team yet" in body
    assert "/account/" in body


def test_a_stranger_is_sent_to_log_in(people: People) -> None:
    client = people.client("anonymous")
    assert client.get("/").status_code == 302
    assert client.get("/portfolio.csv").status_code == 302
    assert not get_user(client).is_authenticated
