import pytest
from django.core.exceptions import PermissionDenied

from teams import risks
from teams.models import Team, TeamRisk
from teams.risks import Conflict, Refused
from tests.conftest import People
from tests.factories import RiskFactory, StageFactory, TeamRiskFactory


@pytest.mark.parametrize("name", ["activator", "partner", "admin"])
def test_a_risk_of_the_catalogue_goes_on_the_register(people: People, name: str) -> None:
    risk = RiskFactory.create(stage=people.team.stage)
    assert list(risks.catalogue(people.team)) == [risk]
    added = risks.add(people.team, actor=getattr(people, name), risk=risk, owner=people.activator, impact=3)
    assert (added.text, added.owner, added.severity, added.version) == (risk.text, people.activator, "high", 1)
    assert list(risks.catalogue(people.team)) == []
    with pytest.raises(Conflict) as caught:
        risks.add(people.team, actor=people.partner, risk=risk)
    assert caught.value.current == added


def test_the_catalogue_ends_with_the_teams_stage(people: People) -> None:
    RiskFactory.create(stage=StageFactory.create(order=2))
    RiskFactory.create(stage=people.team.stage, retired=True)
    assert list(risks.catalogue(people.team)) == []


@pytest.mark.parametrize("name", ["viewer", "outsider"])
def test_who_has_no_role_writes_nothing(people: People, name: str) -> None:
    with pytest.raises(PermissionDenied):
        risks.add(people.team, actor=getattr(people, name), text="We may stop.")
    risk = TeamRiskFactory.create(team=people.team)
    with pytest.raises(PermissionDenied):
        risks.change(risk, actor=getattr(people, name), seen=1, text="Nothing.")


def test_a_retired_team_is_left_as_it_is(people: People) -> None:
    Team.objects.update(state=Team.State.RETIRED)
    people.team.refresh_from_db()
    with pytest.raises(PermissionDenied):
        risks.add(people.team, actor=people.admin, text="We may stop.")


def test_what_a_risk_needs(people: People) -> None:
    for wrong in ({"text": " "}, {"text": "x", "likelihood": 4}, {"text": "x", "impact": 0}):
        with pytest.raises(Refused):
            risks.add(people.team, actor=people.activator, **wrong)
    with pytest.raises(Refused, match="member"):
        risks.add(people.team, actor=people.activator, text="x", owner=people.outsider)
    with pytest.raises(Refused):
        risks.change(TeamRiskFactory.create(team=people.team), actor=people.activator, seen=1, state="gone")
    with pytest.raises(TypeError):
        risks.change(TeamRiskFactory.create(team=people.team), actor=people.activator, seen=1, team=people.team)


def test_the_second_of_two_changes_conflicts_and_loses_nothing(people: People) -> None:
    risk = TeamRiskFactory.create(team=people.team)
    changed = risks.change(risk, actor=people.activator, seen=1, mitigation="Find a second person.")
    assert changed.version == 2
    with pytest.raises(Conflict) as caught:
        risks.change(risk, actor=people.partner, seen=1, mitigation="Nothing.", impact=1)
    assert caught.value.current.mitigation == "Find a second person."
    risk.refresh_from_db()
    assert (risk.mitigation, risk.impact, risk.version) == ("Find a second person.", 2, 2)


def test_a_closed_risk_may_come_back_once(people: People) -> None:
    entry = RiskFactory.create(stage=people.team.stage)
    first = risks.add(people.team, actor=people.activator, risk=entry)
    risks.change(first, actor=people.activator, seen=1, state=TeamRisk.State.CLOSED)
    assert list(risks.catalogue(people.team)) == [entry]
    risks.add(people.team, actor=people.activator, risk=entry)
    with pytest.raises(Refused, match="already"):
        risks.change(first, actor=people.activator, seen=2, state=TeamRisk.State.OPEN)


def test_the_register_begins_with_the_gravest_and_ends_with_the_closed(people: People) -> None:
    values = [(1, 1, "open"), (3, 3, "closed"), (2, 3, "open"), (3, 1, "mitigated")]
    rows = [
        TeamRiskFactory.create(team=people.team, likelihood=likelihood, impact=impact, state=state)
        for likelihood, impact, state in values
    ]
    TeamRiskFactory.create()
    assert list(risks.register(people.team)) == [rows[2], rows[3], rows[0], rows[1]]
