"""The read models of a team's page."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from lifecycle.measures import Measure
from lifecycle.models import Duty, Milestone
from teams import milestones, promotion
from teams.access import access_to
from teams.dashboard import Dashboard, dashboard_of, ways
from teams.dashboard.numbers import numbers_of
from teams.dashboard.track import stays
from teams.models import Measurement, MilestoneEvent, Population, Team, User, WeeklyCount
from tests import weeks
from tests.conftest import People
from tests.factories import (
    CriterionFactory,
    DutyFactory,
    MeasurementFactory,
    MembershipFactory,
    MilestoneFactory,
    SignalFactory,
    StageFactory,
)

pytestmark = pytest.mark.django_db
SUNDAY = date(2026, 6, 21)


def week(team: Team, back: int, **told: int) -> WeeklyCount:
    return weeks.week(team, SUNDAY - timedelta(weeks=back), **told)


def read(team: Team, reader: User, *, only_missing: bool = False) -> Dashboard:
    fresh = Team.objects.select_related("stage").get(pk=team.pk)
    return dashboard_of(fresh, reader=reader, access=access_to(reader, fresh), only_missing=only_missing)


@pytest.mark.usefixtures("clock")
def test_the_waterfall_of_a_year_starts_from_the_stock_before_it(people: People) -> None:
    week(people.team, 52, active=5)
    for back in range(51, 0, -1):
        week(people.team, back, active=5)
    week(people.team, 0, active=7, core=1, active_converted=3, active_returned=1, active_lapsed=2)
    numbers = numbers_of(people.team)
    assert numbers is not None
    assert numbers.waterfall is not None
    assert [bar.value for bar in numbers.waterfall.bars] == [5, 3, 1, 2, 7]
    assert numbers.as_of == date(2026, 6, 17), "the week still runs: its stock is of today"
    assert [fact.value for fact in numbers.facts[:2]] == [7, 1]


@pytest.mark.usefixtures("clock")
def test_a_young_team_starts_from_nobody(people: People) -> None:
    week(people.team, 1, active=2, active_converted=2)
    week(people.team, 0, active=1, active_lapsed=1)
    numbers = numbers_of(people.team)
    assert numbers is not None
    assert numbers.waterfall is not None
    assert [bar.value for bar in numbers.waterfall.bars] == [0, 2, 0, 1, 1]


@pytest.mark.parametrize(
    "wrong", [{"active_lapsed": 3}, {"core_converted": 2, "core": 1, "active_converted": 1}], ids=["active", "core"]
)
def test_a_week_that_does_not_add_up_is_refused(people: People, wrong: dict[str, int]) -> None:
    first = week(people.team, 1, active=4)
    with pytest.raises(IntegrityError, match="does not add up"), transaction.atomic():
        week(people.team, 0, **{"active": 5, **wrong})
    week(people.team, 0, active=5)
    with pytest.raises(IntegrityError, match="does not add up"), transaction.atomic():
        WeeklyCount.objects.filter(pk=first.pk).update(casual=6, casual_converted=6)  # the week after it tells of 4


def test_counts_that_contradict_each_other_lose_their_picture_not_the_page(people: People) -> None:
    week(people.team, 3, active=2)
    week(people.team, 0, active=9)  # the weeks between are lost
    assert people.client("viewer").get("/teams/lantern/").status_code == 200
    numbers = numbers_of(people.team)
    assert numbers is not None
    assert numbers.waterfall is None


@pytest.mark.usefixtures("clock")
def test_the_picture_of_levels_is_exclusive(people: People) -> None:
    week(people.team, 1, casual=9, active=4, core=1)
    week(people.team, 0, casual=10, active=6, core=2)
    numbers = numbers_of(people.team)
    assert numbers is not None
    assert numbers.levels is not None
    assert numbers.levels.area is not None
    assert [(layer.key, layer.last) for layer in numbers.levels.area.layers] == [("l3", 2), ("l2", 4), ("l1", 4)]


def test_numbers_of_another_population_are_not_mixed_in(people: People) -> None:
    week(people.team, 0, active=4)
    assert numbers_of(people.team, Population.STAFF) is None


def test_the_track_dates_what_was_decided(people: People) -> None:
    StageFactory.create(order=2)
    first = promotion.enter(people.team, actor=None, on=people.team.entered_on)
    dashboard = read(people.team, people.partner)
    assert [(stop.place, stop.stage.order) for stop in dashboard.track] == [("now", 1), ("next", 2)]
    assert stays([first], [])[0].left_on is None


def test_only_what_is_missing_leaves_out_what_is_met(people: People) -> None:
    CriterionFactory.create(stage=people.team.stage, threshold=1)
    MeasurementFactory.create(team=people.team, value=5)
    MilestoneFactory.create(stage=people.team.stage)
    every = read(people.team, people.partner)
    missing = read(people.team, people.partner, only_missing=True)
    assert len(every.conditions) == 2
    assert [row.kind for row in missing.conditions] == ["milestones"]
    assert missing.verdict.state == every.verdict.state


def test_the_next_moves_name_whose_they_are_and_the_readers_own_come_first(people: People) -> None:
    milestone = MilestoneFactory.create(stage=people.team.stage, needs_verification=True, text="The plan is written.")
    own = read(people.team, people.activator).moves[0]
    assert (own.mine, own.anchor) == (True, f"milestone-{milestone.pk}")
    seen = next(move for move in read(people.team, people.partner).moves if move.anchor == own.anchor)
    assert (seen.mine, seen.who) == (False, "Activator Muster")
    milestones.record(people.team, milestone=milestone, actor=people.activator, action=milestones.Action.DONE, seen=0)
    first = read(people.team, people.partner).moves[0]
    assert first.mine
    assert first.text == "Verify “The plan is written”."


def test_a_reader_is_led_to_a_move_of_somebody_else_and_not_told_to_make_it(people: People) -> None:
    MembershipFactory.create(team=people.team)  # a second editor: one alone is a move of its own
    milestone = MilestoneFactory.create(stage=people.team.stage, needs_verification=True)
    milestones.record(people.team, milestone=milestone, actor=people.activator, action=milestones.Action.DONE, seen=0)
    assert read(people.team, people.partner).moves[0].action == "Verify"
    for other in (people.activator, people.viewer):
        assert {move.action for move in read(people.team, other).moves} == {"See the milestone", "See the check-ins"}


def test_a_condition_leads_whose_move_it_is_to_where_it_is_worked_at_and_others_to_the_gate(people: People) -> None:
    CriterionFactory.create(stage=people.team.stage, measure=Measure.ACTIVATORS_APPOINTED, threshold=5)
    MeasurementFactory.create(team=people.team, measure=Measure.ACTIVATORS_APPOINTED, value=1)
    move = read(people.team, people.partner).moves[0]
    assert (move.mine, move.page) == (True, "/teams/lantern/people/?role=activator")
    seen = read(people.team, people.viewer).moves[0]
    assert (seen.text, seen.page, seen.anchor) == (move.text, "", "gate")


def test_every_place_where_a_condition_is_worked_at_is_there(people: People) -> None:
    client = people.client("admin")
    for way in {*ways.WAYS.values(), ways.CONFIRM}:
        page = client.get(way.address(people.team) or people.team.get_absolute_url())
        assert f'id="{way.anchor}"' in page.content.decode(), way


def test_the_page_says_what_is_missing_in_sentences(people: People) -> None:
    StageFactory.create(order=2)
    CriterionFactory.create(stage=people.team.stage, threshold=8)
    MeasurementFactory.create(team=people.team, value=5)
    MilestoneFactory.create(stage=people.team.stage)
    page = people.client("activator").get("/teams/lantern/").content.decode()
    assert (
        'The gate is closed. Active contributors: <strong class="nowrap">3 more people</strong>. '
        'Milestones of the stage: <strong class="nowrap">1 to go</strong>.' in page
    )
    assert "Active contributors: 3 more people.</p>" in page
    Measurement.objects.update(value=None, reason="No source is connected.")
    MilestoneEvent.objects.create(
        team=people.team, milestone=Milestone.objects.get(), seq=1, action="done", state="done", actor=people.activator
    )
    page = people.client("activator").get("/teams/lantern/").content.decode()
    assert "The gate cannot be decided. Active contributors: no source is connected." in page
    assert "here now" in page
    Team.objects.update(state=Team.State.PAUSED)  # its clock stands still, and nobody is told that it runs
    page = people.client("activator").get("/teams/lantern/").content.decode()
    assert "here now" not in page


def test_milestones_that_are_sentences_are_listed_and_not_strung_together(people: People) -> None:
    for text in ("The plan is written.", "The rota is kept."):
        MilestoneFactory.create(stage=people.team.stage, text=text)
    page = people.client("viewer").get("/teams/lantern/").content.decode()
    still_to_do = page.split("Still to do:")[1].split("</details>")[0]
    assert still_to_do.count(".</a></li>") == 2
    assert ".;" not in page
    assert ".</a>." not in page


def test_what_is_optional_is_not_said_to_count_for_the_gate(people: People) -> None:
    MilestoneFactory.create(stage=people.team.stage)
    optional = MilestoneFactory.create(stage=people.team.stage, required=False)
    milestones.record(people.team, milestone=optional, actor=people.activator, action=milestones.Action.DONE, seen=0)
    page = people.client("viewer").get("/teams/lantern/").content.decode()
    assert "The gate asks for 1 and counts 0. 1 is optional." in page


def test_everybody_reads_the_duties_of_their_own_role_first(people: People) -> None:
    DutyFactory.create(stage=people.team.stage, role=Duty.Role.ACTIVATOR)
    assert [part.role for part in read(people.team, people.activator).mine] == ["activator"]
    assert [part.role for part in read(people.team, people.viewer).mine] == []


def test_the_page_costs_the_same_with_many_milestones_and_risks(people: People) -> None:
    client = people.client("partner")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/teams/lantern/").status_code == 200
        return len(captured)

    def more(number: int) -> None:
        for _each in range(number):
            milestone = MilestoneFactory.create(stage=people.team.stage)
            people.team.milestone_events.create(
                milestone=milestone, seq=1, action="done", state="done", actor=people.activator
            )
            people.team.risks.create(text="Something", raised_by=people.activator, owner=people.partner)
            people.team.check_ins.create(held_on=date(2026, 6, 1), note="We talked", by=people.partner)
            SignalFactory.create(
                team=people.team, state="ended", closed_at=datetime(2026, 6, 1, tzinfo=UTC), who=people.activator
            )

    more(2)
    few = queries()
    more(10)
    assert queries() == few
    assert few <= 45


def test_pictures_speak_of_one_person_as_of_one(people: People) -> None:
    week(people.team, 1, active=1)
    week(people.team, 0, active=1)
    numbers = numbers_of(people.team)
    assert numbers is not None
    assert numbers.levels is not None
    assert numbers.levels.title == "Levels since the first contribution: one person is active now"
