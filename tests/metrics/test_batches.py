"""Teams counted together: each has the rows it would have alone, and none can keep another from being counted."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection

from lifecycle import jobs
from lifecycle.measures import Measure
from lifecycle.models import Job
from metrics import rebuilds
from metrics.evidence import Evidence
from metrics.measures import MEASURES, PEOPLE
from metrics.recount import lock, recount
from pathways.models import Affiliation, CommunityRole, ConversionPoint, Level, Pathway
from teams.models import Measurement, Role, Team, WeeklyCount
from tests.factories import (
    CheckInFactory,
    ContributorFactory,
    CriterionFactory,
    EnrolmentFactory,
    IdentityFactory,
    MembershipFactory,
    PathwayFactory,
    PointFactory,
    SourceFactory,
    StepFactory,
    TeamFactory,
    UserFactory,
)
from tests.metrics.acts import act, known, source_of, stored

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = date(2026, 6, 17)


def everything(team: Team) -> tuple[Any, ...]:
    """All that a recount writes of a team."""
    names = [field.name for field in Measurement._meta.fields if field.name not in {"id", "computed_at", "job"}]
    weeks = WeeklyCount.objects.filter(team=team)
    return (
        stored(team),
        sorted(map(str, weeks.values())),
        sorted(map(str, Measurement.objects.filter(team=team).values_list(*names))),
    )


@pytest.fixture
def teams(clock: time_machine.Traveller) -> list[Team]:
    """Alike in nothing: days, people, roles, data, prospects; two share a person, one has nothing at all."""
    shared = ContributorFactory.create()
    found = []
    for number in range(4):
        point = PointFactory.create(level=Level.ACTIVE, n=2, w=60 + number)
        pathway = point.pathway
        PointFactory.create(pathway=pathway, level=Level.CORE, n=4 + number, w=400)
        source_of(pathway, complete_to=TODAY - number * DAY)
        people = [shared, *ContributorFactory.create_batch(2 + number)]
        for place, person in enumerate(people):
            act(
                pathway, person, *(TODAY - (7 * place + 30 * each + number) * DAY for each in range(5 + number - place))
            )
        for order in (1, 2):
            StepFactory.create(pathway=pathway, order=order, kinds=[known("commit").pk], count=1 + number)
        CommunityRole.objects.create(
            team=pathway.team,
            contributor=people[number],
            role="leader",
            from_on=TODAY - 9 * DAY,
            confirmed_by=UserFactory.create(),
        )
        EnrolmentFactory.create(pathway=pathway, enrolled_on=TODAY - (200 + number) * DAY)
        CheckInFactory.create(team=pathway.team, held_on=TODAY - number * DAY)
        pathway.team.entered_on = TODAY - (50 + 40 * number) * DAY
        pathway.team.save(update_fields=["entered_on"])
        found.append(pathway.team)
    CriterionFactory.create(stage=found[0].stage, measure=Measure.ACTIVE_GROWTH)
    CriterionFactory.create(stage=found[0].stage, measure=Measure.CHECK_INS_90D, window_days=2)
    late = SourceFactory.create(pathway=Pathway.objects.get(team=found[3]), complete_to=TODAY)
    act(late.pathway, shared, TODAY - 8 * DAY, TODAY - 9 * DAY, source=late)
    # Who works with one team contributes to another as everybody does.
    user = UserFactory.create(email="works@home.example")
    MembershipFactory.create(team=found[0], user=user, role=Role.ACTIVATOR)
    worker = IdentityFactory.create(email="works@home.example").contributor
    for team in found[:2]:
        act(Pathway.objects.get(team=team), worker, TODAY - 5 * DAY, TODAY - 6 * DAY)
    Affiliation.objects.create(contributor=shared, kind="volunteer", from_on=TODAY - 900 * DAY)
    prototype = PathwayFactory.create(team=found[2], is_prototype=True, opened_on=TODAY - 90 * DAY)
    PointFactory.create(pathway=prototype, level=Level.ACTIVE, n=1, w=30)
    act(prototype, shared, TODAY - 4 * DAY)
    return [*found, TeamFactory.create()]


@pytest.mark.parametrize("rebuild", [True, False], ids=["rebuilt", "followed"])
def test_a_batch_gives_each_team_what_it_gives_alone(teams: list[Team], *, rebuild: bool) -> None:
    recount(*(team.pk for team in teams), rebuild=rebuild)
    together = [everything(team) for team in teams]
    assert all(measures for _spans, _weeks, measures in together)
    told = Measurement.objects.filter(measure__in=[Measure.NEW_CONTRIBUTORS, Measure.ACTIVE_GROWTH])
    assert told.values("measure", "value", "detail__through").distinct().count() > len(teams)
    for team in teams:
        for table in ("metrics_span", "teams_weeklycount", "teams_measurement"):
            with connection.cursor() as cursor:
                cursor.execute(f"DELETE FROM {table} WHERE team_id = %s", [team.pk])
        recount(team.pk, rebuild=True)
    assert [everything(team) for team in teams] == together


def test_each_measure_and_each_list_is_that_of_the_team(teams: list[Team]) -> None:
    for evidence in Evidence.of(teams, TODAY):
        alone = Evidence(evidence.team, TODAY)
        for measure, count in MEASURES.items():
            assert count(evidence, 0) == count(alone, 0), measure
        for measure, people in PEOPLE.items():
            assert people(evidence, 90) == people(alone, 90), measure


def test_how_much_is_asked_of_the_database_does_not_grow_with_the_teams(
    teams: list[Team], django_assert_max_num_queries: Any
) -> None:
    recount(*(team.pk for team in teams))
    with django_assert_max_num_queries(1000) as alone:
        recount(teams[0].pk, rebuild=True)
    with django_assert_max_num_queries(len(alone) + 3):
        recount(*(team.pk for team in teams), rebuild=True)


def test_what_is_touched_in_one_team_leaves_the_others_weeks_to_themselves(teams: list[Team]) -> None:
    """One can follow, one is counted anew for its pathway was touched as a whole, one has nothing to do."""
    recount(*(team.pk for team in teams))
    one, whole, _idle, *_rest = (team.pathways.earliest("pk") for team in teams[:4])
    act(one, ContributorFactory.create(), TODAY - 9 * DAY, TODAY - 12 * DAY)
    ConversionPoint.objects.filter(pathway=whole).update(w=10)
    recount(*(team.pk for team in teams))
    followed = [everything(team) for team in teams]
    recount(*(team.pk for team in teams), rebuild=True)
    assert [everything(team) for team in teams] == followed


def test_a_batch_holds_the_locks_of_its_teams(teams: list[Team]) -> None:
    with connection.cursor() as cursor:
        held = lock(cursor, [teams[1].pk, teams[0].pk, 2_000_000])
    assert list(held) == [teams[0].pk, teams[1].pk]


def test_teams_are_dealt_out_in_order_and_a_large_one_is_alone(
    teams: list[Team], monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [team.pk for team in teams]
    assert rebuilds.batches() == rebuilds.batches(ids) == [ids]
    monkeypatch.setattr(rebuilds, "TEAMS", 2)
    assert rebuilds.batches(ids[1:]) == [ids[1:3], ids[3:]]
    monkeypatch.setattr(rebuilds, "CONTRIBUTIONS", 1)
    assert rebuilds.batches() == [[one] for one in ids]


@pytest.fixture
def broken(teams: list[Team]) -> Team:
    """One that cannot be counted: the database refuses its rows."""
    jobs.drain()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE teams_measurement ADD CHECK (team_id <> {teams[1].pk} OR value < 0) NOT VALID")
    return teams[1]


def test_whoever_cannot_be_counted_fails_alone_at_the_second_attempt(teams: list[Team], broken: Team) -> None:
    Measurement.objects.exclude(team=broken).delete()
    assert rebuilds.ask() == 1
    batch = Job.objects.get(kind="rebuild_batch")
    assert batch.key == f"{teams[0].pk}-{teams[-1].pk}"
    assert not jobs.run(batch.pk)
    assert not Measurement.objects.exclude(team=broken).exists()
    Job.objects.update(run_after="2020-01-01T00:00Z")
    assert jobs.run(batch.pk)
    asked = Job.objects.filter(kind="rebuild_batch", state=Job.State.QUEUED)
    assert {job.key for job in asked} == {str(team.pk) for team in teams}
    done = {job.key: jobs.run(job.pk) for job in asked}
    assert done == {str(team.pk): team != broken for team in teams}
    assert set(Measurement.objects.values_list("team", flat=True)) >= {team.pk for team in teams if team != broken}


def test_the_command_counts_the_others_and_says_who_was_not(
    teams: list[Team], broken: Team, capsys: pytest.CaptureFixture[str]
) -> None:
    Measurement.objects.exclude(team=broken).delete()
    with pytest.raises(CommandError, match=f"^{broken}: .*violates check constraint"):
        call_command("recount", "--rebuild")
    said = capsys.readouterr().out.splitlines()
    assert said == [f"{team}: counted." for team in teams if team != broken]
    assert set(Measurement.objects.values_list("team", flat=True)) >= {team.pk for team in teams if team != broken}


def test_the_command_leaves_it_to_the_workers(teams: list[Team], capsys: pytest.CaptureFixture[str]) -> None:
    jobs.drain()
    call_command("recount", "--rebuild", "--by-workers")
    call_command("recount", teams[1].slug, "--rebuild", "--by-workers")
    call_command("recount", teams[2].slug, "--by-workers")
    queued = Job.objects.filter(state=Job.State.QUEUED).order_by("pk").values_list("kind", "key")
    assert list(queued) == [
        ("rebuild_batch", f"{teams[0].pk}-{teams[-1].pk}"),
        ("rebuild", str(teams[1].pk)),
        ("recount", str(teams[2].pk)),
    ]
    assert capsys.readouterr().out.splitlines() == ["Asked for 1 jobs."] * 3
    jobs.drain()
