"""What the database holds to, whoever writes."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from lifecycle import clock
from lifecycle.models import Job, Milestone
from teams.models import CheckIn, Confirmation, Membership, MilestoneEvent, Promotion, PromotionRequest, Team, Waiver
from tests.conftest import People
from tests.factories import (
    CheckInFactory,
    CriterionFactory,
    MembershipFactory,
    MilestoneFactory,
    StageFactory,
    TeamFactory,
    TeamRiskFactory,
)
from tests.teams.scenes import asked, fresh


def event(people: People) -> MilestoneEvent:
    return MilestoneEvent.objects.create(
        team=people.team,
        milestone=MilestoneFactory.create(stage=people.team.stage),
        seq=1,
        action=MilestoneEvent.Action.DONE,
        state=MilestoneEvent.State.DONE,
        actor=people.activator,
    )


def entry(people: People) -> Promotion:
    return Promotion.objects.create(
        team=people.team,
        seq=1,
        kind=Promotion.Kind.ENTERED,
        to_stage=people.team.stage,
        effective_on=clock.today(),
        data_version=1,
        record={},
    )


@pytest.mark.parametrize("make", [event, entry])
def test_history_is_neither_changed_nor_deleted(people: People, make: Callable[[People], Promotion]) -> None:
    row = make(people)
    table = row._meta.db_table
    with connection.cursor() as cursor:  # TRUNCATE waits for no foreign key that is still to be checked
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for statement in (
        f"UPDATE {table} SET seq = 2",
        f"DELETE FROM {table}",
        f"TRUNCATE {table} CASCADE",
        f"UPDATE {table} SET seq = 2 WHERE false",
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    row.refresh_from_db()
    assert row.seq == 1


def waiver(people: People) -> object:
    return Waiver.objects.create(
        team=people.team,
        milestone=MilestoneFactory.create(stage=StageFactory.create(order=9)),
        reason="Later.",
        expires_on=clock.today(),
        asked_by=people.activator,
    )


def confirmation(people: People) -> object:
    return Confirmation.objects.create(
        team=people.team,
        criterion=CriterionFactory.create(stage=StageFactory.create(order=9)),
        baseline=3,
        text="Counted.",
        by=people.partner,
    )


def definition(people: People) -> object:
    return MilestoneFactory.create(stage=people.team.stage)


def request(people: People) -> object:
    return asked(people.team, people.activator)


@pytest.mark.parametrize("write", [event, waiver, confirmation, definition, request])
def test_what_the_gate_reads_live_moves_the_version_alone(people: People, write: Callable[[People], object]) -> None:
    before, other = fresh(people.team), fresh(Team.objects.get(slug="elsewhere"))
    Team.objects.filter(pk=other.pk).update(stage=StageFactory.create(order=2))
    other, jobs = fresh(other), Job.objects.count()
    write(people)
    after = fresh(people.team)
    assert after.data_version > before.data_version
    assert after.facts_version == before.facts_version
    assert fresh(other).data_version == other.data_version
    assert Job.objects.count() == jobs


def membership(people: People) -> object:
    return MembershipFactory.create(team=people.team)


def check_in(people: People) -> object:
    return CheckInFactory.create(team=people.team)


def criterion(people: People) -> object:
    return CriterionFactory.create(stage=people.team.stage, threshold=Decimal(2))


def move(people: People) -> object:
    return Team.objects.filter(pk=people.team.pk).update(stage=StageFactory.create(order=3))


def pause(people: People) -> object:
    return Team.objects.filter(pk=people.team.pk).update(state=Team.State.PAUSED)


@pytest.mark.parametrize("write", [membership, check_in, criterion, move, pause])
def test_what_the_measures_count_makes_them_be_counted_again(people: People, write: Callable[[People], object]) -> None:
    Job.objects.all().delete()
    before = fresh(people.team)
    write(people)
    after = fresh(people.team)
    assert after.facts_version > before.facts_version
    assert after.data_version >= after.facts_version
    assert Job.objects.filter(kind="recount", key=str(people.team.pk), state="queued").count() == 1


def test_updates_and_deletes_count_too(people: People) -> None:
    CheckInFactory.create(team=people.team)
    for write in (
        lambda: CheckIn.objects.update(note="Other."),
        lambda: Membership.objects.filter(user=people.viewer).update(ends_on=clock.today()),
        lambda: CheckIn.objects.all().delete(),
    ):
        before = fresh(people.team)
        write()
        assert fresh(people.team).facts_version > before.facts_version


def test_one_statement_bumps_each_of_many_teams_once(people: People) -> None:
    teams = TeamFactory.create_batch(3, stage=people.team.stage)
    milestone = MilestoneFactory.create(stage=StageFactory.create(order=2))
    before = {team.pk: fresh(team).data_version for team in teams}
    CheckIn.objects.bulk_create(
        CheckIn(team=team, held_on=clock.today(), note="x", by=people.admin) for team in teams for _ in range(5)
    )
    assert {pk: fresh(Team(pk=pk)).data_version - version for pk, version in before.items()} == dict.fromkeys(before, 1)
    assert Milestone.objects.filter(pk=milestone.pk).update(text="Other.") == 1
    assert fresh(people.team).stage_id == people.team.stage_id


def test_what_no_gate_depends_on_moves_nothing(people: People) -> None:
    before = fresh(people.team).data_version
    TeamRiskFactory.create(team=people.team)
    Team.objects.filter(pk=people.team.pk).update(about="Other words.")
    assert fresh(people.team).data_version == before


def test_a_request_that_is_open_is_alone(people: People) -> None:
    asked(people.team, people.activator)
    with pytest.raises(DatabaseError, match="promotion_request_one_open"), transaction.atomic():
        asked(people.team, people.admin)
    assert PromotionRequest.objects.count() == 1
