"""What is kept of a team is what would be judged now, whatever changed it, whoever looks, and in whatever order."""

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.utils import translation
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as of_hypothesis
from hypothesis import strategies as st
from pytest_django import Settings

from lifecycle import clock as today_is
from lifecycle import jobs
from lifecycle.models import Job
from teams import glances, portfolio
from teams.gates import verdict_of
from teams.models import Glance, Team, TeamRisk, User, WeeklyCount
from teams.portfolio_rows import TeamRow
from tests.conftest import TODAY, People
from tests.factories import TeamFactory, TeamRiskFactory
from tests.teams.turns import TURNS, Scene, scene_of

pytestmark = pytest.mark.django_db
MASKED = re.compile(r'(X-CSRFToken": |csrfmiddlewaretoken" value=)"\w+"')


def told(row: TeamRow) -> dict[str, Any]:
    """What a row says, as far as it is not the reader's own."""
    names = ["outcome", "is_updating", "settled", "required", "reason", "mover", "is_asked", "active", "change"]
    names += ["high_risks", "overdue_risks", "days_silent", "is_silent", "is_stale", "complete_to", "weeks", "name"]
    lacks = [(each["label"], each["lack"], each["state"]) for each in row.lacks]
    return {**{name: getattr(row, name) for name in names}, "lacks": lacks}


def afresh(team: Team) -> dict[str, Any]:
    """The same from the tables, in plain words and one team at a time."""
    verdict, today = verdict_of(team), today_is.today()
    asked = team.promotion_requests.filter(state="open").exists()
    mover = next((str(row.move) for row in verdict.blocking if row.moves), "nobody")
    if verdict.is_open:
        mover = "nobody" if team.stage.is_last else "activator"
    weeks = list(WeeklyCount.objects.filter(team=team, pathway_id=0, population="volunteers").order_by("week"))
    by_week = {each.week: each.active for each in weeks}
    year_before = by_week.get(weeks[-1].week - timedelta(weeks=52), 0) if weeks else 0
    risks = [risk for risk in TeamRisk.objects.filter(team=team) if risk.state != "closed"]
    met = team.check_ins.order_by("held_on").last()
    silent = (today - (met.held_on if met else team.entered_on)).days
    counted = team.measurements.filter(measure="active_contributors", value__isnull=False).first()
    return {
        "outcome": verdict.state,
        "is_updating": verdict.updating,
        "settled": verdict.met + verdict.waived,
        "required": len(verdict.required),
        "reason": verdict.reason,
        "mover": "partner" if asked else mover,
        "is_asked": asked,
        "active": weeks[-1].active if weeks else None,
        "change": weeks[-1].active - year_before if weeks else None,
        "high_risks": sum(risk.severity == "high" for risk in risks),
        "overdue_risks": sum(risk.review_on is not None and risk.review_on < today for risk in risks),
        "days_silent": silent,
        "is_silent": team.state == "active" and silent > 30,
        "is_stale": bool(counted and counted.valid_until and counted.valid_until < today),
        "complete_to": counted.as_of if counted else None,
        "weeks": [each.active for each in weeks if each.week > today - timedelta(weeks=53)],
        "name": team.name,
        "lacks": [(row.label, row.lack, row.state) for row in verdict.blocking],
    }


def body(client: Client, address: str = "/", tag: str = "") -> tuple[int, str, str]:
    """Status, text but for the mask of the CSRF token, and ETag."""
    response = client.get(address, headers={"if-none-match": tag} if tag else {})
    assert response.status_code in {200, 304}
    return response.status_code, MASKED.sub("", response.content.decode()), response.headers.get("ETag", "")


def cold(client: Client, address: str = "/") -> str:
    """The page with nothing kept."""
    Glance.objects.all().delete()
    cache.clear()
    return body(client, address)[1]


@pytest.fixture
def scene(people: People, clock: time_machine.Traveller, settings: Settings) -> Scene:
    settings.SESSION_COOKIE_AGE = 10 * 365 * 24 * 3600  # months pass
    return scene_of(people, clock)


@of_hypothesis(
    max_examples=of_hypothesis.default.max_examples // 10,  # type: ignore[union-attr]
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a list of turns reads well as it is
)
@given(turns=st.lists(st.sampled_from(TURNS), min_size=5, max_size=25), address=st.sampled_from(["/", "/?view=table"]))
def test_whatever_happens_the_page_is_what_would_be_made_now(scene: Scene, turns: list[Any], address: str) -> None:
    scene.clock.move_to(TODAY, tick=False)
    with transaction.atomic():
        client = scene.people.client("partner")
        _status, seen, tag = body(client, address)
        for turn in turns:
            scene.turns += 1
            turn(scene)
            status, text, new_tag = body(client, address, tag)
            if status == 304:
                text = seen
            reader = User.objects.get(pk=scene.reader.pk)
            rows = {row.team_id: told(row) for row in portfolio.rows_of(reader)}
            assert text == cold(client, address), turn.__name__
            for team in Team.objects.visible_to(reader).select_related("stage"):
                assert rows[team.pk] == afresh(team), turn.__name__
            seen, tag = text, new_tag
        transaction.set_rollback(True)


def test_a_row_of_another_version_or_day_or_release_is_judged_again(scene: Scene) -> None:
    portfolio.rows_of(scene.reader)
    for wrong in ({"version": 1}, {"day": today_is.today() - timedelta(days=1)}, {"release": "another"}):
        Glance.objects.update(outcome="open", high_risks=99, **wrong)
        assert portfolio.rows_of(scene.reader)[0].high_risks != 99, wrong


def test_a_row_that_holds_is_not_judged_again(scene: Scene) -> None:
    portfolio.rows_of(scene.reader)
    Glance.objects.update(high_risks=99)
    assert portfolio.rows_of(scene.reader)[0].high_risks == 99


def test_words_are_kept_for_each_language_apart(
    scene: Scene, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.USE_I18N = True
    monkeypatch.setattr(translation, "_trans", type(vars(translation)["_trans"])())  # which has read the setting
    portfolio.rows_of(scene.reader)
    with translation.override("de"):
        portfolio.rows_of(scene.reader)
    assert sorted(Glance.objects.values_list("language", flat=True)) == ["de", "en"]


def test_who_judged_earlier_puts_no_older_row_in_the_place_of_a_newer_one(scene: Scene) -> None:
    portfolio.rows_of(scene.reader)
    newer = scene.team.glance_version + 1
    for later in ({"version": newer}, {"day": today_is.today() + timedelta(days=1)}):
        Glance.objects.update(high_risks=99, **later)
        glances.refresh([scene.team.pk])
        assert Glance.objects.get(team=scene.team).high_risks == 99, later


def test_the_hourly_job_judges_what_does_not_hold_in_batches(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    TeamFactory.create_batch(5, stage=scene.team.stage)
    Job.objects.all().delete()
    monkeypatch.setattr(glances, "BATCH", 2)
    jobs.ask("glances", "2026-06-17T12")
    jobs.drain()
    assert glances.behind() == []
    assert Job.objects.filter(kind="glances").count() > 1


def test_a_recount_leaves_a_row_that_holds(scene: Scene) -> None:
    jobs.ask("recount", str(scene.team.pk))
    jobs.drain()
    assert scene.team.pk not in glances.behind()


def test_the_version_is_a_moment_that_never_comes_twice(scene: Scene) -> None:
    before = scene.team.glance_version
    with transaction.atomic():
        TeamRiskFactory.create(team=scene.team)
        rolled_back = scene.team.glance_version
        transaction.set_rollback(True)
    assert scene.team.glance_version == before
    TeamRiskFactory.create(team=scene.team)
    assert before < rolled_back < scene.team.glance_version
    again = scene.team.glance_version
    Team.objects.filter(pk=scene.team.pk).update(name=scene.team.name)
    assert scene.team.glance_version == again, "what changes nothing moves nothing"


@pytest.mark.django_db(transaction=True)
def test_many_readers_at_once_see_one_truth(people: People, clock: time_machine.Traveller) -> None:
    """While risks come in, readers judge the same teams side by side: nobody waits for ever, the last row is right."""
    scene = scene_of(people, clock)
    TeamFactory.create_batch(8, stage=scene.team.stage)
    failed: list[BaseException] = []
    high = {"likelihood": 3, "impact": 3}

    def read() -> None:
        try:
            seen = 0
            for _ in range(12):
                rows = {row.team_id: row.high_risks for row in portfolio.rows_of(people.admin)}
                assert rows[scene.team.pk] >= seen, "an older row came back"
                seen = rows[scene.team.pk]
        except BaseException as error:  # noqa: BLE001 (a thread's failure is the test's)
            failed.append(error)
        finally:
            connection.close()

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for _ in range(12):
        TeamRiskFactory.create(team=scene.team, raised_by=people.admin, **high)
    for reader in readers:
        reader.join()
    assert not failed, failed
    expected = sum(risk.severity == "high" for risk in TeamRisk.objects.filter(team=scene.team))
    assert {row.team_id: row.high_risks for row in portfolio.rows_of(people.admin)}[scene.team.pk] == expected
