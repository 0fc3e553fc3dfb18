"""What all teams together tell: held against plain loops, of the right teams, in a fixed number of queries."""

import csv
import re
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from statistics import quantiles
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from lifecycle.measures import Measure, Strength
from lifecycle.models import Stage
from lifecycle.tables import FORMS
from teams import gates, thresholds
from teams.dashboard.track import stays as stays_of
from teams.insights.holding import held, holding
from teams.insights.scope import scope_of
from teams.insights.stays import each_stay, stays
from teams.insights.tables import TABLES
from teams.models import Promotion, PromotionRequest, Role, StateChange, Team
from teams.standings import periods
from tests.conftest import People
from tests.factories import (
    CriterionFactory,
    MeasurementFactory,
    MembershipFactory,
    MilestoneFactory,
    StageFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
BEGAN, TODAY = date(2025, 1, 1), date(2026, 6, 17)
Moves = list[tuple[int, int]]
FROZEN: dict[str, Any] = {"data_version": 1, "record": {}}

#: A team's way: the stage it goes to (0 declines a request), and the days until the next decision.
moves = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 90)), min_size=1, max_size=5)
#: Days since the beginning on which the team is paused, or goes on.
halts = st.lists(st.tuples(st.integers(-30, 400), st.sampled_from([Team.State.PAUSED, Team.State.ACTIVE])), max_size=3)


def walk(team: Team, ladder: list[Stage], way: Moves) -> None:
    """Decisions as told, the first one the entry."""
    asker, partner = UserFactory.create_batch(2)
    day = BEGAN
    here: Stage | None = None
    for seq, (to, days) in enumerate(way, start=1):
        if here is None:
            here = ladder[max(to, 1) - 1]
            kind, request, reason = "entered", None, ""
        else:
            kind = "declined" if to == 0 else "promoted" if to - 1 > ladder.index(here) else "stepped_back"
            request = (
                None
                if kind == "stepped_back"
                else PromotionRequest.objects.create(team=team, stage=here, requested_by=asker, state="promoted")
            )
            reason = "" if kind == "promoted" else "Because."
        goal = ladder[to - 1] if to else here
        Promotion.objects.create(
            team=team, seq=seq, kind=kind, from_stage=None if seq == 1 else here, to_stage=goal, request=request,
            requested_by=asker if request else None, decided_by=None if seq == 1 else partner, effective_on=day,
            reason=reason, **FROZEN,
        )  # fmt: skip
        here, day = goal, day + timedelta(days=days)


def plainly(teams: list[Team], stage: Stage, *, is_over: bool) -> list[int]:
    """The days of every stay in a stage on which the team was not paused, by a walk from day to day."""
    found = []
    for team in teams:
        changes = list(StateChange.objects.filter(team=team))
        for stay in stays_of(list(Promotion.objects.filter(team=team).select_related("to_stage")), periods(changes)):
            runs = stay.left_on is None
            if stay.stage == stage and runs != is_over and not (runs and team.state == Team.State.RETIRED):
                walked = ((stay.left_on or TODAY) - stay.entered_on).days
                days = sum(_is_active(changes, stay.entered_on + timedelta(days=number)) for number in range(walked))
                assert runs or (stay.days, stay.paused) == (days, walked - days)
                found.append(days)
    return sorted(found)


def _is_active(changes: list[StateChange], day: date) -> bool:
    """What the last change of the day or before says."""
    told = [change.state for change in changes if change.on <= day]
    return not told or told[-1] == Team.State.ACTIVE


class TestStays(TestCase):
    """Against a plain loop."""

    @settings(max_examples=25)
    @given(st.lists(st.tuples(moves, st.booleans(), halts), min_size=1, max_size=4))
    def test_lengths_are_those_of_a_plain_loop(self, ways: list[tuple[Moves, bool, list[tuple[int, str]]]]) -> None:
        ladder = [StageFactory.create(order=order) for order in (1, 2, 3)]
        teams = [
            TeamFactory.create(state=Team.State.RETIRED if is_retired else Team.State.ACTIVE)
            for _way, is_retired, _halts in ways
        ]
        for team, (way, _is_retired, stops) in zip(teams, ways, strict=True):
            walk(team, ladder, way)
            for after, state in sorted(stops, key=lambda each: each[0]):
                StateChange.objects.create(team=team, state=state, on=BEGAN + timedelta(days=after))
        for row in stays(Team.objects.all(), ladder, TODAY):
            for told, is_over in ((row.over, True), (row.running, False)):
                days = plainly(teams, row.stage, is_over=is_over)
                assert (told.stays if told else 0) == len(days)
                if told:
                    wanted = quantiles(days, n=4, method="inclusive") if len(days) > 1 else days * 3
                    assert [told.lower, told.median, told.upper] == pytest.approx(wanted)
                explained = each_stay(Team.objects.all(), row.stage, is_over=is_over, today=TODAY)
                assert sorted(each.days for each in explained) == days


def test_what_holds_teams_back_is_what_their_gates_say(people: People) -> None:
    other = StageFactory.create(order=2)
    for stage in (people.team.stage, other):
        CriterionFactory.create(stage=stage, key="people", measure=Measure.ACTIVE_CONTRIBUTORS, threshold=5)
        CriterionFactory.create(stage=stage, key="leaders", measure=Measure.LEADERS, threshold=1)
        MilestoneFactory.create(stage=stage)
    teams = [*Team.objects.all(), *TeamFactory.create_batch(2, stage=other)]
    teams.append(TeamFactory.create(stage=other, state=Team.State.PAUSED))
    TeamFactory.create(stage=other, state=Team.State.RETIRED)
    for place, team in enumerate(teams):
        MeasurementFactory.create(team=team, measure=Measure.ACTIVE_CONTRIBUTORS, value=3 + place)
        if place % 2:
            MeasurementFactory.create(team=team, measure=Measure.LEADERS, value=2)
    wanted: dict[tuple[int, str], list[int]] = {}
    teams_of: dict[tuple[int, str], set[int]] = {}
    for team in teams:
        for row in gates.verdict_of(Team.objects.get(pk=team.pk)).blocking:
            counted = wanted.setdefault((team.stage_id, row.key), [0, 0])
            teams_of.setdefault((team.stage_id, row.key), set()).add(team.pk)
            counted[0] += 1
            counted[1] += row.state == "unknown"
    found = holding(Team.objects.all(), list(Stage.objects.all()))
    assert {(row.stage.pk, row.key): [row.teams, row.unknown] for row in found} == wanted
    assert [row.teams for row in found] == sorted((row.teams for row in found), reverse=True)
    assert {row.stage.pk: row.of for row in found} == {people.team.stage_id: 2, other.pk: 3}
    for one in found:
        explained = held(Team.objects.all(), one.stage, one.key)
        assert {each.team_id for each in explained} == teams_of[one.stage.pk, one.key]
        assert sum(each.state == "unknown" for each in explained) == one.unknown


def test_the_portfolio_shows_the_teams_that_lack_a_condition(people: People) -> None:
    MembershipFactory.create(team=people.team, user=people.admin, role=Role.VIEWER)
    CriterionFactory.create(stage=people.team.stage, key="people", measure=Measure.ACTIVE_CONTRIBUTORS, threshold=5)
    MeasurementFactory.create(team=people.team, measure=Measure.ACTIVE_CONTRIBUTORS, value=3)
    MeasurementFactory.create(team=Team.objects.get(slug="elsewhere"), measure=Measure.ACTIVE_CONTRIBUTORS, value=8)
    client = people.client("admin")
    page = client.get("/insights/").content.decode()
    for link in (r'href="(/insights/numbers/conditions/[^"]+)"', r'href="(/\?stage=[^"]+)"'):
        (address,) = set(re.findall(link, page))
        page = client.get(address.replace("&amp;", "&")).content.decode()
    assert re.findall(r'href="/teams/([\w-]+)/"', page) == ["lantern"]
    assert '<option value="people" selected>' in page
    assert 'name="lacks"' not in client.get("/").content.decode()


# --- whose teams -----------------------------------------------------------------------------------


def growing(team: Team, value: str | None, **detail: object) -> None:
    MeasurementFactory.create(
        team=team,
        measure=Measure.ACTIVE_GROWTH,
        value=None if value is None else Decimal(value),
        reason="" if value else "No source has data from before the stage was entered.",
        detail=detail,
    )


@pytest.mark.parametrize(
    ("who", "is_all"), [("viewer", False), ("activator", False), ("partner", True), ("admin", True)]
)
def test_sums_are_of_all_teams_for_whoever_compares_teams(people: People, who: str, is_all: bool) -> None:
    scope = scope_of(getattr(people, who))
    assert scope.is_all == is_all
    assert scope.counted.count() == (2 if is_all else 1)
    assert scope.named.count() == (2 if who == "admin" else 1)


@pytest.mark.parametrize("who", ["viewer", "activator", "partner"])
def test_a_team_that_somebody_may_not_read_is_never_named(people: People, who: str) -> None:
    """Neither on the page nor in a file, whether it grows, has shown a jump or lacks a condition."""
    CriterionFactory.create(stage=people.team.stage, measure=Measure.ACTIVE_GROWTH, threshold=10)
    for number in range(4):
        secret = TeamFactory.create(name=f"Secret {number}", slug=f"secret-{number}", stage=people.team.stage)
        growing(secret, "2.5", baseline=4, now=10)
        told = {"growth": "1.5", "before": 2, "after": 3, "since": "2025-01-01", "until": "2025-07-02"}
        MeasurementFactory.create(team=secret, measure=Measure.CONTRIBUTION_JUMP, detail={"shown": told})
    growing(people.team, "5", baseline=2, now=10)
    client = people.client(who)
    stays, conditions = "/insights/numbers/stays", "/insights/numbers/conditions"
    asked = f"?stage={people.team.stage.slug}"
    lacking = f"{asked}&condition={gates.verdict_of(people.team).blocking[0].key}"
    names = [
        "/insights/",
        *(f"{stays}{end}{asked}{show}" for end in ("/", ".csv", ".json") for show in ("", "&show=running")),
        *(f"{conditions}{end}{lacking}{left}" for end in ("/", ".csv") for left in ("", "&list=left-out")),
        *(f"/insights/numbers/contribution-jump{end}" for end in ("/", ".csv", ".csv?list=left-out")),
        *(f"/insights/{name}.{form}" for name in TABLES for form in FORMS),
    ]
    pages = {name: client.get(name) for name in names}
    assert {page.status_code for page in pages.values()} == {200}
    for name, answer in pages.items():
        assert "ecret" not in answer.content.decode(), name
    page = pages["/insights/"].content.decode()
    assert "Lantern" in page
    if who == "partner":  # whose sums are of all
        assert "5 more are of teams that you may not read" in pages[f"{conditions}/{lacking}"].content.decode()
    assert "Proposed" in page  # the number itself is the organisation's
    assert "1.50 times" in page


def test_growth_is_shown_against_the_target_largest_first(people: People) -> None:
    scaling = StageFactory.create(order=4)
    CriterionFactory.create(stage=scaling, measure=Measure.ACTIVE_GROWTH, threshold=10)
    small, large, unknown = (TeamFactory.create(name=name, stage=scaling) for name in ("Small", "Large", "Unknown"))
    growing(small, "2.5", baseline=4, now=10)
    growing(large, "12", baseline=2, now=24)
    growing(unknown, None)
    growing(people.team, "3", baseline=1, now=3)  # in a stage that asks for none
    client = people.client("admin")
    rows = list(csv.reader(StringIO(client.get("/insights/growth.csv").content.decode("utf-8-sig"))))[1:]
    assert [[row[0], *row[3:7]] for row in rows] == [
        ["Large", "2", "24", "12.0000", "10.00"],
        ["Small", "4", "10", "2.5000", "10.00"],
        ["Unknown", "", "", "", "10.00"],
    ]
    page = client.get("/insights/").content.decode()
    assert re.findall(r'<rect(?: class="l3")? width="([\d.]+%)"', page[page.index('id="growth"') :]) == [
        "100.0%",
        "25.0%",
    ]
    assert "No source has data" in page


def test_teams_in_scaling_are_paged(people: People) -> None:
    CriterionFactory.create(stage=people.team.stage, measure=Measure.ACTIVE_GROWTH, threshold=10)
    for team in TeamFactory.create_batch(27, stage=people.team.stage):
        growing(team, "2", baseline=1, now=2)
    client = people.client("admin")
    assert "1 to 25 of 27" in client.get("/insights/").content.decode()
    assert "26 to 27 of 27" in client.get("/insights/?page=2").content.decode()
    assert "26 to 27 of 27" in client.get("/insights/?page=99").content.decode()


# --- the jump --------------------------------------------------------------------------------------


def test_the_jump_is_undefined_then_proposed_then_adopted_by_name_and_date(people: People) -> None:
    criterion = CriterionFactory.create(
        stage=people.team.stage,
        measure=Measure.CONTRIBUTION_JUMP,
        threshold=None,
        strength=Strength.INFORMATIONAL,
    )
    told = {"growth": "1.5", "before": 2, "after": 3, "since": "2025-01-01", "until": "2025-07-02"}

    def page(who: str) -> str:
        return people.client(who).get("/insights/").content.decode()

    MeasurementFactory.create(team=people.team, measure=Measure.CONTRIBUTION_JUMP, detail={"shown": told})
    assert "Undefined, 1 of 3 teams" in page("admin")
    assert "/admin/teams/adoption/add/" not in page("admin")
    for _each in range(2):
        MeasurementFactory.create(measure=Measure.CONTRIBUTION_JUMP, detail={"shown": told})
    assert "/admin/teams/adoption/add/" in page("admin")
    assert "/admin/teams/adoption/add/" not in page("partner")
    assert "from 3 teams" in page("viewer")
    thresholds.adopt(criterion, actor=people.admin, threshold=Decimal("1.5"), seen=Decimal("1.50"))
    assert re.search(
        r"In force: at least 1\.50 times, required, adopted by Admin Muster on \d+ \w+ \d{4}\.", page("viewer")
    )


# --- the page --------------------------------------------------------------------------------------


def test_before_anything_happened_the_page_says_what_it_will_show(people: People) -> None:
    page = people.client("viewer").get("/insights/").content.decode()
    for words in (
        "No stay is on record yet",
        "Every required condition",
        "None of the teams",
        "Sums are of the one team",
    ):
        assert words in page, words


def test_each_table_is_linked_and_the_same_in_both_forms(people: People) -> None:
    CriterionFactory.create(stage=people.team.stage, measure=Measure.ACTIVE_GROWTH, threshold=10)
    walk(people.team, [people.team.stage, StageFactory.create(order=2)], [(1, 10), (2, 10), (1, 10)])
    growing(people.team, "2", baseline=1, now=2)
    told = {"growth": "1.5", "before": 2, "after": 3, "since": "2025-01-01", "until": "2025-07-02"}
    MeasurementFactory.create(team=people.team, measure=Measure.CONTRIBUTION_JUMP, detail={"shown": told})
    client = people.client("viewer")
    page = client.get("/insights/").content.decode()
    for name in TABLES:
        rows = list(csv.DictReader(StringIO(client.get(f"/insights/{name}.csv").content.decode("utf-8-sig"))))
        told_too = client.get(f"/insights/{name}.json").json()["rows"]
        assert rows, name
        assert [[*row] for row in rows] == [[*row] for row in told_too], name
        for form in FORMS:
            assert f'href="/insights/{name}.{form}"' in page


@pytest.mark.parametrize(
    "address",
    ["passwords.csv", "numbers/passwords/", "numbers/stays/", "numbers/stays/?stage=%00", "numbers/conditions/"],
)
def test_what_is_not_told_is_not_there(people: People, address: str) -> None:
    assert people.client("admin").get(f"/insights/{address}").status_code == 404


def test_it_costs_the_same_at_any_number_of_teams(people: People) -> None:
    ladder = [people.team.stage, StageFactory.create(order=2)]
    CriterionFactory.create(stage=people.team.stage, measure=Measure.ACTIVE_GROWTH, threshold=10)
    client: Client = people.client("partner")

    def more(number: int) -> None:
        for team in TeamFactory.create_batch(number, stage=people.team.stage):
            MembershipFactory.create(team=team, user=people.partner, role=Role.PARTNER)
            walk(team, ladder, [(1, 10), (2, 10), (1, 10)])
            growing(team, "2", baseline=1, now=2)
            told = {"growth": "1.5", "before": 2, "after": 3, "since": "2025-01-01", "until": "2025-07-02"}
            MeasurementFactory.create(team=team, measure=Measure.CONTRIBUTION_JUMP, detail={"shown": told})
        assert client.get("/insights/").status_code == 200  # every team's row holds now

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/insights/").status_code == 200
        return len(captured)

    more(2)
    few = queries()
    more(28)
    assert queries() == few
    assert few <= 20
