"""Whoever shares a key becomes one person, in any order and any chunks; a person's word beats the keys."""

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pathways import joining, likenesses, merging, turns
from pathways.keys import keys_of
from pathways.models import Contributor, ContributorEvent, Identity, Likeness
from teams.models import Team
from tests.conftest import People
from tests.factories import CommunityRoleFactory, EnrolmentFactory, PathwayFactory
from tests.pathways.people import Given, resolve

pytestmark = pytest.mark.django_db
ANN, HUB = "ann@home.example", "github"


def partition_of(rows: list[Given]) -> set[frozenset[Given]]:
    """Union-find over the keys, in plain Python: who is one person."""
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        while parent.setdefault(key, key) != key:
            key = parent[key]
        return key

    for row in rows:
        first, second = keys_of(*row)
        parent[root(first)] = root(second or first)
    groups: dict[str, set[Given]] = {}
    for row in rows:
        groups.setdefault(root(keys_of(*row).join_key), set()).add(row)
    return {frozenset(group) for group in groups.values()}


def partition_now(rows: list[Given]) -> set[frozenset[Given]]:
    """As the product has it."""
    person = {
        Given(*words): who
        for *words, who in Identity.objects.values_list("source", "name", "email", "username", "contributor")
    }
    return {frozenset(row for row in rows if person[row] == who) for who in {person[row] for row in rows}}


ROW = st.builds(
    Given,
    source=st.sampled_from([HUB, "forum:1"]),
    name=st.sampled_from(["Ann", "Bo"]),
    email=st.sampled_from(
        [
            "",
            "root",
            *(f"{who}@home.example" for who in "abcde"),
            *(f"{n}+{who}@users.noreply.github.com" for n, who in ((1, "p"), (2, "q"))),
        ]
    ),
    username=st.sampled_from(["", *"pqrstu"]),
)
ROWS = st.lists(ROW, min_size=1, max_size=14, unique=True)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, data=st.data())
def test_any_order_and_any_chunks_give_the_same_people(rows: list[Given], data: st.DataObject) -> None:
    with transaction.atomic():
        wanted = partition_of(rows)
        left = data.draw(st.permutations([*rows, *rows]))
        while left:
            size = data.draw(st.integers(1, len(left)))
            given, left = left[:size], left[size:]
            found = resolve(*given)
            pointers = dict(Identity.objects.values_list("pk", "contributor"))
            assert all(pointers[identity] == who for identity, who in found)  # acts are written with these
        assert partition_now(rows) == wanted
        found = resolve(*rows)
        assert partition_now(rows) == wanted
        assert [who for _identity, who in found] == [Identity.objects.get(pk=pk).contributor_id for pk, _who in found]
        transaction.set_rollback(True)


def test_a_row_with_both_ties_two_who_are_known_as_a_merge_by_nobody() -> None:
    (_, by_mail), (_, by_account) = resolve(Given("csv:1", "Ann", ANN), Given(HUB, "", "", "anns"))
    assert by_mail != by_account
    [(_, joined)] = resolve(Given(HUB, "Ann S.", ANN, "AnnS"))
    assert joined == min(by_mail, by_account)
    assert set(Identity.objects.values_list("contributor", flat=True)) == {joined}
    [event] = ContributorEvent.objects.filter(action="merge")
    assert (event.contributor_id, event.actor, event.detail["because"]) == (joined, None, "keys")
    assert ContributorEvent.objects.get(action="merged").contributor_id == max(by_mail, by_account)


def test_rows_of_people_who_are_joined_by_other_rows_of_the_batch_follow() -> None:
    known = [Given("csv:1", "Ann", ANN), Given(HUB, "", "", "anns")]
    resolve(*known)
    found = resolve(*known, Given(HUB, "Ann S.", ANN, "anns"))
    assert len({who for _identity, who in found}) == 1


def test_a_chain_of_rows_is_one_person_at_once() -> None:
    rows = [Given(HUB, "", f"a{n // 2}@home.example", f"u{(n + 1) // 2}") for n in range(60)]
    assert len({who for _identity, who in resolve(*rows)}) == 1
    assert Contributor.objects.count() == 1


@pytest.fixture
def team(people: People) -> Team:
    return people.team


def tied(people: People) -> tuple[Contributor, Contributor, ContributorEvent]:
    """Two who were known, enrolled and with a role, and were tied together by a row."""
    pathway = PathwayFactory.create(team=people.team)
    ids = [who for _identity, who in resolve(Given("csv:1", "Ann", ANN), Given(HUB, "", "", "anns"))]
    for pk in ids:
        EnrolmentFactory.create(pathway=pathway, contributor_id=pk)
        CommunityRoleFactory.create(team=people.team, contributor_id=pk, role="leader")
    resolve(Given(HUB, "Ann S.", ANN, "anns"))
    one, other = Contributor.objects.in_bulk(ids).values()
    return one, other, ContributorEvent.objects.get(action="merge")


def test_joining_takes_everything_along_and_is_taken_back_exactly(people: People) -> None:
    one, other, event = tied(people)
    assert (one.roles.count(), one.enrolments.count(), other.roles.count(), other.enrolments.count()) == (1, 1, 0, 0)
    merging.unmerge(event, actor=people.activator, team=people.team)
    assert (one.roles.count(), one.enrolments.count(), other.roles.count(), other.enrolments.count()) == (1, 1, 1, 1)
    assert other.identities.get().username == "anns"


def test_what_a_person_took_back_no_import_does_again(people: People) -> None:
    one, other, event = tied(people)
    merging.unmerge(event, actor=people.activator, team=people.team)
    again = [Given(HUB, "Ann S.", ANN, "anns"), Given(HUB, "Another spelling", ANN, "anns"), Given(HUB, "", "", "anns")]
    found = [who for _identity, who in resolve(*again)]
    assert found == [one.pk, one.pk, other.pk]
    with connection.cursor() as cursor:
        turns.take_turns(cursor)
        joining.join_known(cursor)
    assert [who for _identity, who in resolve(*again)] == found
    # and whoever is tied to both of them is left between them
    [(_, third)] = resolve(Given("forum:1", "Third", "third@home.example", "third"))
    resolve(Given("forum:1", "T", ANN, "third"), Given(HUB, "T", "third@home.example", "anns"))
    assert Identity.objects.get(name="Third").contributor_id == third not in {one.pk, other.pk}


def test_who_was_split_stays_split(people: People) -> None:
    pathway = PathwayFactory.create(team=people.team)
    by_mail, by_both = Given("csv:1", "Ann", ANN), Given(HUB, "Annie", ANN, "anns")
    [(identity, who)], _ = resolve(by_mail), resolve(by_both)
    EnrolmentFactory.create(pathway=pathway, contributor_id=who)
    parted = merging.split(Identity.objects.get(pk=identity), actor=people.activator, team=people.team)
    found = resolve(by_mail, by_both, Given("csv:1", "New", ANN), Given(HUB, "Nick", "", "anns"))
    assert [pk for _identity, pk in found] == [parted.pk, who, parted.pk, who]  # whose oldest identity holds the key
    resolve(Given(HUB, "Newer", ANN, "anns"))
    assert not ContributorEvent.objects.filter(action="merge").exists()


def test_who_was_told_apart_from_a_likeness_is_not_joined_either(people: People) -> None:
    ids = [who for _identity, who in resolve(Given("csv:1", "Ann", ANN), Given(HUB, "", "", "anns"))]
    likenesses.decide(*ids, state=Likeness.State.REJECTED, actor=people.activator)
    [(_, found)] = resolve(Given(HUB, "Ann S.", ANN, "anns"))
    assert found == ids[0]
    assert Identity.objects.filter(contributor=ids[1]).exists()


def test_a_word_said_of_somebody_holds_after_they_were_merged(people: People) -> None:
    pathway = PathwayFactory.create(team=people.team)
    rows = Given("csv:1", "Ann", ANN), Given(HUB, "", "", "anns"), Given("csv:1", "Cy", "cy@home.example")
    ann, hub, cy = (Contributor.objects.get(pk=who) for _identity, who in resolve(*rows))
    for person in (ann, cy):
        EnrolmentFactory.create(pathway=pathway, contributor=person)
    likenesses.decide(ann.pk, hub.pk, state=Likeness.State.REJECTED, actor=people.activator)
    [event] = merging.merge(cy, others=[ann], actor=people.activator, team=people.team)
    resolve(Given(HUB, "Ann S.", ANN, "anns"))
    assert hub.identities.count() == 1
    merging.unmerge(event, actor=people.activator, team=people.team)
    assert likenesses.of_pair(ann.pk, hub.pk).get().state == Likeness.State.REJECTED


def test_a_bot_is_not_joined_to_a_person() -> None:
    (_, by_mail), (_, by_account) = resolve(Given("csv:1", "Ann", ANN), Given(HUB, "", "", "anns"))
    Contributor.objects.filter(pk=by_account).update(is_bot=True)
    resolve(Given(HUB, "Ann S.", ANN, "anns"))
    assert Identity.objects.filter(contributor=by_account).count() == 1
    assert Identity.objects.filter(contributor=by_mail).count() == 2


def test_after_the_rule_has_changed_whoever_shares_a_key_is_joined_once() -> None:
    ids = [
        who
        for _identity, who in resolve(
            Given(name="A", email=ANN), Given(name="B", email="b@home.example"), Given(name="C", email="c@home.example")
        )
    ]
    Identity.objects.update(join_key="user:github:ann")
    with connection.cursor() as cursor:
        turns.take_turns(cursor)
        joining.join_known(cursor)
        joining.join_known(cursor)
    assert set(Identity.objects.values_list("contributor", flat=True)) == {min(ids)}
    assert ContributorEvent.objects.filter(action="merge", contributor=min(ids)).count() == 2
