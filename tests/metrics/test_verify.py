"""`manage.py verify`: everything that is stored against the raw facts, in words and by its exit status."""

from datetime import date, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from lifecycle import jobs
from lifecycle.measures import Measure
from metrics.models import Drift, Span
from pathways.models import CommunityRole, Level
from teams.models import Measurement, Team, WeeklyCount
from tests.factories import CommunityRoleFactory, ContributorFactory, PointFactory, TeamFactory
from tests.metrics.acts import act, source_of

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 17)


@pytest.fixture
def team(clock: time_machine.Traveller) -> Team:
    """A team with one person, who leads it."""
    pathway = PointFactory.create(level=Level.ACTIVE).pathway
    source_of(pathway, complete_to=TODAY)
    person = ContributorFactory.create()
    act(pathway, person, TODAY - timedelta(days=30), TODAY)
    CommunityRoleFactory.create(team=pathway.team, contributor=person, role=CommunityRole.Role.LEADER)
    jobs.drain()
    team: Team = pathway.team
    return team


def verify(*teams: str) -> str:
    out = StringIO()
    call_command("verify", *teams, stdout=out, stderr=out)
    return out.getvalue()


def test_verify_says_how_much_it_compared(team: Team) -> None:
    TeamFactory.create()
    jobs.drain()
    spans = Span.objects.count()
    rows = WeeklyCount.objects.count() + Measurement.objects.count()
    assert verify() == f"2 of 2 teams, {spans} spans and {rows} rows compared: no difference.\n"
    assert verify(team.slug).startswith("1 of 1 teams")


def test_verify_prints_both_values_and_fails(team: Team) -> None:
    healthy = TeamFactory.create(slug="sound")
    jobs.drain()
    Measurement.objects.filter(team=team, measure=Measure.LEADERS).update(value=12)
    out = StringIO()
    with pytest.raises(CommandError, match=r"2 of 2 teams, .* compared: 1 differences") as caught:
        call_command("verify", stdout=out)
    assert caught.value.returncode == 1
    (line,) = out.getvalue().splitlines()
    assert line == f"{team.slug}: measurement, leaders: stored value 12.0000; from the facts value 1.0000"
    assert "no difference" in verify(healthy.slug)
    assert not Drift.objects.exists()


def test_verify_names_a_team_that_is_behind_and_one_that_there_is_not(team: Team) -> None:
    act(team.pathways.get(), ContributorFactory.create(), TODAY)
    assert "0 of 1 teams" in verify()
    assert f"{team.slug}: not compared" in verify()
    with pytest.raises(CommandError, match="no team nowhere"):
        verify("nowhere")
