"""Who may be one person: found by signs, shown with reasons, decided on by a person, in bulk, and remembered."""

from http import HTTPStatus

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from lifecycle import jobs
from pathways import deciding, erasure, likenesses, merging, presence, signs
from pathways.models import Contributor, Identity, Likeness, Pathway
from teams.models import Team
from teams.refusals import Conflict, Refused
from tests.conftest import People
from tests.factories import EnrolmentFactory, PathwayFactory
from tests.pathways.people import Given, resolve

pytestmark = pytest.mark.django_db
State = Likeness.State


@pytest.fixture
def pathway(people: People) -> Pathway:
    return PathwayFactory.create(team=people.team)


def _stream(pathway: Pathway) -> str:
    return f"{presence.BY_WORD}:{pathway.team_id}"


def come(pathway: Pathway, *rows: Given) -> list[Contributor]:
    """Rows typed for the team, whose people are enrolled."""
    found = []
    here = [row._replace(source=_stream(pathway) if ":" in row.source else row.source) for row in rows]
    for _identity, who in resolve(*here):
        person = Contributor.objects.get(pk=who)
        if not person.enrolments.exists():
            EnrolmentFactory.create(pathway=pathway, contributor=person)
        found.append(person)
    # an account's realm is no stream of the team's: what was typed makes the team know it
    Identity.objects.filter(source__in=["hub", "lab"]).update(source=_stream(pathway))
    return found


def found(team: Team) -> dict[frozenset[int], tuple[list[str], int]]:
    """Reasons and confidence of each pair."""
    likenesses.find(team)
    return {frozenset((row.one_id, row.other_id)): (row.reasons, row.confidence) for row in Likeness.objects.all()}


def mail(name: str, address: str) -> Given:
    return Given(name=name, email=address)


def hub(account: str, name: str = "X. Y.") -> Given:
    return Given("hub", name, "", account)


HUB = "users.noreply.github.com"


@pytest.mark.parametrize(
    ("two", "reasons", "confidence"),
    [
        ((mail("José  Díaz", "a1@home.example"), mail("JOSE\u0301 DI\u0301AZ", "b1@work.example")), ["name"], 80),
        ((mail("José Díaz [:jd]", "a1@home.example"), mail("José Díaz", "b1@work.example")), ["name"], 80),
        ((mail("Ann", "a1@home.example"), mail("Ann", "b1@work.example")), ["one_word"], 35),
        ((mail("Ann Li", "a1@home.example"), hub("annli")), ["name_login"], 40),
        ((hub("AnnLi"), Given("lab", "Z. A.", "", "annli")), ["login"], 60),
        ((hub("annli"), mail("Z. A.", "annli+x@home.example")), ["login_local_part"], 50),
        ((mail("X. Y.", "ann.li@home.example"), mail("Z. A.", "Ann.Li+x@work.example")), ["local_part"], 45),
        ((mail("X. Y.", f"7+old@{HUB}"), mail("Z. A.", f"7+new@{HUB}")), ["number"], 95),
        ((mail("Ann Li", "annl@home.example"), mail("ann li", "annl@work.example")), ["name", "local_part"], 89),
        ((mail("X. Y.", "ann@home.example"), mail("Z. A.", "ann@work.example")), [], 0),  # three letters
        ((mail("X. Y.", "info@home.example"), mail("Z. A.", "info@work.example")), [], 0),
        ((mail("unknown", "a1@home.example"), mail("Unknown", "b1@work.example")), [], 0),
        ((mail("a@b.example", "a1@home.example"), mail("a@b.example", "b1@work.example")), [], 0),
    ],
)
def test_what_makes_alike(pathway: Pathway, two: tuple[Given, Given], reasons: list[str], confidence: int) -> None:
    first, second = come(pathway, *two)
    assert first != second
    wanted = {frozenset((first.pk, second.pk)): (reasons, confidence)} if reasons else {}
    assert found(pathway.team) == wanted
    assert found(pathway.team) == wanted  # again is the same


def test_every_reason_has_a_worth_and_words() -> None:
    from pathways.wording import REASONS  # noqa: PLC0415

    assert set(REASONS) == {*signs.WORTH, "asked"}  # what a person says weighs nothing and needs words


def test_a_name_that_many_share_says_less_and_then_nothing(people: People, pathway: Pathway) -> None:
    named = [Given(name="Ann Li", email=f"p{n}@home.example") for n in range(6)]
    come(pathway, *named[:3])
    assert {confidence for _reasons, confidence in found(people.team).values()} == {40}
    Likeness.objects.all().delete()
    come(pathway, *named[3:])
    assert found(people.team) == {}


def test_bots_erased_people_and_strangers_to_the_team_are_left_out(people: People, pathway: Pathway) -> None:
    bot, gone, here = come(pathway, *(Given(name="Ann Li", email=f"p{n}@home.example") for n in range(3)))
    Contributor.objects.filter(pk=bot.pk).update(is_bot=True)
    erasure.erase(gone, actor=people.activator, team=people.team)
    elsewhere = PathwayFactory.create(team=people.outsider.memberships.get().team)
    come(elsewhere, Given(name="Ann Li", email="other@home.example"))
    assert here.name == "Ann Li"
    assert found(people.team) == {}


def test_what_a_team_does_not_know_of_a_person_tells_it_nothing(people: People, pathway: Pathway) -> None:
    come(pathway, Given(name="Ann Li", email="p1@home.example"))
    _, who = resolve(Given("word:999", "Ann Li", "p2@home.example"))[0]
    EnrolmentFactory.create(pathway=pathway, contributor_id=who)
    assert found(people.team) == {}


@pytest.fixture
def pair(people: People, pathway: Pathway) -> Likeness:
    come(pathway, Given(name="Ann Li", email="ann.li@home.example"), Given(name="Ann Li", email="ann.li@work.example"))
    likenesses.find(people.team)
    return Likeness.objects.get()


def test_accepting_merges_and_can_be_taken_back(people: People, pair: Likeness) -> None:
    assert deciding.accept([pair.pk], actor=people.activator, team=people.team) == 1
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by) == (State.ACCEPTED, people.activator)
    assert pair.decided_at is not None
    assert pair.one.identities.count() == 2
    with pytest.raises(Conflict):
        deciding.accept([pair.pk], actor=people.activator, team=people.team)
    merging.unmerge(pair.one.events.get(action="merge"), actor=people.activator, team=people.team)
    pair.refresh_from_db()
    assert pair.state == State.REJECTED  # taken back is told apart


def test_what_was_rejected_does_not_come_back_and_can_be_accepted_after_all(people: People, pair: Likeness) -> None:
    assert deciding.reject([pair.pk], actor=people.activator, team=people.team) == 1
    Likeness.objects.update(reasons=[])
    assert likenesses.find(people.team) == 0
    assert not likenesses.open_of(people.team).exists()
    with pytest.raises(Conflict):
        deciding.reject([pair.pk], actor=people.activator, team=people.team)
    assert deciding.accept([pair.pk], actor=people.activator, team=people.team) == 1


def test_several_at_once_are_one_person_or_none_is_touched(people: People, pathway: Pathway) -> None:
    come(pathway, *(Given(name="Ann Li", email=f"p{n}@home.example") for n in range(3)))
    likenesses.find(people.team)
    pks = list(Likeness.objects.values_list("pk", flat=True))
    assert len(pks) == 3
    with pytest.raises(Conflict):
        deciding.accept([*pks, 999_999], actor=people.activator, team=people.team)
    assert not Likeness.objects.exclude(state=State.OPEN).exists()
    assert deciding.accept(pks, actor=people.activator, team=people.team) == 2
    assert Identity.objects.values("contributor").distinct().count() == 1


def test_only_who_keeps_the_teams_contributors_decides(people: People, pair: Likeness) -> None:
    for verb in (deciding.accept, deciding.reject):
        for actor in (people.viewer, people.partner, people.outsider):
            with pytest.raises(PermissionDenied):
                verb([pair.pk], actor=actor, team=people.team)
        with pytest.raises(PermissionDenied):
            verb([pair.pk], actor=people.admin, team=people.outsider.memberships.get().team)
        with pytest.raises(Refused):
            verb([], actor=people.activator, team=people.team)


def test_of_an_erased_person_nothing_is_alike(people: People, pair: Likeness) -> None:
    erasure.erase(pair.one, actor=people.activator, team=people.team)
    assert not Likeness.objects.exists()


def words() -> list[object]:
    return list(Likeness.objects.order_by("pk").values("pk", "one", "other", "state", "reasons", "decided_by"))


def test_a_merge_brings_the_weaker_of_two_words_to_an_end_and_taking_it_back_restores_it(
    people: People, pathway: Pathway
) -> None:
    ann, bo, cy = come(pathway, *(Given(name=name, email=f"{name}@home.example") for name in ("Ann", "Boo", "Cyy")))
    Likeness.objects.create(one=ann, other=cy, reasons=["name"], confidence=80)
    likenesses.decide(bo.pk, cy.pk, state=State.REJECTED, actor=people.activator)
    before = words()
    [event] = merging.merge(ann, others=[bo], actor=people.activator, team=people.team)
    [left] = Likeness.objects.all()
    assert ({left.one_id, left.other_id}, left.state) == ({ann.pk, cy.pk}, State.REJECTED)
    merging.unmerge(event, actor=people.activator, team=people.team)
    apart = likenesses.of_pair(ann.pk, bo.pk).get()
    assert apart.state == State.REJECTED
    apart.delete()
    assert words() == before


def test_the_job_looks_and_a_team_that_is_gone_is_no_failure(people: People, pathway: Pathway) -> None:
    come(pathway, Given(name="Ann Li", email="p1@home.example"), Given(name="Ann Li", email="p2@home.example"))
    for key in (people.team.pk, 999_999):
        assert jobs.run(jobs.ask("likeness", str(key)), reraise=True)
    assert Likeness.objects.count() == 1


def test_a_pair_stands_once_in_either_order(people: People, pair: Likeness) -> None:
    with pytest.raises(Exception, match="likeness_once"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO pathways_likeness (one_id, other_id, reasons) VALUES (%s, %s, '[]')",
            [pair.other_id, pair.one_id],
        )


LIST = "/teams/lantern/contributors/likenesses/"


def test_the_page_shows_pairs_and_takes_decisions(people: People, pair: Likeness) -> None:
    client = people.client("activator")
    assert "1 pair may be one person" in client.get("/teams/lantern/contributors/").content.decode()
    page = client.get(LIST).content.decode()
    for words in ("ann.li@home.example", "ann.li@work.example", "the same name", "addresses that begin alike", "89 %"):
        assert words in page
    answer = client.post(f"{LIST}decisions/", {"pair": pair.pk, "decision": "look"})
    assert (answer.status_code, answer["Location"]) == (HTTPStatus.SEE_OTHER, f"{LIST}reach/?pair={pair.pk}")
    told = client.get(answer["Location"]).content.decode()
    assert "nothing has been changed yet" in told
    pair.refresh_from_db()
    assert pair.state == State.OPEN
    client.post(f"{LIST}decisions/", {"pair": pair.pk, "decision": "reject"})
    assert "Nobody here looks like two people" in client.get(LIST).content.decode()
    assert "ann.li@work.example" in client.get(f"{LIST}?show=rejected").content.decode()
    answer = client.post(f"{LIST}decisions/", {"pair": pair.pk, "decision": "accept"}, follow=True)
    assert "Merged." in answer.content.decode()
    person = f"/teams/lantern/contributors/{pair.one_id}/"
    event = pair.one.events.get(action="merge")
    assert f"{person}merges/{event.pk}/end/" in client.get(person).content.decode()
    answer = client.post(f"{person}merges/{event.pk}/end/", follow=True)
    assert "two people again" in answer.content.decode()
    assert "Take the merge back" not in answer.content.decode()


def test_a_person_is_called_somebody_else_merged_and_split_off_again(people: People, pathway: Pathway) -> None:
    ann, bo = come(pathway, mail("Ann Li", "ann@home.example"), mail("Bo", "bo@home.example"))
    client, address = people.client("activator"), f"/teams/lantern/contributors/{ann.pk}/"
    for nobody in ("", "Nobody", "Ann Li"):
        assert client.post(f"{address}likenesses/", {"other": nobody}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    Contributor.objects.filter(pk=bo.pk).update(is_bot=True)
    assert client.post(f"{address}likenesses/", {"other": "Bo"}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    Contributor.objects.filter(pk=bo.pk).update(is_bot=False)
    assert not Likeness.objects.exists()
    for _again in range(2):
        asked = client.post(f"{address}likenesses/", {"other": f"#{bo.pk}"})
        pair = Likeness.objects.get()
        assert (asked.status_code, asked["Location"]) == (HTTPStatus.SEE_OTHER, f"{LIST}reach/?pair={pair.pk}")
    assert "somebody of a team says so" in client.get(asked["Location"]).content.decode()
    client.post(f"{LIST}decisions/", {"pair": pair.pk, "decision": "accept"})
    stray = Identity.objects.get(email="bo@home.example")
    assert stray.contributor == ann
    split = f"{address}identities/{stray.pk}/splits/"
    assert split in client.get(address).content.decode()
    assert client.post(split, {"reason": "Two people."}).status_code == HTTPStatus.SEE_OTHER
    stray.refresh_from_db()
    assert stray.contributor != ann
    assert client.post(split).status_code == HTTPStatus.NOT_FOUND  # no identity of Ann's any more
    assert "/splits/" not in client.get(address).content.decode()  # one identity is nobody else's


@pytest.mark.parametrize("data", [{"decision": "accept"}, {"decision": "accept", "pair": "x"}, {"pair": "999999"}, {}])
def test_a_form_without_a_pair_comes_back(people: People, pair: Likeness, data: dict[str, str]) -> None:
    client = people.client("activator")
    assert client.post(f"{LIST}decisions/", data).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert client.get(f"{LIST}reach/", data).status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_a_search_can_be_asked_for(people: People, pair: Likeness) -> None:
    Likeness.objects.all().delete()
    client = people.client("activator")
    assert client.post(f"{LIST}searches/").status_code == HTTPStatus.SEE_OTHER
    jobs.drain()
    assert Likeness.objects.count() == 1
