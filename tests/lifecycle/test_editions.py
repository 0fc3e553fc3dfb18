"""How a stage read on a day, what reads otherwise today, and who changed it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from lifecycle import clock
from lifecycle.earlier import Standing, earlier
from lifecycle.models import Edition, Facet, Milestone, Stage
from tests.conftest import People
from tests.factories import CriterionFactory, MilestoneFactory, RiskFactory
from tests.forms import posted_as_shown

pytestmark = pytest.mark.django_db
FIRST = datetime(2025, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def stage(people: People) -> Stage:
    """A stage with a milestone and its part, and a condition."""
    stage = people.team.stage
    plan = MilestoneFactory.create(stage=stage, order=1, text="A plan is written")
    MilestoneFactory.create(stage=stage, order=2, text="It has dates", parent=plan)
    CriterionFactory.create(stage=stage, text="More than 25", threshold=Decimal(25))
    return stage


def long_ago(stage: Stage, at: datetime = FIRST, **values: Any) -> None:
    """All that is written down of the stage, once more, as of a day long ago; `values` of its milestones differ."""
    for each in list(Edition.objects.filter(stage=stage)):
        told = each.values | (values if each.kind == Edition.Kind.MILESTONE else {})
        Edition.objects.create(kind=each.kind, item=each.item, stage=stage, values=told, at=at)


def lines(stage: Stage, facet: Facet, day: datetime = FIRST) -> list[tuple[str, Standing, str]]:
    found = dict(earlier(stage, day.date()).facets)[facet]
    return [(line.words.text, line.standing, line.today.text if line.today else "") for line in found]


def test_whatever_is_written_is_written_down_and_stays(stage: Stage) -> None:
    plan = Milestone.objects.earliest("order")
    count = Edition.objects.count()
    plan.loaded = {"text": "x"}
    plan.save(update_fields=["loaded"])
    Stage.objects.filter(pk=stage.pk).update(editor_note="Only for editors")
    assert Edition.objects.count() == count, "what fixtures remember and editors note is no edit"
    Milestone.objects.filter(pk=plan.pk).update(text="A plan is agreed")
    last = Edition.objects.latest("id")
    assert (last.kind, last.item, last.stage, last.values["text"]) == ("milestone", plan.pk, stage, "A plan is agreed")
    assert "editor_note" not in Edition.objects.filter(kind="stage")[0].values
    for statement in ("UPDATE lifecycle_edition SET item = 1", "DELETE FROM lifecycle_edition"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_day_shows_how_it_read_and_what_has_become_of_it(stage: Stage) -> None:
    gone = RiskFactory.create(stage=stage, text="Nobody comes")
    long_ago(stage, text="A plan is drawn")
    gone.retired = True
    gone.save()
    RiskFactory.create(stage=stage, text="Nobody stays")
    assert lines(stage, Facet.MILESTONES) == [
        ("A plan is drawn", Standing.CHANGED, "A plan is written"),
        ("A plan is drawn", Standing.CHANGED, "It has dates"),
    ]
    assert dict(earlier(stage, FIRST.date()).facets)[Facet.MILESTONES][1].is_part
    assert lines(stage, Facet.RISKS) == [("Nobody comes", Standing.GONE, ""), ("Nobody stays", Standing.NEW, "")]
    assert (stage.definition, Standing.SAME, "") in lines(stage, Facet.DEFINITION)
    assert earlier(stage, FIRST.date()).differs == 4
    today = earlier(stage, clock.today())
    assert (today.differs, today.changed_that_day) == (0, True)


def test_before_the_first_edition_nothing_is_known(stage: Stage, people: People) -> None:
    long_ago(stage)
    page = people.client("viewer").get(f"/lifecycle/stages/{stage.slug}/earlier/?on=2024-01-01")
    assert (page.status_code, page.context["told"].facets) == (200, [])
    assert "?on=2025-03-01" in page.content.decode()
    for day in ("soon", "9999-12-31"):
        assert people.client("viewer").get(f"/lifecycle/stages/{stage.slug}/earlier/?on={day}").status_code == 422


def test_the_page_names_who_changed_what(stage: Stage, people: People) -> None:
    long_ago(stage)
    admin: Client = people.client("admin")
    address = f"/admin/lifecycle/stage/{stage.pk}/change/"
    shown = posted_as_shown(admin.get(address)) | {"criteria-0-threshold": "30", "competence": "Listening"}
    response = admin.post(address, shown)
    assert admin.post(address, posted_as_shown(response)).status_code == 302  # the look at the gates comes first
    change = earlier(stage, None).changes[0]
    assert change.editor == "admin"
    assert {(each.field, each.before, each.after) for each in change.edits} >= {
        ("learning stage (competence)", "Learning.", "Listening"),
        ("threshold", "25", "30"),
    }
    page = people.client("viewer").get(f"/lifecycle/stages/{stage.slug}/earlier/?on=2025-03-01").content.decode()
    assert "By admin" in page
    assert "more than 30" not in page.split('id="changes-h"')[0].split("Today:")[0]


def test_a_new_order_is_told_once(stage: Stage) -> None:
    long_ago(stage, FIRST)
    long_ago(stage, FIRST + timedelta(days=9), order=7)
    told = [each for each in earlier(stage, None).changes if each.moved]
    assert [(each.moved, each.edits) for each in told][-1] == (2, [])


def test_what_there_was_before_is_written_down_by_the_migration(stage: Stage) -> None:
    there = Edition.objects.filter(kind="criterion").values_list("item", "stage", "values")
    first = list(there.all())
    with connection.cursor() as cursor:
        cursor.execute(import_module("lifecycle.migrations.0004_edition").as_they_are("criterion"))
    assert list(there.all()) == first * 2
