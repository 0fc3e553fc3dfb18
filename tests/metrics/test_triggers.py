"""What the database does by itself: facts stay as they came, and whoever they concern is counted again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from metrics.models import Contribution, Source, Touched
from pathways.models import Affiliation, AffiliationRule, CommunityRole, Contributor, ConversionPoint, Kind, Pathway
from teams.models import Team, User
from tests.factories import (
    CommunityRoleFactory,
    ContributorFactory,
    IdentityFactory,
    MembershipFactory,
    PathwayFactory,
    PointFactory,
    TeamFactory,
    UserFactory,
)
from tests.metrics.acts import act, is_staff, known, recompute

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 1)


@contextmanager
def counted_again(team: Team) -> Iterator[None]:
    """The team's facts have moved at the end."""
    team.refresh_from_db()
    before = team.facts_version
    yield
    team.refresh_from_db()
    assert team.facts_version > before


@pytest.fixture
def pathway() -> Pathway:
    """One pathway, with one act of one person, counted."""
    point = PointFactory.create()
    identity = IdentityFactory.create(email="ann@home.example")
    act(point.pathway, identity, DAY)
    recompute(point.pathway.team)
    return point.pathway


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM metrics_contribution",
        "UPDATE metrics_contribution SET occurred_at = occurred_at - interval '1 day'",
        "UPDATE metrics_contribution SET key = substring(key FROM 2)",
        "UPDATE metrics_contribution SET identity_id = identity_id + 1",
        "UPDATE metrics_contribution SET kind_id = kind_id + 1",
        "UPDATE metrics_contribution SET team_id = team_id + 1",
    ],
)
def test_what_came_from_the_data_cannot_be_rewritten(pathway: Pathway, sql: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_withdrawal_and_what_is_derived_may_be_written(pathway: Pathway) -> None:
    with counted_again(pathway.team):
        Contribution.objects.update(state=Contribution.State.WITHDRAWN)


def flag(pathway: Pathway) -> object:
    return Contributor.objects.update(is_bot=True)


def switch(pathway: Pathway) -> object:
    return Source.objects.update(enabled=False)


def decide(pathway: Pathway) -> object:
    return Kind.objects.update(state="ignored")


def narrow(pathway: Pathway) -> object:
    return Pathway.objects.update(counted_kinds=[known("review").pk])


def narrow_source(pathway: Pathway) -> object:
    return Source.objects.update(counted_kinds=[known("review").pk])


def sharpen(pathway: Pathway) -> object:
    return ConversionPoint.objects.update(n=2)


def drop(pathway: Pathway) -> object:
    return ConversionPoint.objects.all().delete()


def give_role(pathway: Pathway) -> object:
    return CommunityRoleFactory.create(team=pathway.team, contributor=Contributor.objects.get())


def affiliate(pathway: Pathway) -> object:
    return Affiliation.objects.create(contributor=Contributor.objects.get(), kind="staff", from_on=DAY)


def rule(pathway: Pathway) -> object:
    return AffiliationRule.objects.create(domain="home.example")


def move(pathway: Pathway) -> object:
    identity = Contributor.objects.get().identities.get()
    identity.contributor = ContributorFactory.create()
    identity.save()
    return identity


def again(pathway: Pathway) -> object:
    return act(pathway, Contributor.objects.get(), DAY + timedelta(days=1))


@pytest.mark.parametrize(
    "change", [flag, switch, decide, narrow, narrow_source, sharpen, drop, give_role, affiliate, rule, move, again]
)
def test_whoever_a_change_concerns_is_put_aside(pathway: Pathway, change: Callable[[Pathway], object]) -> None:
    assert not Touched.objects.exists()
    with counted_again(pathway.team):
        change(pathway)
    assert Touched.objects.filter(team_id=pathway.team_id).exists()


def test_what_changes_nothing_touches_nobody(pathway: Pathway) -> None:
    Contributor.objects.update(name="Another")
    Pathway.objects.update(summary="Other words")
    AffiliationRule.objects.create(domain="elsewhere.example")
    Kind.objects.update(label="Commits")
    assert not Touched.objects.exists()


def test_another_team_is_left_in_peace(pathway: Pathway) -> None:
    other = PathwayFactory.create().team
    other.refresh_from_db()
    before = other.facts_version
    again(pathway)
    other.refresh_from_db()
    assert other.facts_version == before


def test_a_dated_affiliation_beats_the_rule_of_a_domain() -> None:
    AffiliationRule.objects.create(domain="firm.example", from_on=DAY)
    identity = IdentityFactory.create(email="Ann@Firm.Example")
    before, after = DAY - timedelta(days=1), DAY + timedelta(days=9)
    assert [is_staff(identity, day) for day in (before, DAY, after)] == [False, True, True]
    Affiliation.objects.create(contributor=identity.contributor, kind="volunteer", from_on=after)
    assert [is_staff(identity, day) for day in (before, DAY, after)] == [False, True, False]
    sub = IdentityFactory.create(email="bo@mail.firm.example")
    assert not is_staff(sub, DAY), "a rule is of exactly one host"


def test_affiliations_are_read_at_the_time_of_the_act(pathway: Pathway) -> None:
    person = Contributor.objects.get()
    act(pathway, person, DAY + timedelta(days=30))
    told = Affiliation.objects.create(contributor=person, kind="staff", from_on=DAY + timedelta(days=10))
    assert list(Contribution.objects.order_by("day").values_list("state", flat=True)) == [0, 1]
    told.delete()
    assert not Contribution.objects.filter(state=Contribution.State.STAFF).exists()


def test_a_changed_rule_reads_the_acts_of_its_old_and_its_new_host_again(pathway: Pathway) -> None:
    rule = AffiliationRule.objects.create(domain="elsewhere.example")
    for domain, state in (("home.example", Contribution.State.STAFF), ("firm.example", Contribution.State.COUNTED)):
        AffiliationRule.objects.filter(pk=rule.pk).update(domain=domain)
        assert Contribution.objects.get().state == state


def test_moving_an_identity_takes_its_acts_along_and_reads_them_anew(pathway: Pathway) -> None:
    other = ContributorFactory.create()
    Affiliation.objects.create(contributor=other, kind="staff", from_on=DAY)
    identity = Contributor.objects.exclude(pk=other.pk).get().identities.get()
    identity.contributor = other
    identity.save()
    contribution = Contribution.objects.get()
    assert (contribution.contributor_id, contribution.state) == (other.pk, Contribution.State.STAFF)


def test_accounts_that_tell_who_is_left_out_move_their_teams() -> None:
    membership = MembershipFactory.create()
    team, elsewhere = membership.team, TeamFactory.create()
    with counted_again(team):
        User.objects.filter(pk=membership.user_id).update(email="new@people.example")
    with counted_again(team), counted_again(elsewhere):
        UserFactory.create(is_staff=True)
    team.refresh_from_db()
    before = team.facts_version
    User.objects.filter(pk=membership.user_id).update(first_name="Other")
    team.refresh_from_db()
    assert team.facts_version == before
    assert not CommunityRole.objects.exists()
