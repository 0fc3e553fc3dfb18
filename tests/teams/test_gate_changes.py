"""A gate that says something else is told once, whoever noticed it, and never because somebody looked at a page."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from lifecycle import clock as today_is
from lifecycle import jobs
from lifecycle.models import Job
from teams import gate_changes, glances, milestones, promotion
from teams.gates import verdicts_of
from teams.models import LastVerdict, Measurement, Notification, Team
from tests.conftest import TODAY, People
from tests.factories import MilestoneFactory
from tests.teams.scenes import fresh, measured, stages

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(people: People, clock: time_machine.Traveller) -> Team:
    """A team with a closed gate that has been judged."""
    stages(3)
    measured(people.team, value=0)
    look(people.team)
    return people.team


def look(team: Team) -> None:
    glances.refresh([team.pk], tell=True)


def told() -> list[str]:
    """What the watchers, activator and partner, heard of the gate, each once."""
    rows = Notification.objects.filter(kind__startswith="gate_").order_by("id")
    heard = [(each.user.username, each.kind) for each in rows.select_related("user")]
    assert sorted(kind for who, kind in heard if who == "partner") == sorted(
        kind for who, kind in heard if who == "activator"
    )
    return [kind for who, kind in heard if who == "partner"]


def set_to(team: Team, value: int | None, **values: object) -> None:
    reason = "No data." if value is None else ""
    Measurement.objects.filter(team=team).update(value=value, reason=reason, **values)


def test_the_first_verdict_is_no_news_and_each_change_is(team: Team) -> None:
    assert told() == []
    turns = [(1, "gate_open"), (2, None), (0, "gate_closed"), (None, "gate_undecided"), (3, "gate_open")]
    for value, expected in turns:
        before = told()
        set_to(team, value)
        look(team)
        look(team)
        assert told() == before + ([expected] if expected else [])


def test_a_reader_tells_nobody_and_the_hour_still_notices(team: Team, people: People) -> None:
    set_to(team, 1)
    assert people.client("admin").get("/").status_code == 200
    assert glances.behind() == []
    assert told() == []
    glances.catch_up("2026-06-17T12")
    assert told() == ["gate_open"]


def test_a_day_that_passes_is_noticed_by_the_hour(team: Team, clock: time_machine.Traveller) -> None:
    set_to(team, 1, valid_until=today_is.today())
    look(team)
    assert told() == ["gate_open"]
    clock.move_to(TODAY + timedelta(days=1))
    assert team.pk in gate_changes.behind()
    glances.catch_up("2026-06-18T00")
    assert told() == ["gate_open", "gate_undecided"]
    assert team.pk not in gate_changes.behind()


def test_a_tick_is_noticed_by_a_job_of_its_own(team: Team, people: People) -> None:
    set_to(team, 1)
    milestone = MilestoneFactory.create(stage=team.stage)
    look(team)
    assert told() == []
    milestones.record(team, milestone=milestone, actor=people.activator, action=milestones.Action.DONE, seen=0)
    assert jobs.run(Job.objects.get(kind="gate", key=str(team.pk)).pk)
    assert told() == ["gate_open"]


def test_numbers_that_are_counted_again_are_no_change(team: Team) -> None:
    set_to(team, 1)
    look(team)
    set_to(team, 1, data_version=1)
    look(team)
    assert told() == ["gate_open"]
    assert team.pk not in gate_changes.behind(), "looked at, though not settled"
    set_to(team, 1, data_version=1_000_000)
    look(team)
    assert told() == ["gate_open"]
    set_to(team, 1, data_version=1)
    look(team)
    set_to(team, 0, data_version=1_000_000)
    look(team)
    assert told() == ["gate_open", "gate_closed"]


def test_a_gate_of_another_stage_is_another_gate(team: Team, people: People) -> None:
    set_to(team, 1)
    look(team)
    request = promotion.request(team, actor=people.activator)
    promotion.promote(request, actor=people.partner, seen_version=fresh(team).data_version)
    look(team)
    assert told() == ["gate_open"]


@pytest.mark.parametrize("state", [Team.State.PAUSED, Team.State.RETIRED])
def test_a_team_that_rests_is_left_in_peace_until_it_goes_on(team: Team, state: Team.State) -> None:
    Team.objects.filter(pk=team.pk).update(state=state)
    set_to(team, 1, data_version=1_000_000)
    look(team)
    assert told() == []
    assert team.pk not in gate_changes.behind()
    Team.objects.filter(pk=team.pk).update(state=Team.State.ACTIVE)
    look(team)
    assert told() == ["gate_open"]


def test_who_judged_earlier_comes_too_late(team: Team) -> None:
    old = fresh(team)
    old_verdicts = verdicts_of([old])
    set_to(team, 1)
    look(team)
    gate_changes.notice([old], old_verdicts)
    assert LastVerdict.objects.get(team=team).outcome == "open"
    assert told() == ["gate_open"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_see_one_change_tell_it_once(team: Team) -> None:
    failed: list[BaseException] = []
    for value in (1, 0, 1, 0):
        set_to(team, value)
        together = threading.Barrier(4)

        def judge(together: threading.Barrier = together) -> None:
            try:
                together.wait(timeout=10)
                look(team)
            except BaseException as error:  # noqa: BLE001 (a thread's failure is the test's)
                failed.append(error)
            finally:
                connection.close()

        workers = [threading.Thread(target=judge) for _ in range(4)]
        for each in workers:
            each.start()
        for each in workers:
            each.join()
    assert not failed
    assert told() == ["gate_open", "gate_closed", "gate_open", "gate_closed"]
