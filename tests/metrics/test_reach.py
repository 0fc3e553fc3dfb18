"""What a merge would change is told before it is done: as the engine counts it, and without a trace."""

from dataclasses import astuple
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from lifecycle import jobs
from lifecycle.measures import Measure
from lifecycle.models import Job
from metrics.models import Span, Touched
from pathways import deciding, reach, rules, turns
from pathways.models import ContributorEvent, Identity, Level, Likeness, Pathway
from teams.models import Measurement, Team
from tests.conftest import TODAY, People
from tests.factories import CriterionFactory, IdentityFactory, PathwayFactory, PointFactory
from tests.forms import posted_as_shown
from tests.metrics.acts import act, source_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
LAST = TODAY.date() - timedelta(days=1)
TABLES = (Span, Touched, Measurement, Identity, ContributorEvent, Likeness, Job, Team)


def pathway_of(team: Team) -> Pathway:
    pathway = PathwayFactory.create(team=team)
    PointFactory.create(pathway=pathway, level=Level.CASUAL, n=1, w=365)
    PointFactory.create(pathway=pathway, level=Level.ACTIVE, n=4, w=365)
    source_of(pathway, complete_to=LAST)
    return pathway


@pytest.fixture
def pair(people: People) -> Likeness:
    """Two of Lantern and of a team elsewhere, each with two acts here and three there: together they are active."""
    CriterionFactory.create(stage=people.team.stage, measure=Measure.ACTIVE_CONTRIBUTORS, threshold=1)
    elsewhere = people.outsider.memberships.get().team
    here, there = pathway_of(people.team), pathway_of(elsewhere)
    ann, anne = (IdentityFactory.create(contributor__name=name) for name in ("Ann", "Anne"))
    for number, who in enumerate((ann, anne)):
        act(here, who, *(date(2026, 2 + number, day) for day in (1, 2)))
        act(there, who, *(date(2026, 2 + number, day) for day in (3, 4, 5)))
    jobs.drain()
    return Likeness.objects.create(one=ann.contributor, other=anne.contributor, reasons=["name"], confidence=80)


def everything() -> list[Any]:
    return [list(model._default_manager.order_by("pk").values()) for model in TABLES]


def told(people: People, pair: Likeness, who: str = "activator") -> reach.Reach:
    return reach.of_merging([pair], actor=getattr(people, who), team=people.team)


def test_levels_and_gates_are_told_and_nothing_stays(people: People, pair: Likeness) -> None:
    before = everything()
    found = told(people, pair)
    assert everything() == before
    assert [(row.team, row.what, row.before, row.after) for row in found.levels] == [
        (
            "Lantern",
            f"Ann (#{pair.one_id})",
            "casual; reached: contributor 1 Feb 2026, casual 1 Feb 2026",
            "active; reached: contributor 1 Feb 2026, casual 1 Feb 2026, active 2 Mar 2026",
        ),
        ("Lantern", f"Anne (#{pair.other_id})", "casual; reached: contributor 1 Mar 2026, casual 1 Mar 2026", ""),
    ]
    assert [(row.team, row.before, row.after) for row in found.conditions] == [
        ("Lantern", "closed", "open"),
        ("Lantern", "0 (missing)", "1 (met)"),
    ]
    assert found.unread == 1  # elsewhere, which an activator of Lantern may not read
    elsewhere = people.outsider.memberships.get().team.name
    assert {row.team for row in told(people, pair, "admin").levels} == {"Lantern", elsewhere}


def test_what_is_told_is_what_comes(people: People, pair: Likeness) -> None:
    found = told(people, pair)
    deciding.accept([pair.pk], actor=people.activator, team=people.team)
    jobs.drain()
    level = Span.objects.get(team_id=people.team.pk, pathway_id=0, level=Level.ACTIVE)
    assert found.levels[0].after.endswith(f"active {level.from_on:%-d %b %Y}")
    assert Measurement.objects.get(team=people.team, measure=Measure.ACTIVE_CONTRIBUTORS).value == 1


def test_a_split_is_told_before_it_is_done(people: People, pair: Likeness) -> None:
    deciding.accept([pair.pk], actor=people.activator, team=people.team)
    jobs.drain()
    stray = pair.one.identities.order_by("pk")[1]
    client, person = people.client("activator"), f"/teams/lantern/contributors/{pair.one_id}/"
    address = f"{person}identities/{stray.pk}/splits/"
    assert address in client.get(person).content.decode()
    before = everything()
    found = client.get(address).context["reach"]
    assert everything() == before
    assert [(row.before.split(";")[0], row.after.split(";")[0]) for row in found.levels] == [
        ("active", "casual"),
        ("", "casual"),
    ]
    assert [(row.before, row.after) for row in found.conditions] == [("open", "closed"), ("1 (met)", "0 (missing)")]
    assert client.post(address, {"reason": "x" * 501}).status_code == 422
    assert client.post(address, {"reason": "Two people."}).status_code == 303
    jobs.drain()
    stray.refresh_from_db()
    assert stray.contributor != pair.one
    alone = f"{person}identities/{pair.one.identities.get().pk}/splits/"
    assert client.get(alone).status_code == 422  # nobody would be left


def test_numbers_that_are_behind_are_counted_first(people: People, pair: Likeness) -> None:
    """What is told is the merge's doing, and not that of acts that nobody has counted yet."""
    fresh = told(people, pair)
    act(people.team.pathways.get(), pair.one.identities.get(), date(2026, 4, 1))
    behind = told(people, pair)
    assert Touched.objects.exists()
    assert [row.before for row in behind.conditions] == [row.before for row in fresh.conditions]


def test_what_is_too_much_says_so(people: People, pair: Likeness, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("ACTS", 9), ("TEAMS", 1), ("PAIRS", 0), ("SECONDS", 0)):
        with monkeypatch.context() as patch:
            patch.setattr(reach, name, value)
            before = everything()
            assert "and taken back" in told(people, pair).refused
            assert everything() == before
    page = people.client("activator").get(f"/teams/lantern/contributors/likenesses/reach/?pair={pair.pk}")
    assert "active 2 Mar 2026" in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_while_an_import_has_the_turn_nobody_waits(people: People, pair: Likeness) -> None:
    importing = connection.copy()
    try:
        with transaction.atomic():
            importing.set_autocommit(False)
            with importing.cursor() as cursor:
                turns.take_turns(cursor)
            page = people.client("activator").get(f"/teams/lantern/contributors/likenesses/reach/?pair={pair.pk}")
        assert "Try again in a moment" in page.content.decode()
    finally:
        importing.rollback()
        importing.close()


def test_other_points_are_tried_counted_and_not_saved(people: People, pair: Likeness) -> None:
    pathway = people.team.pathways.get()
    client, before = people.client("activator"), everything()
    address = f"{pathway.get_absolute_url()}conversion-points/"
    form = posted_as_shown(client.get(address)) | {"look": "yes"}
    tried = client.post(address, form | {"form-1-n": 2})
    assert tried.status_code == 200
    told = tried.context["rehearsed"]
    assert ("Lantern", "Active or above", "0", "2") in [astuple(row) for row in told.levels]
    assert [row.what for row in told.conditions] == ["The gate", "Active contributors"]
    assert client.post(address, form).context["rehearsed"].changes_anything is False
    assert everything() == before
    assert [point.n for point in rules.points_of(pathway)] == [1, 4]
    assert client.post(address, form | {"form-1-d": 5}).status_code == 422  # more days than contributions
    rules.set_points(pathway, [], actor=people.admin)
    assert client.post(address, form).status_code == 409
