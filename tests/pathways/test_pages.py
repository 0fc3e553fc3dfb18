"""The pages of pathways and contributors: who reads them, who writes, and what comes back."""

import re
from datetime import date
from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from pathways import pathways, rules, stewards
from pathways.models import Affiliation, CommunityRole, Enrolment, Iteration, Level, Pathway
from pathways.rules import Point, StepSpec
from teams.models import Team
from tests.conftest import People
from tests.factories import (
    CommunityRoleFactory,
    ContributorFactory,
    EnrolmentFactory,
    FunnelFactory,
    IdentityFactory,
    KindFactory,
    PathwayFactory,
    SourceFactory,
)
from tests.weeks import week

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
ROOT = "/teams/lantern/pathways/"


@pytest.fixture
def pathway(people: People) -> Pathway:
    made = pathways.create(people.team, actor=people.activator, name="Patch and review", summary="From hello to core.")
    points = [Point(1, "First"), Point(2, "Regular", [KindFactory.create(key="review").pk], 4, 2, roles=["mentor"])]
    rules.set_points(made, points, actor=people.activator)
    rules.set_steps(made, [StepSpec("Say hello"), StepSpec("Patch", points[1].kinds, 2)], actor=people.activator)
    return made


def words(client: Client, address: str) -> str:
    """What the page says, without its markup."""
    response = client.get(address)
    assert response.status_code == HTTPStatus.OK
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def hidden(client: Client, address: str) -> dict[str, str]:
    """The form of a page as a browser would send it back untouched."""
    html = client.get(address).content.decode()
    html = html[html.index("<main") :]
    data = {}
    for tag in re.findall(r"<input[^>]*>", html):
        given = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if "name" in given and (given.get("type") != "checkbox" or " checked" in tag):
            data[given["name"]] = given.get("value", "")
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', html, re.DOTALL):
        if chosen := re.search(r'value="([^"]*)" selected', options):
            data[name] = chosen[1]
    for name, text in re.findall(r'<textarea name="([^"]+)".*?>(.*?)</textarea>', html, re.DOTALL):
        data[name] = text.strip()
    return data


def test_a_pathway_says_its_rules_as_sentences(people: People, pathway: Pathway) -> None:
    said = words(people.client("viewer"), f"{ROOT}patch-and-review/")
    assert "A pathway of Lantern. From hello to core." in said
    assert "At least 1 of any kind, within 365 days" in said
    assert "At least 4 of review, on 2 different days, within 365 days, while confirmed as mentor" in said
    assert "by 2 contributions: review" in said
    assert "no point: nobody reaches this level here" in said  # core
    assert "0 of 6" in said  # points for two levels only, nothing else


def test_health_follows_what_is_done(people: People, pathway: Pathway) -> None:
    pathways.change(pathway, actor=people.activator, documentation_url="https://example.org/handbook")
    stewards.appoint(pathway, actor=people.activator, user=people.viewer)
    pathways.connect(pathway, actor=people.activator, funnel=FunnelFactory.create(name="Newsletters"))
    pathways.record_iteration(pathway, actor=people.activator, what="Fewer labels", why="Too many")
    rules.set_points(pathway, [Point(level, "x") for level in (1, 2, 3)], actor=people.activator)
    said = words(people.client("viewer"), f"{ROOT}patch-and-review/")
    assert "5 of 6" in said
    assert "connect one on the data page" in said


def test_the_numbers_are_of_the_pathway_alone(people: People, pathway: Pathway) -> None:
    for pathway_id, active in ((0, 90), (pathway.pk, 14)):
        week(people.team, date(2026, 6, 14), pathway_id=pathway_id, new=active, active=active, core=1)
    said = words(people.client("viewer"), f"{ROOT}patch-and-review/")
    assert "14 people made a first contribution" in said
    assert "14 are active" in said
    assert re.search(r"Patch and review .* 14 1 ", words(people.client("viewer"), ROOT))


def test_an_activator_opens_a_pathway_and_a_wrong_form_comes_back(people: People) -> None:
    client = people.client("activator")
    wrong = client.post(ROOT, {"name": "", "summary": "Typed and not lost."})
    assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Typed and not lost." in wrong.content.decode()
    right = client.post(ROOT, {"name": "Translate", "opened_on": "2026-06-01"})
    assert (right.status_code, right["Location"]) == (HTTPStatus.SEE_OTHER, f"{ROOT}translate/")
    assert Pathway.objects.get(slug="translate").opened_on == date(2026, 6, 1)


def test_details_changed_meanwhile_are_a_conflict_that_shows_both(people: People, pathway: Pathway) -> None:
    client, address = people.client("activator"), f"{ROOT}patch-and-review/details/"
    form = hidden(client, address)
    pathways.change(pathway, actor=people.admin, summary="Somebody else's words.")
    response = client.post(address, form | {"summary": "My words."})
    html = response.content.decode()
    assert response.status_code == HTTPStatus.CONFLICT
    assert "Somebody else&#x27;s words." in html
    assert "My words." in html
    again = client.post(address, hidden(client, address) | {"summary": "My words."})
    assert again.status_code == HTTPStatus.SEE_OTHER
    assert Pathway.objects.get(pk=pathway.pk).summary == "My words."


def test_the_points_page_saves_the_set_as_it_stands_and_adds_a_row(people: People, pathway: Pathway) -> None:
    client, address = people.client("activator"), f"{ROOT}patch-and-review/conversion-points/"
    form, before = hidden(client, address), rules.points_of(pathway)
    version = Team.objects.get(pk=people.team.pk).facts_version
    assert client.post(address, form).status_code == HTTPStatus.SEE_OTHER
    assert rules.points_of(pathway) == before
    assert Team.objects.get(pk=people.team.pk).facts_version == version
    row = {"form-2-level": Level.CORE, "form-2-label": "Core", "form-2-n": 25, "form-2-d": 10, "form-2-m": 3}
    assert client.post(address, form | row | {"form-0-DELETE": "on"}).status_code == HTTPStatus.SEE_OTHER
    assert [(point.level, point.label) for point in rules.points_of(pathway)] == [(2, "Regular"), (3, "Core")]


def test_a_rule_that_nobody_fulfils_comes_back_with_words(people: People, pathway: Pathway) -> None:
    client, address = people.client("activator"), f"{ROOT}patch-and-review/conversion-points/"
    form = hidden(client, address)
    for wrong in ({"form-0-d": 5}, {"form-0-n": "many"}, {"form-0-n": 99999}):
        response = client.post(address, form | wrong)
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert client.post(address, {"seen": form["seen"]}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert rules.points_of(pathway)[0].d == 1


def test_stale_points_are_a_conflict(people: People, pathway: Pathway) -> None:
    client, address = people.client("activator"), f"{ROOT}patch-and-review/conversion-points/"
    form = hidden(client, address)
    rules.set_points(pathway, [Point(3, "Theirs")], actor=people.admin)
    response = client.post(address, form | {"form-0-label": "Mine"})
    assert response.status_code == HTTPStatus.CONFLICT
    assert "Theirs" in response.content.decode()
    assert "Mine" in response.content.decode()
    assert rules.points_of(pathway) == [Point(3, "Theirs")]


def test_steps_change_places_on_their_page(people: People, pathway: Pathway) -> None:
    client, address = people.client("activator"), f"{ROOT}patch-and-review/steps/"
    form = hidden(client, address) | {"form-0-ORDER": "9", "form-2-name": "Review", "form-2-ORDER": "10"}
    assert client.post(address, form).status_code == HTTPStatus.SEE_OTHER
    assert [step.name for step in rules.steps_of(pathway)] == ["Patch", "Say hello", "Review"]


def test_what_a_pathway_is_joined_to_is_written_on_its_page(people: People, pathway: Pathway) -> None:
    client, page = people.client("activator"), f"{ROOT}patch-and-review/"
    funnel = FunnelFactory.create()
    sent = {
        "stewards/": {"person": f"user-{people.viewer.pk}"},
        "funnels/": {"funnel": funnel.pk, "url": "https://example.org/join"},
        "iterations/": {"on": "2026-06-17", "what": "Fewer labels", "why": "Too many"},
        "enrolments/": {"name": "Mira Stan", "email": "mira@home.example", "on": "2026-06-17"},
    }
    for noun, data in sent.items():
        assert client.post(page + noun, data).status_code == HTTPStatus.SEE_OTHER, noun
        assert client.post(page + noun, {}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY, noun
    again = client.post(page + "enrolments/", sent["enrolments/"])
    assert again.status_code == HTTPStatus.CONFLICT
    enrolment = Enrolment.objects.get(pathway=pathway)
    step = pathway.steps.get(name="Say hello")
    saved = client.post(f"{page}enrolments/{enrolment.pk}/", {"opportunity": "Rota", "steps": [step.pk]})
    assert saved.status_code == HTTPStatus.SEE_OTHER
    client.post(f"{page}iterations/{Iteration.objects.get().pk}/measure/", {"after": "6 days"})
    said = words(client, page)
    for expected in ("steward Viewer Muster", str(funnel), "Fewer labels", "6 days", "Mira Stan", "Rota", "by hand 1"):
        assert expected in said
    for noun, pk in (("stewards", pathway.stewards.get().pk), ("funnels", pathway.funnel_links.get().pk)):
        assert client.post(f"{page}{noun}/{pk}/end/").status_code == HTTPStatus.SEE_OTHER
    assert "no steward" in words(client, page)


READ = ["", "patch-and-review/"]
WRITE = ["details/", "steps/", "conversion-points/", "stewards/", "funnels/", "iterations/", "enrolments/"]


@pytest.mark.parametrize("who", ["anonymous", "outsider", "viewer", "partner"])
def test_who_does_not_run_pathways_only_reads(people: People, pathway: Pathway, who: str) -> None:
    client = people.client(who)
    reads = {"anonymous": HTTPStatus.FOUND, "outsider": HTTPStatus.NOT_FOUND}.get(who, HTTPStatus.OK)
    writes = reads if reads != HTTPStatus.OK else HTTPStatus.FORBIDDEN
    assert {client.get(ROOT + address).status_code for address in READ} == {reads}
    assert {client.post(f"{ROOT}patch-and-review/{address}").status_code for address in WRITE} == {writes}
    assert client.post(ROOT).status_code == writes


def test_another_teams_rows_are_not_there(people: People, pathway: Pathway) -> None:
    theirs = PathwayFactory.create(slug="patch-and-review")
    steward = stewards.appoint(theirs, actor=people.admin, user=people.admin)
    person = EnrolmentFactory.create(pathway=theirs)
    role = CommunityRoleFactory.create(team=theirs.team)
    client = people.client("activator")
    for address in (
        f"{ROOT}patch-and-review/stewards/{steward.pk}/end/",
        f"{ROOT}patch-and-review/enrolments/{person.pk}/",
        f"/teams/lantern/contributors/{person.contributor_id}/bot-flags/",
        f"/teams/lantern/contributors/{role.contributor_id}/roles/{role.pk}/end/",
    ):
        assert client.post(address).status_code == HTTPStatus.NOT_FOUND, address
    assert client.get(f"/teams/lantern/contributors/{person.contributor_id}/").status_code == HTTPStatus.NOT_FOUND


def test_the_list_of_people_is_searched_and_filtered(people: People, pathway: Pathway) -> None:
    mira, jon, robot = (
        ContributorFactory.create(name="Mira Stan"),
        ContributorFactory.create(name="Jon Vale"),
        ContributorFactory.create(name="Sync", is_bot=True),
    )
    for person in (mira, jon, robot):
        EnrolmentFactory.create(pathway=pathway, contributor=person)
    IdentityFactory.create(contributor=jon, email="jvale@home.example", source=f"word:{people.team.pk}")
    IdentityFactory.create(contributor=mira, email="mstan@away.example", name="Away Name", source="word:0")
    Affiliation.objects.create(contributor=mira, kind="staff", from_on=date(2025, 1, 1))
    CommunityRoleFactory.create(team=people.team, contributor=mira)
    client, address = people.client("viewer"), "/teams/lantern/contributors/"
    everybody = words(client, address)
    assert "2 people" in everybody
    assert "Mira Stan nothing counted staff leader" in everybody
    assert "Jon Vale nothing counted unclassified" in everybody
    assert "Jon Vale" not in words(client, f"{address}?affiliation=staff")
    assert "Mira Stan" not in words(client, f"{address}?affiliation=unclassified")
    assert "Sync bot" in words(client, f"{address}?affiliation=bots")
    # An address is for those who keep the people; to others it is not even a question.
    assert "Jon Vale" in words(people.client("activator"), f"{address}?q=jvale")
    assert "Jon Vale" not in words(client, f"{address}?q=jvale")
    # What another team knows of a person is not even found here.
    assert "Mira Stan" not in words(people.client("activator"), f"{address}?q=mstan")
    assert "Mira Stan" not in words(client, f"{address}?q=Away+Name")


def test_identities_are_those_of_the_teams_own_sources(people: People, pathway: Pathway) -> None:
    person = EnrolmentFactory.create(pathway=pathway).contributor
    here, elsewhere = SourceFactory.create(pathway=pathway), SourceFactory.create()
    for source, word in ((here.identity_source, "here"), (elsewhere.identity_source, "elsewhere")):
        IdentityFactory.create(
            contributor=person,
            source=source,
            name=f"Name {word}",
            email=f"{word}@home.example",
            username=f"user-{word}",
        )
    IdentityFactory.create(contributor=person, source=f"word:{people.team.pk}", name="Typed")
    address = f"/teams/lantern/contributors/{person.pk}/"
    for reader, sees in (("activator", True), ("viewer", False)):
        said = words(people.client(reader), address)
        assert "Name here" in said
        assert "Typed" in said
        assert ("user-here" in said, "here@home.example" in said) == (sees, sees)
        assert "elsewhere" not in said


def test_what_is_said_of_a_person_is_written_on_their_page(people: People, pathway: Pathway) -> None:
    person = EnrolmentFactory.create(pathway=pathway).contributor
    IdentityFactory.create(contributor=person, email="secret@home.example", source=f"word:{people.team.pk}")
    client, page = people.client("activator"), f"/teams/lantern/contributors/{person.pk}/"
    sent = {
        "affiliations/": {"kind": "staff", "from_on": "2026-01-01", "reason": "Joined the company"},
        "bot-flags/": {"is_bot": "no"},
        "names/": {"name": "Mira Stan"},
        "roles/": {"role": "leader", "from_on": "2026-06-01"},
    }
    for noun, data in sent.items():
        assert client.post(page + noun, data).status_code == HTTPStatus.SEE_OTHER, noun
        wrong = client.post(page + noun, {"from_on": "2026-02-30"})
        assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY, noun
    assert client.post(page + "roles/", sent["roles/"]).status_code == HTTPStatus.CONFLICT
    role = CommunityRole.objects.get()
    confirmed = people.client("partner").post(f"{page}roles/{role.pk}/confirmation/")
    assert confirmed.status_code == HTTPStatus.SEE_OTHER
    said = words(client, page)
    for expected in (
        "Mira Stan",
        "Staff.",
        "Leader 1 Jun 2026 now Partner Muster",
        "Staff from 1 Jan 2026 · Activator Muster: Joined the company",
        "Confirmed in the role leader",
        "secret@home.example",
    ):
        assert expected in said, expected
    assert "secret@home.example" not in words(people.client("viewer"), page)
    assert people.client("viewer").post(f"{page}roles/{role.pk}/end/").status_code == HTTPStatus.FORBIDDEN
    assert client.post(f"{page}roles/{role.pk}/end/").status_code == HTTPStatus.SEE_OTHER
    assert CommunityRole.objects.get().until_on == date(2026, 6, 17)


def test_ten_pathways_cost_no_more_queries_than_one(
    people: People, pathway: Pathway, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = people.client("viewer")
    with CaptureQueriesContext(connection) as one:
        client.get(ROOT)
    for number in range(9):
        made = pathways.create(people.team, actor=people.activator, name=f"Way {number}")
        stewards.appoint(made, actor=people.activator, user=people.viewer)
        pathways.connect(made, actor=people.activator, funnel=FunnelFactory.create())
    with django_assert_max_num_queries(len(one) + 2):  # funnels and stewards' names, of which there were none
        client.get(ROOT)


def test_a_mentor_gets_a_mentee_by_name_or_number(people: People, pathway: Pathway) -> None:
    mentor = CommunityRoleFactory.create(team=people.team, role=CommunityRole.Role.MENTOR)
    twins = [EnrolmentFactory.create(pathway=pathway, contributor__name="Jon Vale").contributor for _ in range(2)]
    EnrolmentFactory.create(contributor__name="Stranger Elsewhere")
    client, page = people.client("activator"), f"/teams/lantern/contributors/{mentor.contributor_id}/"
    for wrong in ("Stranger Elsewhere", "Jon Vale", "", "99999999999999999999", "²"):
        response = client.post(f"{page}roles/{mentor.pk}/mentees/", {"mentee": wrong})
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY, wrong
    for twin in twins:
        sent = client.post(f"{page}roles/{mentor.pk}/mentees/", {"mentee": f"#{twin.pk}"})
        assert sent.status_code == HTTPStatus.SEE_OTHER
    assert mentor.mentorships.count() == 2
    client.post(f"{page}mentorships/{mentor.mentorships.get(mentee=twins[0]).pk}/end/")
    assert [each.mentee for each in mentor.mentorships.filter(until_on=None)] == [twins[1]]
