"""A measure of records names each thing that it counted."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from lifecycle import clock as today_of
from lifecycle.measures import Measure
from metrics import explain_measure
from metrics.explain_records import TELLERS
from teams.models import Role, Team
from tests.factories import (
    CheckInFactory,
    ContributorFactory,
    MembershipFactory,
    PointFactory,
    SourceFactory,
    TeamFactory,
    UserFactory,
)
from tests.metrics.acts import act, rebuild

pytestmark = pytest.mark.django_db


def told(team: Team, key: Measure) -> tuple[Decimal | int | None, dict[str, object]]:
    explanation = explain_measure.measure(team, key)
    return explanation.value, dict(explanation.facts)


def test_appointments_name_who_counts_and_who_has_not_accepted() -> None:
    team = TeamFactory.create()
    MembershipFactory.create(team=team, user__first_name="Ann", user__last_name="Ek")
    MembershipFactory.create(team=team, user=UserFactory.create(first_name="Bo", last_name="Li"), accepted_at=None)
    MembershipFactory.create(team=team, role=Role.PARTNER)
    value, facts = told(team, Measure.ACTIVATORS_APPOINTED)
    assert value == 1
    assert facts == {"Ann Ek": "since 1 Jan 2020", "Bo Li": "not counted: has not accepted yet"}


def test_check_ins_are_those_of_the_window() -> None:
    team, today = TeamFactory.create(), today_of.today()
    for ago in (0, 89, 90):
        CheckInFactory.create(team=team, held_on=today - timedelta(days=ago))
    explanation = explain_measure.measure(team, Measure.CHECK_INS_90D)
    assert explanation.value == len(explanation.facts) == 2


def test_the_absence_factor_says_what_each_of_the_few_made() -> None:
    point, today = PointFactory.create(n=1), today_of.today()
    SourceFactory.create(pathway=point.pathway, complete_to=today)
    for name, acts in (("Ann", 6), ("Bo", 3), ("Cy", 1)):
        person = ContributorFactory.create(name=name)
        act(point.pathway, person, *(today - timedelta(days=ago) for ago in range(1, acts + 1)))
    rebuild(point.pathway.team)
    value, facts = told(point.pathway.team, Measure.ABSENCE_FACTOR)
    assert value == 1
    assert facts["Ann"] == "6 contributions, 60 %"
    assert "Bo" not in facts


def test_sources_and_levels_say_how_they_stand() -> None:
    point = PointFactory.create(level=1)
    SourceFactory.create(pathway=point.pathway, name="Old", complete_to=date(2020, 1, 1))
    value, facts = told(point.pathway.team, Measure.SOURCES_CONNECTED)
    assert (value, facts["Old"]) == (0, "complete to 1 Jan 2020")
    value, facts = told(point.pathway.team, Measure.LEVEL_POINTS_DEFINED)
    assert (value, facts["casual"], facts["core"]) == (1, "has a conversion point", "has none")


def test_a_team_with_nothing_explains_every_measure() -> None:
    team = TeamFactory.create()
    for key in Measure:
        assert explain_measure.measure(team, key).formula
    assert set(TELLERS) < set(Measure)
