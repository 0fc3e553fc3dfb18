"""The lists beside the list of people, and who answered a newcomer."""

import re
from datetime import date, timedelta
from html import unescape
from http import HTTPStatus

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from metrics.recount import recount
from pathways import answers, roles
from pathways.models import Affiliation, CommunityRole, Contributor, ContributorEvent, Level, Pathway
from teams.refusals import Conflict
from tests.conftest import People
from tests.factories import CommunityRoleFactory, ContributorFactory, PathwayFactory, PointFactory
from tests.metrics.acts import act, source_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY = date(2026, 6, 17)
DAY = timedelta(days=1)
ROOT = "/teams/lantern/contributors/"


@pytest.fixture
def pathway(people: People) -> Pathway:
    """Nell is one act from active; Sam drifts; Nell, Finn and Rob the bot are new; Stan is new and staff."""
    pathway = PathwayFactory.create(team=people.team, slug="code", name="Code")
    for level, n, d in ((Level.CASUAL, 1, 1), (Level.ACTIVE, 3, 2)):
        PointFactory.create(pathway=pathway, level=level, n=n, d=d, w=365)
    source_of(pathway, complete_to=TODAY)
    days = {"Nell": (5, 5), "Finn": (27,), "Late": (28,), "Sam": (300, 290, 280, 200), "Rob": (1,), "Stan": (1,)}
    for name, ago in days.items():
        who = ContributorFactory.create(name=name, is_bot=name == "Rob")
        if name == "Stan":
            Affiliation.objects.create(contributor=who, kind="staff", from_on=date(2020, 1, 1))
        act(pathway, who, *(TODAY - each * DAY for each in ago))
    recount(pathway.team_id)
    return pathway


def words(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == HTTPStatus.OK
    told = " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())
    return told.replace(" .", ".")


def person(name: str) -> Contributor:
    return Contributor.objects.get(name=name)


def test_the_list_of_people_counts_the_three_and_each_explains_itself(people: People, pathway: Pathway) -> None:
    viewer = people.client("viewer")
    head = "Near the next level 1 Drifting 1 Newcomers without an answer 2"
    for address in ("", "near-the-next-level/", "drifting/", "newcomers/"):
        assert head in words(viewer, ROOT + address), address
    near = words(viewer, f"{ROOT}near-the-next-level/")
    assert "Nell casual until 12 Jun 2027 active 1 more contribution on another day, by 11 Jun 2027" in near
    assert "Volunteers and unclassified, as of 17 Jun 2026." in near
    drifting = words(viewer, f"{ROOT}drifting/")
    assert "Sam active until 31 Aug 2026 29 Nov 2025 200 1 more contribution before 31 Aug 2026 keeps it" in drifting
    assert "keeps it until 10 Sep 2026 at least." in drifting
    newcomers = words(viewer, f"{ROOT}newcomers/")
    assert re.search(r"Nell 12 Jun 2026 .* Finn 21 May 2026", newcomers)
    assert not re.search("Late|Rob|Stan|Sam", newcomers)


def test_an_answer_is_noted_once_with_who_and_how(people: People, pathway: Pathway) -> None:
    client, finn = people.client("activator"), person("Finn")
    address = f"{ROOT}{finn.pk}/answers/"
    sent = client.post(address, {"note": "Wrote back on the list"})
    assert (sent.status_code, sent["Location"]) == (HTTPStatus.SEE_OTHER, f"{ROOT}newcomers/")
    said = words(client, f"{ROOT}newcomers/")
    assert "Newcomers without an answer 1" in said
    assert re.search(r"Finn 21 May 2026 Activator Muster \d+ \w+ \d+ Wrote back on the list", said)
    again = client.post(address, {"note": "Me too"})
    assert again.status_code == HTTPStatus.CONFLICT
    assert "Activator Muster has answered Finn already." in again.content.decode()
    assert ContributorEvent.objects.filter(contributor=finn, action="answered").count() == 1
    assert "Answered as a newcomer · Activator Muster" in words(client, f"{ROOT}{finn.pk}/")


def test_a_note_that_is_too_long_comes_back_as_it_was_typed(people: People, pathway: Pathway) -> None:
    typed = "x" * 301
    response = people.client("activator").post(f"{ROOT}{person('Finn').pk}/answers/", {"note": typed})
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert typed in response.content.decode()


def test_who_has_a_mentor_counts_as_answered_while_it_lasts(people: People, pathway: Pathway) -> None:
    mentor = CommunityRoleFactory.create(
        team=people.team, role=CommunityRole.Role.MENTOR, contributor__name="Mona", from_on=TODAY - 9 * DAY
    )
    elsewhere = CommunityRoleFactory.create(role=CommunityRole.Role.MENTOR)
    elsewhere.mentorships.create(mentee=person("Nell"), from_on=TODAY)
    mentorship = roles.add_mentee(mentor, actor=people.activator, mentee=person("Finn"), from_on=TODAY - DAY)
    viewer = people.client("viewer")
    assert "Finn 21 May 2026 Mona mentor" in words(viewer, f"{ROOT}newcomers/")
    assert list(answers.answers_of(people.team, [person("Finn").pk, person("Nell").pk])) == [person("Finn").pk]
    roles.end_mentorship(mentorship, actor=people.activator)
    assert "Newcomers without an answer 2" in words(viewer, ROOT)


def test_another_teams_answer_is_none_here_and_strangers_cannot_be_answered(people: People, pathway: Pathway) -> None:
    theirs = people.outsider.memberships.get().team
    finn = person("Finn")
    act(PathwayFactory.create(team=theirs), finn.identities.get(), TODAY)
    answers.note_answer(finn, actor=people.outsider, team=theirs, note="Hello")
    assert answers.answers_of(people.team, [finn.pk]) == {}
    answers.note_answer(finn, actor=people.activator, team=people.team)
    with pytest.raises(Conflict):
        answers.note_answer(finn, actor=people.admin, team=people.team)
    for who, team in ((people.viewer, people.team), (people.activator, theirs), (people.partner, people.team)):
        with pytest.raises(PermissionDenied):
            answers.note_answer(person("Nell"), actor=who, team=team)


def test_what_came_in_after_the_as_of_day_is_new_too(people: People, pathway: Pathway) -> None:
    source_of(pathway, complete_to=TODAY - 10 * DAY)
    recount(pathway.team_id)
    said = words(people.client("viewer"), f"{ROOT}newcomers/")
    assert re.search(r"Nell 12 Jun 2026 .* Finn 21 May 2026 .* Late 20 May 2026", said)


def test_fifty_people_cost_no_more_queries_than_one(
    people: People, pathway: Pathway, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(60):
        act(pathway, ContributorFactory.create(name=f"Z {number:02}"), TODAY - DAY, TODAY - 2 * DAY)
        act(pathway, ContributorFactory.create(name=f"Y {number:02}"), *(TODAY - ago * DAY for ago in (299, 250, 211)))
    recount(people.team.pk)
    client = people.client("activator")
    for address in ("near-the-next-level/", "drifting/", "newcomers/"):
        with django_assert_max_num_queries(25):
            html = client.get(ROOT + address).content.decode()
        assert "1 to 50 of 6" in html
