"""Ticks that the data proposes: shown with their evidence, stored by nobody but whoever ticks."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from lifecycle import clock
from lifecycle.measures import Measure
from lifecycle.models import Milestone
from teams import milestones
from teams.gates import verdict_of
from teams.milestones import Action
from teams.models import Measurement, MilestoneEvent
from teams.proofs import Proof, Rule, proofs_of, rules
from tests.conftest import People
from tests.factories import CriterionFactory, MeasurementFactory, MilestoneFactory
from tests.teams.scenes import fresh

pytestmark = pytest.mark.django_db
SAYS = "The data says this is done:"


@pytest.fixture
def milestone(people: People) -> Milestone:
    """Proven by three levels of three."""
    MeasurementFactory.create(team=people.team, measure=Measure.LEVEL_POINTS_DEFINED, value=3)
    CriterionFactory.create(stage=people.team.stage, measure=Measure.LEVEL_POINTS_DEFINED, threshold=3)
    made: Milestone = MilestoneFactory.create(stage=people.team.stage, key="points-tracked", needs_verification=True)
    return made


def proof(people: People, milestone: Milestone) -> Proof | None:
    team = fresh(people.team)
    return proofs_of(team, [milestones.state_of(team, milestone)], verdict_of(team)).get(milestone.pk)


def test_every_proof_is_of_a_milestone_whose_gate_asks_for_the_measure_too() -> None:
    call_command("load_lifecycle", verbosity=0)
    for key, rule in rules().items():
        stage = Milestone.objects.get(key=key).stage
        assert stage.criteria.filter(measure=rule.measure, window_days=None).exists(), key


@given(st.integers(0, 9), st.integers(0, 9), st.one_of(st.none(), st.integers(0, 9)))
def test_a_value_proves_between_its_bounds(value: int, least: int, most: int | None) -> None:
    rule = Rule(Measure.LEADERS, least, most)
    assert rule.proven_by(Decimal(value)) == (value in range(least, 10 if most is None else most + 1))


def test_an_open_milestone_is_proven_by_a_current_number_only(people: People, milestone: Milestone) -> None:
    found = proof(people, milestone)
    assert found is not None
    assert found.evidence.startswith("Levels with a conversion point: 3 on ")
    assert found.explain == "/teams/lantern/numbers/level_points_defined/"
    for wrong in (
        {"value": 2},
        {"value": None, "reason": "Not told."},
        {"data_version": 0},
        {"valid_until": clock.today() - timedelta(days=1)},
        {"measure": Measure.LEADERS},
    ):
        row = Measurement.objects.get()
        before = {name: getattr(row, name) for name in wrong}
        Measurement.objects.update(**wrong)
        assert proof(people, milestone) is None, wrong
        Measurement.objects.update(**before)
    milestones.record(people.team, milestone=milestone, actor=people.activator, action=Action.START, seen=0)
    assert proof(people, milestone) is not None
    milestones.record(people.team, milestone=milestone, actor=people.activator, action=Action.DONE, seen=1)
    assert proof(people, milestone) is None, "a person has ticked it"


def test_what_the_data_says_becomes_the_note_of_whoever_ticks(people: People, milestone: Milestone) -> None:
    client = people.client("activator")
    page = client.get("/teams/lantern/")
    assert SAYS in page.content.decode()
    assert not MilestoneEvent.objects.exists(), "nothing is stored until somebody ticks"
    (row,) = page.context["dashboard"].rows
    evidence = f"{SAYS} {row.proof.evidence}"
    assert evidence in page.content.decode().split('name="evidence"')[1]
    address = f"/teams/lantern/milestones/{milestone.pk}/events/"
    client.post(address, {"action": "start", "seen": 0, "evidence": evidence})
    assert client.post(address, {"action": "done", "seen": 1, "evidence": evidence}).status_code == 303
    client.post(address, {"action": "undo", "seen": 2, "evidence": evidence})
    answer = client.post(
        address,
        {"action": "done", "seen": 3, "note": "See the handbook.", "evidence": evidence},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 200
    notes = MilestoneEvent.objects.order_by("seq").values_list("action", "note")
    assert list(notes) == [("start", ""), ("done", evidence), ("undo", ""), ("done", "See the handbook.")]


def test_the_answer_to_an_undo_proposes_it_again(people: People, milestone: Milestone) -> None:
    client, address = people.client("activator"), f"/teams/lantern/milestones/{milestone.pk}/events/"
    done = client.post(address, {"action": "done", "seen": 0}, headers={"HX-Request": "true"}).content.decode()
    assert SAYS not in done.split("</li>")[0]
    undone = client.post(address, {"action": "undo", "seen": 1}, headers={"HX-Request": "true"}).content.decode()
    assert SAYS in undone.split("</li>")[0]
