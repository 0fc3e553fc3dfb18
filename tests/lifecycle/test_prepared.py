"""Questions that are written once: they answer for whoever asks, on whichever day, and refuse what would not hold."""

from collections.abc import Collection
from datetime import date, timedelta

import pytest
from django.db.models import Count, Exists, OuterRef, QuerySet
from pytest_django import DjangoAssertNumQueries

from lifecycle import clock
from lifecycle.prepared import Place, prepared
from teams.models import Membership, Role, Team
from tests.conftest import People
from tests.factories import MembershipFactory, TeamFactory

written: list[object] = []


@prepared
def roles_of(team: Team, today: date) -> QuerySet[Membership]:
    written.append(team)
    return Membership.objects.current(today).filter(team=team).select_related("user").order_by("pk")


@prepared
def counted(teams: Collection[int], role: Role, *, is_busy: bool) -> QuerySet[Team, tuple[int, int]]:
    held = Membership.objects.filter(team=OuterRef("pk"), role=role)
    found = Team.objects.filter(pk__any=teams).order_by("pk")
    found = found.filter(Exists(held)) if is_busy else found.filter(~Exists(held))
    return found.annotate(number=Count("memberships")).values_list("pk", "number")


def test_it_is_written_once_and_asked_with_each_value(
    people: People, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    today = clock.today()
    other = MembershipFactory.create(starts_on=today).team
    with django_assert_num_queries(3):
        here, there, yesterday = (
            roles_of(people.team, today),
            roles_of(other, today),
            roles_of(other, today - timedelta(days=1)),
        )
        assert [each.user.username for each in here] == ["viewer", "activator", "partner"]
    assert [each.team_id for each in there] == [other.pk]
    assert yesterday == []
    assert [type(each) for each in written if not isinstance(each, Team)] == [Place]  # the rest: the tests' plugin


def test_several_values_and_another_question_by_name(people: People) -> None:
    empty = TeamFactory.create()
    both = [people.team.pk, empty.pk]
    assert counted(both, Role.PARTNER, is_busy=True) == [(people.team.pk, 3)]
    assert counted(both, Role.PARTNER, is_busy=False) == [(empty.pk, 0)]
    assert counted([], Role.PARTNER, is_busy=False) == []
    assert counted.first({empty.pk}, Role.VIEWER, is_busy=True) is None


def test_what_would_hold_for_all_who_ask_later_is_refused(people: People) -> None:
    @prepared
    def looks_at_a_value(team: Team) -> QuerySet[Membership]:
        return Membership.objects.filter(team=team) if team else Membership.objects.none()

    @prepared
    def looks_at_the_clock(team: Team) -> QuerySet[Membership]:
        return Membership.objects.current().filter(team=team)

    with pytest.raises(TypeError, match="does not know what team will be"):
        looks_at_a_value.statement(people.team)
    with pytest.raises(RuntimeError, match="pass the day"):
        looks_at_the_clock.statement(people.team)
    with pytest.raises(TypeError, match="None as today"):
        roles_of.statement(people.team, None)  # type: ignore[arg-type]  # which the type checker refuses as well
    assert clock.today()


@prepared
def kinds_of_role(team: Team) -> QuerySet[Membership, tuple[str]]:
    return Membership.objects.filter(team=team).order_by("user__username").distinct().values_list("role")


def test_a_column_that_only_the_order_asks_for_is_not_told(people: People) -> None:
    assert kinds_of_role(people.team) == [("activator",), ("partner",), ("viewer",)]
