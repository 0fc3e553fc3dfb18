"""The page behind a number of the gate tells the gate's own number: its window, rounding, people and sources."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from lifecycle.measures import Measure
from metrics import explain_measure
from metrics.measures.entries import begun
from metrics.models import Contribution, Source
from metrics.recount import recount
from pathways.models import Affiliation, Level, Pathway
from teams import thresholds
from teams.models import Measurement, Team
from tests.conftest import People
from tests.factories import (
    ContributorFactory,
    CriterionFactory,
    IdentityFactory,
    MeasurementFactory,
    PathwayFactory,
    PointFactory,
    SourceFactory,
    UserFactory,
)
from tests.metrics.acts import act, source_of
from tests.metrics.test_explain import page, rows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY = date(2026, 6, 17)
DAY = timedelta(days=1)


@pytest.fixture
def pathway(people: People) -> Pathway:
    """Active for 30 days from one act, core from two on two days; data complete to today."""
    pathway = PathwayFactory.create(team=people.team, slug="code", name="Code")
    PointFactory.create(pathway=pathway, level=Level.ACTIVE, n=1, w=30)
    PointFactory.create(pathway=pathway, level=Level.CORE, n=2, d=2, w=30)
    source_of(pathway, complete_to=TODAY)
    return pathway


def test_the_link_of_the_gate_carries_the_window_of_its_criterion(people: People, pathway: Pathway) -> None:
    CriterionFactory.create(stage=people.team.stage, measure=Measure.NEW_CONTRIBUTORS, threshold=9, window_days=30)
    for days in (10, 20, 90):
        act(pathway, ContributorFactory.create(), TODAY - days * DAY)
    recount(people.team.pk)
    viewer = people.client("viewer")
    asked = reverse("metrics:number", args=["lantern", Measure.NEW_CONTRIBUTORS.value]) + "?days=30"
    assert f'href="{asked}"' in viewer.get("/teams/lantern/").content.decode()
    stored = Measurement.objects.get(team=people.team, measure=Measure.NEW_CONTRIBUTORS, window_days=30)
    assert stored.value == len(rows(viewer, "number-csv", Measure.NEW_CONTRIBUTORS.value, days="30")) == 2
    assert len(rows(viewer, "number-csv", Measure.NEW_CONTRIBUTORS.value)) == 3
    html = page(viewer, "number", Measure.NEW_CONTRIBUTORS.value, days="30")
    assert '<strong class="figure">2</strong>' in html
    assert "30 days that end on it" in html
    assert "new_contributors.csv?days=30" in html
    assert "1 day that ends on it" in page(viewer, "number", Measure.NEW_CONTRIBUTORS.value, days="1")


@pytest.mark.parametrize("days", ["0", "-1", "soon", "999999999999"])
def test_a_window_that_is_none_is_refused(people: People, pathway: Pathway, days: str) -> None:
    viewer = people.client("viewer")
    assert "errorlist" in page(viewer, "number", Measure.NEW_CONTRIBUTORS.value, status=422, days=days)
    page(viewer, "number-csv", Measure.NEW_CONTRIBUTORS.value, status=404, days=days)


@pytest.mark.parametrize(("operator", "words"), [(">=", "66.6 %"), ("<=", "66.7 %")])
def test_a_share_is_rounded_as_at_the_gate(people: People, pathway: Pathway, operator: str, words: str) -> None:
    CriterionFactory.create(
        stage=people.team.stage, measure=Measure.CORE_RETENTION, operator=operator, threshold=Decimal("0.7")
    )
    ago = TODAY - 365 * DAY
    for stays in (True, True, False):
        person = ContributorFactory.create()
        act(pathway, person, ago - DAY, ago, *([TODAY - DAY, TODAY] if stays else []))
    recount(people.team.pk)
    viewer = people.client("viewer")
    assert f"<b>{words}</b>" in viewer.get("/teams/lantern/").content.decode()
    assert f'<strong class="figure">{words}</strong>' in page(viewer, "number", Measure.CORE_RETENTION.value)
    assert explain_measure.measure(people.team, Measure.CORE_RETENTION).words == words


@pytest.mark.parametrize("measure", [Measure.ACTIVE_GROWTH, Measure.CONTRIBUTION_JUMP])
def test_growth_lists_the_people_it_counts(people: People, pathway: Pathway, measure: Measure) -> None:
    CriterionFactory.create(stage=people.team.stage, measure=measure, threshold=10)
    entered = TODAY - 100 * DAY
    Team.objects.update(entered_on=entered)
    always, staff, late_staff = (ContributorFactory.create(name=name) for name in ("Always", "Staff", "Late Staff"))
    act(pathway, always, entered - DAY, TODAY - DAY)
    for person in (staff, late_staff):
        Affiliation.objects.create(contributor=person, kind="staff", from_on=date(2020, 1, 1))
    act(pathway, staff, TODAY - DAY)
    late = SourceFactory.create(pathway=pathway, name="Late", complete_to=TODAY)
    for person in (ContributorFactory.create(), late_staff):
        act(pathway, person, TODAY - DAY, source=late)
    recount(people.team.pk)
    viewer = people.client("viewer")
    stored = Measurement.objects.get(team=people.team, measure=measure)
    assert stored.value == stored.detail["now"] == stored.detail["unclassified"] == 1
    assert [row["Name"] for row in rows(viewer, "number-csv", measure.value)] == ["Always"]
    html = page(viewer, "number", measure.value)
    assert "Staff" in html
    assert "Late Staff" not in html


def test_a_source_that_begins_on_the_day_of_entry_did_not_begin_before_it(people: People, pathway: Pathway) -> None:
    entered = TODAY - 100 * DAY
    act(pathway, ContributorFactory.create(), entered)
    source = Source.objects.get()
    assert begun([(people.team.pk, entered)]) == []
    both = [(people.team.pk, entered), (people.team.pk, entered + DAY)]
    assert begun(both) == [(people.team.pk, entered + DAY, source.pk)]
    Source.objects.update(starts_on=entered - DAY)
    assert {day for _team, day, _source in begun(both)} == {entered, entered + DAY}
    Source.objects.update(starts_on=entered)
    assert [day for _team, day, _source in begun(both)] == [entered + DAY]


def test_an_act_that_does_not_count_begins_no_source(people: People, pathway: Pathway) -> None:
    act(pathway, ContributorFactory.create(), TODAY - 9 * DAY, state=Contribution.State.BEFORE_START)
    assert begun([(people.team.pk, TODAY)]) == []


def reasons(team: Team, measure: Measure) -> dict[str, list[str]]:
    recount(team.pk)
    return {reason.text: reason.names for reason in explain_measure.measure(team, measure).left_out}


def test_left_out_of_a_measure_is_who_would_be_in_that_measure(people: People, pathway: Pathway) -> None:
    new, old = (ContributorFactory.create(name=name) for name in ("New Staff", "Old Staff"))
    for person in (new, old):
        Affiliation.objects.create(contributor=person, kind="staff", from_on=date(2020, 1, 1))
    act(pathway, new, TODAY - DAY)
    act(pathway, old, TODAY - 500 * DAY, TODAY - DAY)
    bot = ContributorFactory.create(name="Build Bot", is_bot=True)
    act(pathway, bot, TODAY - DAY)
    act(pathway, ContributorFactory.create(), TODAY - DAY)
    staff = "Reaches it only with what was done as staff"
    assert reasons(people.team, Measure.ACTIVE_CONTRIBUTORS) == {
        "Bots": ["Build Bot"],
        staff: ["New Staff", "Old Staff"],
    }
    assert reasons(people.team, Measure.NEW_CONTRIBUTORS) == {"Bots": ["Build Bot"], staff: ["New Staff"]}
    for measure in (Measure.PROTOTYPE_CONTRIBUTORS, Measure.CORE_RETENTION, Measure.ABSENCE_FACTOR):
        assert reasons(people.team, measure) == {}


def test_who_works_with_the_team_is_named_only_where_they_take_part(people: People, pathway: Pathway) -> None:
    for user in (people.partner, people.admin):
        act(pathway, IdentityFactory.create(email=user.email, contributor__name=user.username.title()), TODAY - DAY)
    elsewhere = PathwayFactory.create()
    other = UserFactory.create(is_staff=True)
    act(elsewhere, IdentityFactory.create(email=other.email, contributor__name="Elsewhere Only"), TODAY - DAY)
    works = "Works with the team, so never counts at its gate"
    found = reasons(people.team, Measure.ACTIVE_CONTRIBUTORS)
    assert sorted(found[works]) == ["Admin (admin)", "Partner (CBT partner)"]


def test_growth_is_told_with_its_weekly_points(people: People, pathway: Pathway) -> None:
    entered = TODAY - 100 * DAY
    CriterionFactory.create(stage=people.team.stage, measure=Measure.ACTIVE_GROWTH, threshold=10)
    Team.objects.filter(pk=people.team.pk).update(entered_on=entered)
    for days in (*[[entered - DAY]] * 3, [date(2026, 6, 7)]):
        act(pathway, ContributorFactory.create(), *days)
    recount(people.team.pk)
    html = page(people.client("viewer"), "number", Measure.ACTIVE_GROWTH.value)
    assert "Week to 31 May 2026" in html
    assert "0 times, 0 active" in html
    assert "0.33 times, 1 active" in html


def test_the_jump_is_told_with_who_gave_it_its_threshold(people: People, pathway: Pathway) -> None:
    criterion = CriterionFactory.create(
        stage=people.team.stage, measure=Measure.CONTRIBUTION_JUMP, threshold=None, strength="informational"
    )
    viewer, key = people.client("viewer"), Measure.CONTRIBUTION_JUMP.value
    assert "undefined, 0 of 3 teams" in page(viewer, "number", key)
    for growth in ("1.0000", "2.0000", "3.0000"):
        told = {"growth": growth, "before": 10, "after": 15, "since": "2025-01-01", "until": "2025-07-02"}
        MeasurementFactory.create(measure=Measure.CONTRIBUTION_JUMP, detail={"shown": told})
    assert "undefined; proposed 1.50 times, from 3 teams" in page(viewer, "number", key)
    thresholds.adopt(criterion, actor=people.admin, threshold=Decimal("1.5"), seen=Decimal("1.5"))
    assert re.search(r"1.50 times, adopted by Admin Muster on \d+ \w+ \d{4}", page(viewer, "number", key))
