"""Merge and split move pointers, and every move can be taken back."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pathways import merging, turns
from pathways.models import (
    Affiliation,
    Contributor,
    ContributorEvent,
    Enrolment,
    Identity,
    Mentorship,
    Pathway,
    Steward,
)
from pathways.models.people import Affiliated
from teams.refusals import Busy, Conflict, Refused
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
SINCE = date(2026, 1, 1)


@pytest.fixture
def pathway(people: People) -> Pathway:
    return PathwayFactory.create(team=people.team)


def walker(pathway: Pathway, name: str, **values: object) -> Contributor:
    """Somebody of the team, with an identity."""
    contributor = ContributorFactory.create(name=name, **values)
    IdentityFactory.create(contributor=contributor)
    EnrolmentFactory.create(pathway=pathway, contributor=contributor)
    return contributor


def state() -> dict[str, list[object]]:
    """Every pointer there is, and what hangs on the rows that a merge may take out."""
    rows = {
        name: sorted(model._default_manager.values_list("pk", field))
        for name, (model, field) in merging.POINTERS.items()
    }
    rows["steps"] = sorted(Enrolment.completed_steps.through.objects.values_list("enrolment_id", "step_id"))
    return rows


def test_a_merge_moves_everything_and_taking_it_back_restores_it(people: People, pathway: Pathway) -> None:
    keep, other = walker(pathway, "Ann"), walker(pathway, "A. Smith")
    step = StepFactory.create(pathway=pathway)
    other.enrolments.get().completed_steps.add(step)
    twice = [CommunityRoleFactory.create(team=people.team, contributor=who, role="mentor") for who in (keep, other)]
    alone = CommunityRoleFactory.create(team=people.team, contributor=other, role="leader")
    Mentorship.objects.create(role=twice[1], mentee=walker(pathway, "Bo"), from_on=SINCE)
    Mentorship.objects.create(role=twice[0], mentee=other, from_on=SINCE)
    Affiliation.objects.create(contributor=other, kind=Affiliated.STAFF, from_on=SINCE)
    Steward.objects.create(pathway=pathway, contributor=other, from_on=SINCE)
    before = state()

    [event] = merging.merge(keep, others=[other], actor=people.activator, team=people.team, reason="Told me so.")

    assert keep.identities.count() == 2
    assert not any(
        model._default_manager.filter(**{field: other}).exists() for model, field in merging.POINTERS.values()
    )
    assert sorted(keep.roles.values_list("pk", flat=True)) == sorted([twice[0].pk, alone.pk])
    assert not Mentorship.objects.filter(mentee=keep).exists()  # nobody is their own mentee
    assert keep.affiliations.get().kind == Affiliated.STAFF
    assert (event.actor, event.detail["reason"]) == (people.activator, "Told me so.")

    assert merging.unmerge(event, actor=people.activator, team=people.team) == other
    assert state() == before
    with pytest.raises(Conflict):
        merging.unmerge(event, actor=people.activator, team=people.team)


def test_what_was_said_of_the_one_who_is_kept_stands(people: People, pathway: Pathway) -> None:
    keep, other = walker(pathway, "Ann"), walker(pathway, "Bo")
    Affiliation.objects.create(contributor=keep, kind=Affiliated.VOLUNTEER, from_on=SINCE)
    Affiliation.objects.create(contributor=other, kind=Affiliated.STAFF, from_on=SINCE)
    merging.merge(keep, others=[other], actor=people.activator, team=people.team)
    assert [affiliation.kind for affiliation in keep.affiliations.all()] == [Affiliated.VOLUNTEER]


def test_a_step_that_is_gone_does_not_stop_the_way_back(people: People, pathway: Pathway) -> None:
    keep, other = walker(pathway, "Ann"), walker(pathway, "Bo")
    step = StepFactory.create(pathway=pathway)
    other.enrolments.get().completed_steps.add(step)
    [event] = merging.merge(keep, others=[other], actor=people.activator, team=people.team)
    step.delete()
    merging.unmerge(event, actor=people.activator, team=people.team)
    assert not other.enrolments.get().completed_steps.exists()


def test_a_merge_is_refused_where_it_makes_no_sense(people: People, pathway: Pathway) -> None:
    ann, bot = walker(pathway, "Ann"), walker(pathway, "robot", is_bot=True)
    for others in ([ann], [], [bot]):
        with pytest.raises(Refused):
            merging.merge(ann, others=others, actor=people.activator, team=people.team)


def test_somebody_merged_away_meanwhile_is_a_conflict(people: People, pathway: Pathway) -> None:
    ann, bo, cy = (walker(pathway, name) for name in ("Ann", "Bo", "Cy"))
    merging.merge(ann, others=[bo], actor=people.activator, team=people.team)
    EnrolmentFactory.create(pathway=PathwayFactory.create(team=people.team), contributor=bo)
    with pytest.raises(Conflict):
        merging.merge(cy, others=[bo], actor=people.activator, team=people.team)


@pytest.mark.parametrize("who", ["viewer", "partner", "outsider"])
def test_only_who_keeps_contributors_merges_them(people: People, pathway: Pathway, who: str) -> None:
    ann, bo = walker(pathway, "Ann"), walker(pathway, "Bo")
    with pytest.raises(PermissionDenied):
        merging.merge(ann, others=[bo], actor=getattr(people, who), team=people.team)
    with pytest.raises(PermissionDenied):
        merging.merge(ann, others=[ContributorFactory.create()], actor=people.activator, team=people.team)
    with pytest.raises(PermissionDenied):
        merging.split(ann.identities.get(), actor=getattr(people, who), team=people.team)


def test_an_identity_is_split_off_and_merged_back(people: People, pathway: Pathway) -> None:
    ann = walker(pathway, "Ann")
    stray = IdentityFactory.create(contributor=ann, name="Somebody Else")
    someone = merging.split(stray, actor=people.activator, team=people.team, reason="Another person.")
    assert (someone.name, ann.identities.count(), someone.identities.get()) == ("Somebody Else", 1, stray)
    assert ContributorEvent.objects.filter(contributor__in=[ann, someone]).count() == 2
    with pytest.raises(Refused):
        merging.split(ann.identities.get(), actor=people.activator, team=people.team)


@pytest.mark.django_db(transaction=True)
def test_nobody_is_moved_while_an_import_meets_people(people: People) -> None:
    """An import that has looked up somebody must not find them moved away under its hands."""
    pathway = PathwayFactory.create(team=people.team)
    ann, bo = walker(pathway, "Ann"), walker(pathway, "Bo")
    importing = connection.copy()
    try:
        with transaction.atomic():
            importing.set_autocommit(False)
            with importing.cursor() as cursor:
                turns.take_turns(cursor)
            with pytest.raises(Busy):
                merging.merge(ann, others=[bo], actor=people.activator, team=people.team)
    finally:
        importing.rollback()
        importing.close()
    merging.merge(ann, others=[bo], actor=people.activator, team=people.team)


PAIRS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=6)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pairs=PAIRS)
def test_taking_merges_back_in_reverse_restores_any_history(people: People, pairs: list[tuple[int, int]]) -> None:
    with transaction.atomic():
        pathway = PathwayFactory.create(team=people.team)
        for number in range(4):
            walker(pathway, f"Person {number}")
        start, merges = state(), []
        for one, two in pairs:
            standing = list(Contributor.objects.filter(identities__isnull=False).distinct().order_by("pk"))
            keep, other = standing[one % len(standing)], standing[two % len(standing)]
            if keep != other:
                merges += merging.merge(keep, others=[other], actor=people.activator, team=people.team)
                assert Identity.objects.count() == 4
        for event in reversed(merges):
            merging.unmerge(event, actor=people.activator, team=people.team)
        assert state() == start
        transaction.set_rollback(True)
