"""Opening, changing and connecting pathways; their points and steps as whole sets."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from pathways import pathways, rules, stewards
from pathways.models import ConversionPoint, DefaultPoint, Level, Pathway, Step
from pathways.rules import Point, StepSpec
from teams.models import Team
from teams.refusals import Conflict, Refused
from tests.conftest import TODAY, People
from tests.factories import ContributorFactory, EnrolmentFactory, FunnelFactory, KindFactory, PathwayFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def pathway(people: People) -> Pathway:
    return pathways.create(people.team, actor=people.activator, name="Patch and review")


def facts_version(team: Team) -> int:
    return Team.objects.get(pk=team.pk).facts_version


def test_a_new_pathway_copies_the_organisations_points_and_keeps_its_copy(people: People) -> None:
    default = DefaultPoint.objects.create(level=Level.ACTIVE, label="Regular", n=4, d=2, roles=["leader"])
    made = pathways.create(people.team, actor=people.activator, name="Translate the handbook")
    assert (made.slug, made.opened_on) == ("translate-the-handbook", date(2026, 6, 17))
    assert rules.points_of(made) == [Point(2, "Regular", [], 4, 2, 1, 365, ["leader"])]
    DefaultPoint.objects.filter(pk=default.pk).update(n=9)
    assert rules.points_of(made)[0].n == 4


def test_a_second_pathway_of_the_name_gets_an_address_of_its_own(people: People, pathway: Pathway) -> None:
    again = pathways.create(people.team, actor=people.activator, name="Patch and review")
    assert (pathway.slug, again.slug) == ("patch-and-review", "patch-and-review-2")
    with pytest.raises(Conflict) as conflict:
        pathways.create(people.team, actor=people.activator, name="Other", slug="patch-and-review")
    assert conflict.value.current == pathway


@pytest.mark.parametrize("who", ["viewer", "partner", "outsider"])
def test_only_an_activator_or_an_admin_runs_pathways(people: People, pathway: Pathway, who: str) -> None:
    actor = getattr(people, who)
    for attempt in (
        lambda: pathways.create(people.team, actor=actor, name="Mine"),
        lambda: pathways.change(pathway, actor=actor, name="Mine"),
        lambda: pathways.connect(pathway, actor=actor, funnel=FunnelFactory.create()),
        lambda: pathways.record_iteration(pathway, actor=actor, what="a", why="b"),
        lambda: rules.set_points(pathway, [], actor=actor),
        lambda: rules.set_steps(pathway, [], actor=actor),
        lambda: stewards.appoint(pathway, actor=actor, user=people.activator),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
    assert pathways.create(people.team, actor=people.admin, name="Mine").pk


def test_nobody_writes_over_what_they_have_not_seen(people: People, pathway: Pathway) -> None:
    seen = pathways.seen(pathway)
    pathways.change(pathway, actor=people.admin, seen=seen, summary="From hello to core.")
    with pytest.raises(Conflict) as conflict:
        pathways.change(pathway, actor=people.activator, seen=seen, name="Patches")
    assert conflict.value.current.summary == "From hello to core."
    assert Pathway.objects.get(pk=pathway.pk).name == "Patch and review"


def test_a_pathway_closes_after_it_opens(people: People, pathway: Pathway) -> None:
    with pytest.raises(Refused):
        pathways.change(pathway, actor=people.activator, closed_on=date(2026, 6, 16))
    pathways.change(pathway, actor=people.activator, closed_on=date(2026, 6, 18))
    assert Pathway.objects.open(on=date(2026, 6, 17)).exists()
    assert not Pathway.objects.open(on=date(2026, 6, 18)).exists()


def test_points_are_written_as_one_set_and_move_the_teams_facts(people: People, pathway: Pathway) -> None:
    review = KindFactory.create(key="review")
    wanted = [Point(3, "Core", [review.pk], 25, 10, 3, roles=["leader"]), Point(1, "First")]
    before = facts_version(people.team)
    rules.set_points(pathway, wanted, actor=people.activator, seen=rules.seen(rules.points_of(pathway)))
    assert rules.points_of(pathway) == [wanted[1], wanted[0]]
    after = facts_version(people.team)
    assert after > before
    rules.set_points(pathway, wanted, actor=people.activator)
    assert facts_version(people.team) == after
    ConversionPoint.objects.update(since=date(2026, 1, 5))
    rules.set_points(pathway, [wanted[1], replace(wanted[0], n=30)], actor=people.activator)
    since = dict(ConversionPoint.objects.filter(pathway=pathway).values_list("label", "since"))
    assert since == {"First": date(2026, 1, 5), "Core": TODAY.date()}  # what stays keeps its day


@pytest.mark.parametrize(
    "point",
    [
        Point(0, "Level"),
        Point(1, " "),
        Point(1, "n", n=0),
        Point(1, "d", n=1, d=2),
        Point(1, "m", n=2, d=2, m=3),
        Point(1, "w", n=9, d=9, w=8),
        Point(1, "large", w=40000),
        Point(1, "kind", kinds=[32000]),
        Point(1, "role", roles=["king"]),
    ],
    ids=lambda point: point.label,
)
def test_a_rule_that_nobody_can_fulfil_is_refused_and_nothing_is_written(
    people: People, pathway: Pathway, point: Point
) -> None:
    good = [Point(1, "First")]
    rules.set_points(pathway, good, actor=people.activator)
    with pytest.raises(Refused):
        rules.set_points(pathway, [Point(2, "Second"), point], actor=people.activator)
    assert rules.points_of(pathway) == good


def test_two_who_edit_the_points_at_once_do_not_undo_each_other(people: People, pathway: Pathway) -> None:
    seen = rules.seen(rules.points_of(pathway))
    rules.set_points(pathway, [Point(1, "First")], actor=people.activator, seen=seen)
    with pytest.raises(Conflict) as conflict:
        rules.set_points(pathway, [Point(2, "Second")], actor=people.admin, seen=seen)
    assert conflict.value.current == [Point(1, "First")]
    assert ConversionPoint.objects.get(pathway=pathway).label == "First"


def test_steps_change_places_and_keep_who_completed_them(people: People, pathway: Pathway) -> None:
    hello, patch = rules.set_steps(pathway, [StepSpec("Hello"), StepSpec("Patch")], actor=people.activator)
    enrolment = EnrolmentFactory.create(pathway=pathway)
    enrolment.completed_steps.add(hello)
    wanted = [StepSpec("Patch", id=patch.pk), StepSpec("Say hello", id=hello.pk), StepSpec("Review")]
    rules.set_steps(pathway, wanted, actor=people.activator)
    assert list(pathway.steps.values_list("order", "name")) == [(1, "Patch"), (2, "Say hello"), (3, "Review")]
    assert enrolment.completed_steps.get() == hello
    rules.set_steps(pathway, [wanted[0]], actor=people.activator)
    assert Step.objects.get(pathway=pathway).pk == patch.pk


def test_a_step_of_another_pathway_cannot_be_taken(people: People, pathway: Pathway) -> None:
    other = PathwayFactory.create()
    step = Step.objects.create(pathway=other, order=1, name="Theirs")
    with pytest.raises(Refused):
        rules.set_steps(pathway, [StepSpec("Mine", id=step.pk)], actor=people.activator)
    assert step.pathway == Step.objects.get(pk=step.pk).pathway


def test_a_funnel_is_connected_once(people: People, pathway: Pathway) -> None:
    funnel = FunnelFactory.create()
    link = pathways.connect(pathway, actor=people.activator, funnel=funnel, url="https://example.org/join")
    with pytest.raises(Conflict):
        pathways.connect(pathway, actor=people.activator, funnel=funnel)
    pathways.disconnect(link, actor=people.activator)
    pathways.disconnect(link, actor=people.activator)
    assert not pathway.funnel_links.exists()


def test_an_iteration_says_what_and_why_and_gets_its_measure_later(people: People, pathway: Pathway) -> None:
    wrong: list[dict[str, Any]] = [{"what": "x", "why": " "}, {"what": "x", "why": "y", "on": date(2026, 6, 18)}]
    for words in wrong:
        with pytest.raises(Refused):
            pathways.record_iteration(pathway, actor=people.activator, **words)
    made = pathways.record_iteration(pathway, actor=people.activator, what="Fewer labels", why="Too many", before="11")
    assert pathways.measured_after(made, actor=people.activator, after="6").after == "6"
    with pytest.raises(Conflict):
        pathways.measured_after(made, actor=people.activator, after="5")


def test_a_steward_is_of_the_team_and_only_once(people: People, pathway: Pathway) -> None:
    with pytest.raises(Refused):
        stewards.appoint(pathway, actor=people.activator, user=people.outsider)
    with pytest.raises(Refused):
        stewards.appoint(pathway, actor=people.activator, contributor=ContributorFactory.create())
    somebody = EnrolmentFactory.create(pathway=pathway).contributor
    first = stewards.appoint(pathway, actor=people.activator, user=people.viewer)
    second = stewards.appoint(pathway, actor=people.activator, contributor=somebody)
    assert list(stewards.current(pathway)) == [first, second]
    with pytest.raises(Conflict):
        stewards.appoint(pathway, actor=people.activator, user=people.viewer)
    stewards.end(first, actor=people.activator)
    assert list(stewards.current(pathway)) == [second]
