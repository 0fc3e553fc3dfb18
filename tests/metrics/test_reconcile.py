"""The reconciler's comparison: exactly what differs, with both values, and nothing mended."""

import threading
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection, connections, transaction

from lifecycle import jobs
from lifecycle.measures import Measure
from lifecycle.models import Job
from metrics import reconcile
from metrics.models import Drift, Span
from metrics.reconcile import Compared, Difference
from pathways.models import CommunityRole, Level, Pathway
from teams.models import Measurement, Promotion, PromotionRequest, Team, WeeklyCount
from tests.factories import (
    CheckInFactory,
    CommunityRoleFactory,
    ContributorFactory,
    CriterionFactory,
    EnrolmentFactory,
    IdentityFactory,
    PathwayFactory,
    PointFactory,
    StageFactory,
    TeamFactory,
    UserFactory,
)
from tests.metrics.acts import act, source_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = date(2026, 6, 17)


@pytest.fixture
def pathway(clock: time_machine.Traveller) -> Pathway:
    """A team with two pathways, of every sort of person, counted."""
    CriterionFactory.create(stage=StageFactory.create(order=1), measure=Measure.CHECK_INS_90D, window_days=30)
    pathway: Pathway = PathwayFactory.create()
    other = PathwayFactory.create(team=pathway.team, is_prototype=True)
    for each in (pathway, other):
        PointFactory.create(pathway=each, level=Level.CASUAL, n=1, w=30)
        PointFactory.create(pathway=each, level=Level.ACTIVE, n=3, d=2, w=90)
        PointFactory.create(pathway=each, level=Level.CORE, n=2, w=60, roles=["leader"])
        source_of(each, complete_to=TODAY)
    ann, bo, bot = ContributorFactory.create(), ContributorFactory.create(), ContributorFactory.create(is_bot=True)
    act(pathway, ann, *(TODAY - days * DAY for days in (400, 399, 398, 50, 40, 30, 1)))
    act(pathway, bo, TODAY - 20 * DAY, TODAY - 2 * DAY)
    act(other, bo, TODAY - 19 * DAY)
    act(pathway, bot, TODAY)
    CommunityRoleFactory.create(team=pathway.team, contributor=bo, role=CommunityRole.Role.LEADER)
    EnrolmentFactory.create(pathway=other, enrolled_on=TODAY - 100 * DAY)
    CheckInFactory.create(team=pathway.team, held_on=TODAY - 3 * DAY)
    jobs.drain()
    return pathway


def compare(team: Team) -> Compared:
    found = reconcile.compare(team.pk)
    assert found is not None
    return found


def the_one(team: Team) -> Difference:
    """The only difference."""
    (only,) = compare(team).differences
    return only


def everything(team: Team) -> list[Any]:
    """All that is derived for a team, as it is stored."""
    return [
        list(Span.objects.filter(team_id=team.pk).order_by("pk").values()),
        list(WeeklyCount.objects.filter(team=team).order_by("pk").values()),
        list(Measurement.objects.filter(team=team).order_by("pk").values()),
    ]


def test_a_healthy_team_has_no_difference_and_tells_how_much_was_compared(pathway: Pathway) -> None:
    found = compare(pathway.team)
    assert found.differences == []
    assert found.spans == Span.objects.filter(team_id=pathway.team_id).count() > 20
    weeks, measurements = WeeklyCount.objects.count(), Measurement.objects.filter(team=pathway.team).count()
    assert found.rows == weeks + measurements > 200


def test_a_longer_span_is_one_difference_with_both_values(pathway: Pathway) -> None:
    wrong = Span.objects.filter(team_id=pathway.team_id, pathway_id=pathway.pk, level=Level.ACTIVE)
    row = wrong.order_by("from_on")[0]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE metrics_span SET until_on = until_on + 7 WHERE pathway_id = %s AND level = %s AND from_on = %s",
            [row.pathway_id, row.level, row.from_on],
        )
    found = the_one(pathway.team)
    assert found.what == Drift.What.SPAN
    assert found.key == f"pathway {pathway.pk}, contributor {row.contributor_id}, active"
    tail = f", first, population {row.population}"
    assert found.stored == f"{row.from_on} to {row.until_on + 7 * DAY}{tail}"
    assert found.derived == f"{row.from_on} to {row.until_on}{tail}"


@pytest.mark.parametrize("column", ["from_on = from_on + 1", "is_first = NOT is_first", "population = 8"])
def test_every_column_of_a_span_is_compared(pathway: Pathway, column: str) -> None:
    team = pathway.team
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE metrics_span SET {column} WHERE pathway_id = 0 AND level = 2 AND is_first")
    found = the_one(team)
    assert (found.what, found.stored != found.derived) == (Drift.What.SPAN, True)
    assert found.stored
    assert found.derived


def test_a_lost_span_and_one_of_nobody(pathway: Pathway) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM metrics_span WHERE pathway_id = %s AND level = 3", [pathway.pk])
        assert cursor.rowcount == 1
        cursor.execute(
            "INSERT INTO metrics_span (team_id, pathway_id, contributor_id, level, population, from_on, until_on,"
            " is_first) VALUES (%s, 0, 999999, 3, 13, '2026-01-01', '2026-02-01', true)",
            [pathway.team_id],
        )
    extra, lost = compare(pathway.team).differences
    assert (lost.stored, bool(lost.derived)) == ("", True)
    assert (extra.stored, extra.derived) == ("2026-01-01 to 2026-02-01, first, population 13", "")


def test_a_wrong_weekly_row_is_one_difference_that_names_its_column(pathway: Pathway) -> None:
    row = WeeklyCount.objects.filter(team=pathway.team, pathway_id=0, population="volunteers").latest("week")
    WeeklyCount.objects.filter(pk=row.pk).update(new=row.new + 4)
    found = the_one(pathway.team)
    assert (found.what, found.key) == (Drift.What.WEEK, f"pathway 0, volunteers, week to {row.week}")
    assert (found.stored, found.derived) == (f"new {row.new + 4}", f"new {row.new}")


def test_a_lost_weekly_row_and_one_too_many(pathway: Pathway) -> None:
    kept = WeeklyCount.objects.filter(team=pathway.team, pathway_id=pathway.pk, population="staff")
    lost, last = kept.earliest("week"), kept.latest("week")
    WeeklyCount.objects.filter(pk=lost.pk).delete()
    WeeklyCount.objects.filter(pk=last.pk).update(week=last.week + 7 * DAY)
    found = {each.key: each for each in compare(pathway.team).differences}
    assert len(found) == 3
    stem = f"pathway {pathway.pk}, staff, week to"
    assert found[f"{stem} {lost.week}"].stored == ""
    assert "casual 0" in found[f"{stem} {lost.week}"].derived
    assert found[f"{stem} {last.week}"].stored == ""
    assert found[f"{stem} {last.week + 7 * DAY}"].derived == ""


def test_a_wrong_measurement_is_one_difference(pathway: Pathway) -> None:
    mine = Measurement.objects.filter(team=pathway.team, measure=Measure.ACTIVE_CONTRIBUTORS)
    value = mine.get().value
    mine.update(value=11)
    found = the_one(pathway.team)
    assert (found.what, found.key) == (Drift.What.MEASUREMENT, "active_contributors")
    assert (found.stored, found.derived) == ("value 11.0000", f"value {value}")


def test_what_a_gate_reads_beside_the_value_is_compared_too(pathway: Pathway) -> None:
    mine = Measurement.objects.filter(team=pathway.team, measure=Measure.CHECK_INS_90D)
    mine.filter(window_days=30).update(valid_until=None)
    mine.filter(window_days=0).delete()
    active = Measurement.objects.filter(team=pathway.team, measure=Measure.ACTIVE_CONTRIBUTORS)
    active.update(detail={**active.get().detail, "unclassified": 99}, points=[{"week": "2026-06-14", "value": "1"}])
    first, whole, window = compare(pathway.team).differences
    assert "unclassified 99" in first.stored
    assert "points [{" in first.stored
    assert (whole.key, whole.stored) == ("check_ins_90d", "")
    assert (window.key, window.stored) == ("check_ins_90d, 30 days", "valid until None")


def test_the_course_of_growth_is_compared(pathway: Pathway) -> None:
    CriterionFactory.create(stage=pathway.team.stage, measure=Measure.ACTIVE_GROWTH, threshold=10)
    Team.objects.filter(pk=pathway.team_id).update(entered_on=TODAY - 399 * DAY)  # the first act is older
    jobs.drain()
    row = Measurement.objects.get(team=pathway.team, measure=Measure.ACTIVE_GROWTH)
    assert compare(pathway.team).differences == []
    row.detail["course"]["active"][-1] += 1
    row.save(update_fields=["detail"])
    assert the_one(pathway.team).key == "active_growth"


def test_a_comparison_mends_nothing_and_leaves_nothing_behind(pathway: Pathway) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE metrics_span SET until_on = until_on + 7 WHERE level = 1")
    WeeklyCount.objects.filter(team=pathway.team, population="people").update(new=77)
    Measurement.objects.filter(team=pathway.team, measure=Measure.LEADERS).update(value=77)
    before = everything(pathway.team)
    assert len(compare(pathway.team).differences) > 3
    assert everything(pathway.team) == before
    assert not Job.objects.filter(state=Job.State.QUEUED).exists()
    assert compare(pathway.team) == compare(pathway.team)


def test_facts_that_are_not_counted_yet_are_no_difference(pathway: Pathway) -> None:
    act(pathway, ContributorFactory.create(), TODAY)
    assert reconcile.compare(pathway.team_id) is None
    jobs.drain()
    assert compare(pathway.team).differences == []


@pytest.mark.parametrize(
    "pending",
    [
        "INSERT INTO metrics_touched (team_id, pathway_id, contributor_id) VALUES (%(team)s, 0, 0)",
        "INSERT INTO lifecycle_job (kind, key) VALUES ('recount', %(team)s::text)",
        "INSERT INTO lifecycle_job (kind, key) VALUES ('rebuild', %(team)s::text)",
        "UPDATE teams_team SET data_version = data_version + 1, facts_version = data_version + 1 WHERE id = %(team)s",
        "DELETE FROM teams_measurement WHERE team_id = %(team)s",
    ],
)
def test_a_team_with_work_pending_is_behind(pathway: Pathway, pending: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(pending, {"team": pathway.team_id})
    assert reconcile.compare(pathway.team_id) is None


def test_a_day_that_passes_is_no_difference(pathway: Pathway, clock: time_machine.Traveller) -> None:
    clock.move_to(datetime(2026, 8, 30, 12, tzinfo=UTC))
    assert compare(pathway.team).differences == []


def test_what_other_teams_do_is_no_difference(clock: time_machine.Traveller) -> None:
    growing = StageFactory.create(order=1)
    CriterionFactory.create(stage=growing, measure=Measure.ACTIVE_GROWTH)
    jumping = StageFactory.create(order=2)
    CriterionFactory.create(stage=jumping, measure=Measure.CONTRIBUTION_JUMP)
    pathway = PathwayFactory.create(team__stage=jumping, team__entered_on=TODAY - 10 * DAY)
    PointFactory.create(pathway=pathway, level=Level.ACTIVE)
    source_of(pathway, complete_to=TODAY)
    act(pathway, IdentityFactory.create(), TODAY - 20 * DAY)
    jobs.drain()
    jump = Measurement.objects.get(team=pathway.team, measure=Measure.CONTRIBUTION_JUMP)
    assert (jump.value, jump.detail["teams"]) == (Decimal(1), 0)
    other, activator, partner = TeamFactory.create(stage=jumping), UserFactory.create(), UserFactory.create()
    Promotion.objects.create(
        team=other,
        seq=1,
        kind=Promotion.Kind.PROMOTED,
        from_stage=growing,
        to_stage=jumping,
        request=PromotionRequest.objects.create(team=other, stage=growing, requested_by=activator),
        requested_by=activator,
        decided_by=partner,
        effective_on=TODAY,
        data_version=1,
        record={},
    )
    assert compare(pathway.team).differences == []


@pytest.mark.django_db(transaction=True)
def test_a_comparison_waits_for_facts_that_are_being_written() -> None:
    """Without the team's lock it would look before they can be seen, and derive when they can."""
    pathway = PointFactory.create(level=Level.CASUAL).pathway
    act(pathway, ContributorFactory.create(), TODAY)
    jobs.drain()
    written = threading.Event()

    def write() -> None:
        with transaction.atomic():
            act(pathway, ContributorFactory.create(), TODAY)
            written.set()
            time.sleep(0.5)  # the facts are there, and nobody sees them yet
        connections.close_all()

    writer = threading.Thread(target=write)
    writer.start()
    assert written.wait(10)
    assert reconcile.compare(pathway.team_id) is None
    writer.join()
