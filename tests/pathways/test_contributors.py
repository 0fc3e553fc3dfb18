"""What is said of people: bot or not, affiliation, roles, enrolments; by whom, and about whom."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from pathways import contributors, enrolments, pathways, presence, roles, stewards
from pathways.models import Affiliation, CommunityRole, Contributor, ContributorEvent, Enrolment, Mentorship, Pathway
from pathways.models.people import Affiliated
from teams.models import Team
from teams.refusals import Conflict, Refused
from tests.conftest import People
from tests.factories import (
    CommunityRoleFactory,
    ContributorFactory,
    EnrolmentFactory,
    IdentityFactory,
    PathwayFactory,
    StepFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY = date(2026, 6, 17)


@pytest.fixture
def pathway(people: People) -> Pathway:
    return PathwayFactory.create(team=people.team)


@pytest.fixture
def walker(pathway: Pathway) -> Contributor:
    return EnrolmentFactory.create(pathway=pathway).contributor


def said(contributor: Contributor) -> list[str]:
    return list(ContributorEvent.objects.filter(contributor=contributor).values_list("action", flat=True))


def held(contributor: Contributor) -> list[tuple[str, date, date | None]]:
    return list(Affiliation.objects.filter(contributor=contributor).values_list("kind", "from_on", "until_on"))


def test_a_bot_flag_is_a_persons_word_and_can_be_taken_back(people: People, walker: Contributor) -> None:
    for is_bot in (True, True, False):
        contributors.set_bot(walker, actor=people.activator, team=people.team, is_bot=is_bot)
    assert said(walker) == ["bot", "no bot"]
    assert not Contributor.objects.get(pk=walker.pk).is_bot


@pytest.mark.parametrize("who", ["viewer", "partner", "outsider"])
def test_only_who_keeps_the_teams_contributors_speaks_about_them(people: People, walker: Contributor, who: str) -> None:
    actor, team = getattr(people, who), people.team
    for attempt in (
        lambda: contributors.set_bot(walker, actor=actor, team=team, is_bot=True),
        lambda: contributors.set_affiliation(walker, actor=actor, team=team, kind=Affiliated.STAFF),
        lambda: contributors.rename(walker, actor=actor, team=team, name="X"),
        lambda: roles.give(walker, actor=actor, team=team, role=CommunityRole.Role.LEADER),
    ):
        with pytest.raises(PermissionDenied):
            attempt()


def test_a_stranger_to_the_team_is_not_its_to_change(people: People) -> None:
    stranger = EnrolmentFactory.create().contributor
    with pytest.raises(PermissionDenied):
        contributors.set_bot(stranger, actor=people.activator, team=people.team, is_bot=True)


def test_an_affiliation_closes_the_one_that_runs(people: People, walker: Contributor) -> None:
    def say(kind: Affiliated | None, day: date) -> None:
        contributors.set_affiliation(walker, actor=people.activator, team=people.team, kind=kind, from_on=day)

    say(Affiliated.STAFF, date(2024, 1, 1))
    say(Affiliated.VOLUNTEER, date(2025, 1, 1))
    say(Affiliated.VOLUNTEER, date(2025, 6, 1))  # says nothing new
    assert held(walker) == [
        ("staff", date(2024, 1, 1), date(2025, 1, 1)),
        ("volunteer", date(2025, 1, 1), None),
    ]
    say(Affiliated.VOLUNTEER, date(2023, 1, 1))  # what was said of later days stays
    assert held(walker)[0] == ("volunteer", date(2023, 1, 1), date(2024, 1, 1))
    say(None, date(2025, 1, 1))  # the first day of a word: the word is taken back
    assert held(walker)[-1] == ("staff", date(2024, 1, 1), date(2025, 1, 1))
    assert contributors.affiliation_on(walker) is None
    assert said(walker) == ["affiliation"] * 4
    with pytest.raises(Refused):
        say(Affiliated.STAFF, date(2026, 6, 18))


def test_a_role_counts_once_confirmed_and_ends(people: People, walker: Contributor) -> None:
    role = roles.give(walker, actor=people.activator, team=people.team, role=CommunityRole.Role.LEADER)
    assert role.confirmed_by is None
    with pytest.raises(PermissionDenied):
        roles.confirm(role, actor=people.viewer)
    assert roles.confirm(role, actor=people.partner).confirmed_by == people.partner
    with pytest.raises(Conflict):
        roles.confirm(role, actor=people.activator)
    with pytest.raises(Conflict):
        roles.give(walker, actor=people.activator, team=people.team, role=CommunityRole.Role.LEADER)
    roles.end(role, actor=people.activator)
    assert not CommunityRole.objects.exists()  # it would have run on no day
    with pytest.raises(Conflict):
        roles.end(role, actor=people.activator)
    assert said(walker) == ["role given", "role confirmed", "role ended"]


def test_a_bot_gets_no_role(people: People, walker: Contributor) -> None:
    bot = contributors.set_bot(walker, actor=people.activator, team=people.team, is_bot=True)
    with pytest.raises(Refused):
        roles.give(bot, actor=people.activator, team=people.team, role=CommunityRole.Role.LEADER)


def test_mentorships_end_with_the_role(people: People, walker: Contributor) -> None:
    mentor = CommunityRoleFactory.create(team=people.team, role=CommunityRole.Role.MENTOR)
    for wrong in (mentor.contributor, ContributorFactory.create()):
        with pytest.raises(Refused):
            roles.add_mentee(mentor, actor=people.activator, mentee=wrong)
    roles.add_mentee(mentor, actor=people.activator, mentee=walker)
    with pytest.raises(Conflict):
        roles.add_mentee(mentor, actor=people.activator, mentee=walker)
    roles.end(mentor, actor=people.activator)
    assert Mentorship.objects.get().until_on == TODAY
    leader = CommunityRoleFactory.create(team=people.team)
    with pytest.raises(Refused):
        roles.add_mentee(leader, actor=people.activator, mentee=walker)


def test_a_newcomer_is_welcomed_and_somebody_known_is_found(people: People, pathway: Pathway) -> None:
    known = IdentityFactory.create(email="mira@home.example", join_key="mail:mira@home.example").contributor
    found = enrolments.welcome(pathway, actor=people.activator, name="Mira", email="Mira@home.example")
    assert found.contributor == known
    new = enrolments.welcome(pathway, actor=people.activator, name="Jon Vale", opportunity="Review rota")
    assert (new.contributor.name, new.opportunity) == ("Jon Vale", "Review rota")
    with pytest.raises(Conflict):
        enrolments.welcome(pathway, actor=people.activator, name="Jon Vale")
    assert Enrolment.objects.filter(pathway=pathway).count() == 2


def test_a_year_of_two_digits_is_a_slip_and_not_two_thousand_years_of_weeks(
    people: People, walker: Contributor, pathway: Pathway
) -> None:
    slip: dict[str, Any] = {"actor": people.activator, "on": date(26, 6, 17)}
    since: dict[str, Any] = {"actor": people.activator, "team": people.team, "from_on": date(26, 6, 17)}
    for act in (
        lambda: enrolments.welcome(pathway, name="Ann", **slip),
        lambda: pathways.record_iteration(pathway, what="Shorter", why="Long", **slip),
        lambda: stewards.appoint(pathway, contributor=walker, **slip),
        lambda: contributors.set_affiliation(walker, kind=Affiliated.STAFF, **since),
        lambda: roles.give(walker, role=CommunityRole.Role.LEADER, **since),
        lambda: pathways.create(people.team, actor=people.activator, name="Old", opened_on=date(26, 6, 17)),
        lambda: pathways.change(pathway, actor=people.activator, opened_on=date(1969, 12, 31)),
    ):
        with pytest.raises(Refused, match="four digits"):
            act()
    assert Enrolment.objects.count() == 1


def test_a_step_completed_by_hand_moves_the_teams_facts(people: People, pathway: Pathway) -> None:
    enrolment = EnrolmentFactory.create(pathway=pathway)
    step = StepFactory.create(pathway=pathway)
    before = Team.objects.get(pk=people.team.pk).facts_version
    enrolments.complete_step(enrolment, actor=people.activator, step=step)
    assert Team.objects.get(pk=people.team.pk).facts_version > before
    for wrong in (StepFactory.create(), StepFactory.create(pathway=pathway, kinds=[1])):
        with pytest.raises(Refused):
            enrolments.complete_step(enrolment, actor=people.activator, step=wrong)


def test_who_takes_part(people: People, walker: Contributor) -> None:
    leader = CommunityRoleFactory.create(team=people.team).contributor
    EnrolmentFactory.create()
    assert set(presence.of_team(people.team)) == {walker, leader}
