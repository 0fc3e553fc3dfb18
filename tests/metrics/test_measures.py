"""Each measure of the vocabulary by its definition, as the gate will read it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from lifecycle.measures import Measure
from metrics.evidence import Evidence
from metrics.figure import Figure
from metrics.measures import MEASURES, PEOPLE
from metrics.measures.newcomers import newcomers
from metrics.models import Source
from metrics.recount import recount
from pathways.models import Affiliation, Contributor, FunnelLink, Iteration, Level, Mentorship, Pathway, Steward
from teams import profiles
from teams.models import Measurement, Role, Team
from tests.factories import (
    CaseStudyFactory,
    CheckInFactory,
    CommunityRoleFactory,
    ContributorFactory,
    CriterionFactory,
    EnrolmentFactory,
    FunnelFactory,
    IdentityFactory,
    MembershipFactory,
    PathwayFactory,
    PointFactory,
    SourceFactory,
    StageFactory,
    StepFactory,
    TeamFactory,
    UserFactory,
)
from tests.metrics.acts import act, known, source_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY = date(2026, 6, 17)  # a Wednesday
DAY = timedelta(days=1)


def measured(team: Team, measure: Measure, window: int = 0) -> Figure:
    """The figure after a recount, and the row that the gate reads says the same."""
    recount(team.pk)
    team = Team.objects.select_related("stage").get(pk=team.pk)
    figure = MEASURES[measure](Evidence(team), window)
    if not window:
        row = Measurement.objects.get(team=team, measure=measure, window_days=0)
        assert (row.value, row.as_of, row.valid_until) == (figure.value, figure.as_of, figure.valid_until)
        team.refresh_from_db()
        assert row.data_version >= team.facts_version
    return figure


def value(team: Team, measure: Measure, window: int = 0) -> Decimal | None:
    return measured(team, measure, window).value


@pytest.fixture
def pathway() -> Pathway:
    """Active for 30 days from one act, core from two on two days; data complete to yesterday."""
    pathway = PathwayFactory.create()
    PointFactory.create(pathway=pathway, level=Level.CASUAL, n=1, w=400)
    PointFactory.create(pathway=pathway, level=Level.ACTIVE, n=1, w=30)
    PointFactory.create(pathway=pathway, level=Level.CORE, n=2, d=2, w=30)
    source_of(pathway, complete_to=TODAY - DAY)
    return pathway


def test_every_key_of_the_vocabulary_is_counted_and_none_besides() -> None:
    assert set(MEASURES) == set(Measure)
    team = TeamFactory.create()
    recount(team.pk)
    assert set(Measurement.objects.filter(team=team).values_list("measure", flat=True)) == set(Measure.values)


def test_number_and_list_of_people_agree(pathway: Pathway) -> None:
    for number in range(3):
        act(pathway, ContributorFactory.create(), TODAY - (number + 1) * DAY, TODAY - (number + 3) * DAY)
    recount(pathway.team_id)
    evidence = Evidence(pathway.team)
    for measure in (Measure.ACTIVE_CONTRIBUTORS, Measure.CORE_CONTRIBUTORS, Measure.NEW_CONTRIBUTORS):
        assert MEASURES[measure](evidence, 0).value == len(PEOPLE[measure](evidence, 0)) == 3


# --- records ---------------------------------------------------------------------------------------


def test_only_accepted_current_memberships_count_and_hold_until_the_next_border() -> None:
    team = TeamFactory.create()
    MembershipFactory.create(team=team, ends_on=TODAY + 10 * DAY)
    MembershipFactory.create(team=team, accepted_at=None)
    MembershipFactory.create(team=team, ends_on=TODAY)
    MembershipFactory.create(team=team, role=Role.PARTNER)
    figure = measured(team, Measure.ACTIVATORS_APPOINTED)
    assert (figure.value, figure.valid_until) == (Decimal(1), TODAY + 9 * DAY)
    assert measured(team, Measure.PARTNERS_AGREED).value == 1


def test_a_documented_pathway_is_open_has_a_link_and_a_steward() -> None:
    team = TeamFactory.create()
    told = "https://docs.example"
    good, no_steward = (PathwayFactory.create(team=team, documentation_url=told) for _ in range(2))
    no_link = PathwayFactory.create(team=team)
    closed = PathwayFactory.create(team=team, documentation_url=told, closed_on=TODAY)
    for pathway in (good, no_link, closed):
        Steward.objects.create(pathway=pathway, user=UserFactory.create(), from_on=TODAY - 9 * DAY)
    Steward.objects.create(pathway=no_steward, user=UserFactory.create(), from_on=TODAY - 9 * DAY, until_on=TODAY)
    assert value(team, Measure.PATHWAYS_DOCUMENTED) == 1


def test_links_to_major_funnels_and_iterations(pathway: Pathway) -> None:
    for is_major in (True, False):
        FunnelLink.objects.create(
            pathway=pathway, funnel=FunnelFactory.create(is_major=is_major), connected_on=TODAY - DAY
        )
    Iteration.objects.create(pathway=pathway, on=TODAY, what="Shorter", why="Long", by=UserFactory.create())
    assert value(pathway.team, Measure.FUNNELS_CONNECTED) == 1
    assert value(pathway.team, Measure.PATHWAY_ITERATIONS) == 1


def test_levels_with_a_point_are_levels_of_open_pathways(pathway: Pathway) -> None:
    assert value(pathway.team, Measure.LEVEL_POINTS_DEFINED) == 3
    pathway.closed_on = TODAY
    pathway.save()
    assert value(pathway.team, Measure.LEVEL_POINTS_DEFINED) == 0


def test_a_source_is_connected_for_thirty_days(pathway: Pathway) -> None:
    SourceFactory.create(pathway=pathway, complete_to=TODAY - 29 * DAY)
    SourceFactory.create(pathway=pathway, complete_to=TODAY - 30 * DAY)
    SourceFactory.create(pathway=pathway, complete_to=TODAY, enabled=False)
    SourceFactory.create(pathway=pathway)
    figure = measured(pathway.team, Measure.SOURCES_CONNECTED)
    assert (figure.value, figure.valid_until) == (Decimal(2), TODAY)


def test_leaders_are_volunteers_and_mentors_have_mentees() -> None:
    team = TeamFactory.create()
    leader, staff, unconfirmed, past = ContributorFactory.create_batch(4)
    Affiliation.objects.create(contributor=staff, kind="staff", from_on=TODAY - DAY)
    CommunityRoleFactory.create(team=team, contributor=leader, until_on=TODAY + 5 * DAY)
    CommunityRoleFactory.create(team=team, contributor=staff)
    CommunityRoleFactory.create(team=team, contributor=unconfirmed, confirmed_by=None)
    CommunityRoleFactory.create(team=team, contributor=past, until_on=TODAY)
    figure = measured(team, Measure.LEADERS)
    assert (figure.value, figure.valid_until) == (Decimal(1), TODAY + 4 * DAY)
    busy, idle = (CommunityRoleFactory.create(team=team, role="mentor") for _ in range(2))
    for _ in range(2):
        Mentorship.objects.create(role=busy, mentee=ContributorFactory.create(), from_on=TODAY)
    Mentorship.objects.create(role=idle, mentee=leader, from_on=TODAY - 9 * DAY, until_on=TODAY)
    assert value(team, Measure.MENTORS) == 1


def test_check_ins_of_the_window_that_ends_today() -> None:
    team = TeamFactory.create()
    for days in (0, 89, 90, -1):
        CheckInFactory.create(team=team, held_on=TODAY - days * DAY)
    figure = measured(team, Measure.CHECK_INS_90D)
    assert (figure.value, figure.valid_until) == (Decimal(2), TODAY)
    assert value(team, Measure.CHECK_INS_90D, window=30) == 1


def test_case_studies_are_published_and_not_withdrawn() -> None:
    team = TeamFactory.create()
    assert value(team, Measure.CASE_STUDIES_PUBLISHED) == 0
    CaseStudyFactory.create(team=team, published_on=TODAY, title="How it grew", url="https://studies.example/grew")
    CaseStudyFactory.create(team=team, published_on=TODAY - 9 * DAY, withdrawn_on=TODAY)
    CaseStudyFactory.create(team=team, published_on=TODAY + 3 * DAY)
    CaseStudyFactory.create(published_on=TODAY)
    figure = measured(team, Measure.CASE_STUDIES_PUBLISHED)
    assert (figure.value, figure.as_of, figure.valid_until) == (Decimal(1), TODAY, TODAY + 2 * DAY)
    assert figure.detail == {"case_studies": ["How it grew (https://studies.example/grew)"]}


def test_a_criterion_with_a_window_gets_a_measurement_of_its_own() -> None:
    criterion = CriterionFactory.create(measure=Measure.CHECK_INS_90D, window_days=30)
    team = TeamFactory.create(stage=criterion.stage)
    recount(team.pk)
    rows = Measurement.objects.filter(team=team, measure=Measure.CHECK_INS_90D)
    assert set(rows.values_list("window_days", flat=True)) == {0, 30}
    criterion.window_days = 60
    criterion.save()
    recount(team.pk)
    assert set(rows.values_list("window_days", flat=True)) == {0, 60}


# --- contributions ---------------------------------------------------------------------------------


def test_stocks_stand_on_the_day_the_data_is_complete_to(pathway: Pathway) -> None:
    act(pathway, ContributorFactory.create(), TODAY - 30 * DAY)  # lapses today
    act(pathway, ContributorFactory.create(), TODAY)  # not in the data yet
    figure = measured(pathway.team, Measure.ACTIVE_CONTRIBUTORS)
    assert (figure.value, figure.as_of, figure.valid_until) == (Decimal(1), TODAY - DAY, TODAY + 28 * DAY)


def test_without_data_nothing_is_told(pathway: Pathway) -> None:
    act(pathway, ContributorFactory.create(), TODAY - DAY)
    silent = SourceFactory.create(pathway=pathway, name="Forum")
    figure = measured(pathway.team, Measure.ACTIVE_CONTRIBUTORS)
    assert figure.value is None
    assert "Forum" in figure.reason
    silent.enabled = False
    silent.save()
    assert value(pathway.team, Measure.ACTIVE_CONTRIBUTORS) == 1
    Source.objects.update(enabled=False)
    for measure in Measure:
        figure = measured(pathway.team, measure)
        assert (figure.value is None) == measure.needs_data, measure


def test_whoever_works_with_the_team_never_counts_toward_its_gate(pathway: Pathway) -> None:
    team = pathway.team
    activator = MembershipFactory.create(team=team, user__email="Ann@People.example").user
    viewer = MembershipFactory.create(team=team, role=Role.VIEWER).user
    admin = UserFactory.create(is_staff=True)
    former = MembershipFactory.create(team=team, ends_on=TODAY - DAY).user
    for user in (activator, viewer, admin, former):
        act(pathway, IdentityFactory.create(email=user.email.lower()), TODAY - DAY)
    figure = measured(team, Measure.ACTIVE_CONTRIBUTORS)
    assert figure.value == 2  # the viewer and the former activator
    left_out = figure.detail["left_out"]
    assert isinstance(left_out, list)
    assert sorted(row["role"] for row in left_out) == ["activator", "admin"]


def test_a_change_of_address_makes_nobody_count_for_their_own_gate(pathway: Pathway) -> None:
    activator = MembershipFactory.create(team=pathway.team).user
    act(pathway, IdentityFactory.create(email=activator.email), TODAY - DAY)
    assert measured(pathway.team, Measure.ACTIVE_CONTRIBUTORS).value == 0
    profiles.confirm_address(profiles.ask_address(activator, "elsewhere@people.example"), actor=activator)
    act(pathway, IdentityFactory.create(email="elsewhere@people.example"), TODAY - DAY)
    assert measured(pathway.team, Measure.ACTIVE_CONTRIBUTORS).value == 0


def test_prototypes_are_counted_on_their_own(pathway: Pathway) -> None:
    act(pathway, ContributorFactory.create(), TODAY - DAY)
    assert value(pathway.team, Measure.PROTOTYPE_CONTRIBUTORS) == 0
    pathway.is_prototype = True
    pathway.save()
    assert value(pathway.team, Measure.PROTOTYPE_CONTRIBUTORS) == 1


def test_core_retention_is_a_share_of_those_a_year_ago(pathway: Pathway) -> None:
    assert value(pathway.team, Measure.CORE_RETENTION) is None
    ago = TODAY - DAY - 365 * DAY
    stays, leaves = ContributorFactory.create_batch(2)
    for person in (stays, leaves):
        act(pathway, person, ago - DAY, ago)
    act(pathway, stays, TODAY - 3 * DAY, TODAY - 2 * DAY)
    act(pathway, ContributorFactory.create(), TODAY - 3 * DAY, TODAY - 2 * DAY)
    assert value(pathway.team, Measure.CORE_RETENTION) == Decimal("0.5")


def test_the_absence_factor_is_how_few_make_half(pathway: Pathway) -> None:
    assert value(pathway.team, Measure.ABSENCE_FACTOR) is None
    one, two, three = ContributorFactory.create_batch(3)
    act(pathway, one, *(TODAY - (number + 1) * DAY for number in range(4)))
    act(pathway, two, *(TODAY - (number + 1) * DAY for number in range(3)))
    act(pathway, three, *(TODAY - (number + 1) * DAY for number in range(2)))
    act(pathway, three, *(TODAY - (number + 400) * DAY for number in range(9)))  # outside the window
    assert value(pathway.team, Measure.ABSENCE_FACTOR) == 2
    act(pathway, one, TODAY - 5 * DAY)  # five of ten: exactly half
    assert value(pathway.team, Measure.ABSENCE_FACTOR) == 1


def test_new_contributors_came_after_the_stage_was_entered_into_an_open_pathway(pathway: Pathway) -> None:
    team = pathway.team
    team.entered_on = TODAY - 100 * DAY
    team.save()
    closed = PathwayFactory.create(team=team, closed_on=TODAY - 200 * DAY)
    old, on_the_day, new, stray, named, was_staff = ContributorFactory.create_batch(6)
    act(pathway, old, team.entered_on - DAY, TODAY - DAY)
    act(pathway, on_the_day, team.entered_on)
    act(pathway, new, team.entered_on + DAY)
    source_of(closed, complete_to=TODAY - DAY)
    act(closed, stray, TODAY - 50 * DAY)
    act(closed, named, TODAY - 50 * DAY)
    EnrolmentFactory.create(pathway=pathway, contributor=named, opportunity="Triage on Fridays")
    Affiliation.objects.create(contributor=was_staff, kind="staff", from_on=date(2020, 1, 1), until_on=TODAY - 9 * DAY)
    act(pathway, was_staff, TODAY - 500 * DAY, TODAY - 5 * DAY)
    figure = measured(team, Measure.NEW_CONTRIBUTORS)
    assert (figure.value, figure.detail["unconnected"]) == (Decimal(2), 1)
    assert {one.contributor_id for one in newcomers(Evidence(team), 0)} == {new.pk, stray.pk, named.pk}
    assert value(team, Measure.NEW_CONTRIBUTORS, window=60) == 1


def test_through_is_a_further_step_or_level(pathway: Pathway) -> None:
    team = pathway.team
    Team.objects.filter(pk=team.pk).update(entered_on=TODAY - 100 * DAY)
    team.refresh_from_db()
    first = StepFactory.create(pathway=pathway, order=1, kinds=[known("commit").pk])
    StepFactory.create(pathway=pathway, order=2, kinds=[known("review").pk], count=2)
    arrived, levelled, reviewed, by_hand = ContributorFactory.create_batch(4)
    act(pathway, arrived, TODAY - 9 * DAY)
    act(pathway, arrived, TODAY - 9 * DAY, kind="review")  # one of the two reviews wanted
    act(pathway, levelled, TODAY - 9 * DAY, TODAY - 8 * DAY)
    act(pathway, reviewed, TODAY - 9 * DAY)
    act(pathway, reviewed, TODAY - 9 * DAY, TODAY - 9 * DAY, kind="review")
    act(pathway, by_hand, TODAY - 9 * DAY)
    EnrolmentFactory.create(pathway=pathway, contributor=by_hand).completed_steps.add(first)
    recount(team.pk)
    through = {one.contributor_id for one in newcomers(Evidence(team), 0) if one.through}
    assert through == {levelled.pk, reviewed.pk, by_hand.pk}


# --- growth ----------------------------------------------------------------------------------------


def scaling(pathway: Pathway, entered: date, measure: Measure = Measure.ACTIVE_GROWTH) -> Team:
    """The team stands since a day in the stage that asks for growth."""
    stage = StageFactory.create(order=4)
    CriterionFactory.create(stage=stage, measure=measure, threshold=10)
    Team.objects.filter(pk=pathway.team_id).update(stage=stage, entered_on=entered)
    return Team.objects.get(pk=pathway.team_id)


def crowd(pathway: Pathway, number: int, *days: date) -> list[Contributor]:
    people = ContributorFactory.create_batch(number)
    for person in people:
        act(pathway, person, *days)
    return people


def test_growth_divides_now_by_the_day_of_entry_on_four_sundays(pathway: Pathway) -> None:
    entered = TODAY - 100 * DAY
    crowd(pathway, 2, entered - DAY)
    team = scaling(pathway, entered)
    crowd(pathway, 6, date(2026, 5, 24), TODAY - 2 * DAY)  # from the first of the four Sundays on
    crowd(pathway, 1, date(2026, 6, 7))
    figure = measured(team, Measure.ACTIVE_GROWTH)
    assert figure.value == Decimal("3.5")
    assert (figure.detail["baseline"], figure.detail["now"]) == (2, 7)
    assert [(point["week"], point["value"]) for point in figure.points] == [
        ("2026-05-24", "3.0000"),
        ("2026-05-31", "3.0000"),
        ("2026-06-07", "3.5000"),
        ("2026-06-14", "3.5000"),
    ]


def test_growth_is_cut_and_never_rounded_up(pathway: Pathway) -> None:
    entered = TODAY - 100 * DAY
    crowd(pathway, 3, entered - DAY)
    team = scaling(pathway, entered)
    crowd(pathway, 2, TODAY - DAY)
    assert value(team, Measure.ACTIVE_GROWTH) == Decimal("0.6666")


def test_a_week_before_the_entry_is_no_point(pathway: Pathway) -> None:
    crowd(pathway, 2, TODAY - 12 * DAY)
    team = scaling(pathway, TODAY - 10 * DAY)
    figure = measured(team, Measure.ACTIVE_GROWTH)
    assert [point["week"] for point in figure.points] == ["2026-06-07", "2026-06-14"]


def test_without_a_baseline_growth_cannot_be_told(pathway: Pathway) -> None:
    crowd(pathway, 3, TODAY - 3 * DAY)
    source_of(pathway).starts_on = date(2020, 1, 1)
    Source.objects.update(starts_on=date(2020, 1, 1))
    team = scaling(pathway, TODAY - 200 * DAY)
    figure = measured(team, Measure.ACTIVE_GROWTH)
    assert (figure.value, figure.detail["baseline"]) == (None, 0)
    assert "no baseline" in figure.reason


def test_a_source_that_begins_after_the_entry_makes_no_growth(pathway: Pathway) -> None:
    entered = TODAY - 100 * DAY
    crowd(pathway, 2, entered - DAY, TODAY - 2 * DAY)
    late = SourceFactory.create(pathway=pathway, name="Late", complete_to=TODAY - DAY)
    for person in ContributorFactory.create_batch(9):
        act(pathway, person, TODAY - 2 * DAY, source=late)
    team = scaling(pathway, entered)
    figure = measured(team, Measure.ACTIVE_GROWTH)
    assert (figure.value, figure.detail["sources_begun_later"]) == (Decimal(1), ["Late"])
    assert measured(team, Measure.ACTIVE_CONTRIBUTORS).value == 11


def test_a_team_that_never_entered_the_stage_has_no_growth(pathway: Pathway) -> None:
    figure = measured(pathway.team, Measure.ACTIVE_GROWTH)
    assert figure.value is None
    assert "not entered" in figure.reason


def test_the_jump_of_sustaining_is_counted_alike_without_points(pathway: Pathway) -> None:
    entered = TODAY - 50 * DAY
    crowd(pathway, 1, entered - DAY)
    team = scaling(pathway, entered, Measure.CONTRIBUTION_JUMP)
    crowd(pathway, 4, TODAY - 2 * DAY)
    figure = measured(team, Measure.CONTRIBUTION_JUMP)
    assert (figure.value, figure.points, figure.detail["teams"]) == (Decimal(4), [], 0)
