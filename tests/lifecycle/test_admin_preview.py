"""Before a change of conditions is saved, the editor reads which gates it would open or close."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from lifecycle.measures import Measure
from lifecycle.models import Criterion, Milestone, Stage
from teams.models import Team
from tests.conftest import People
from tests.factories import CriterionFactory, MeasurementFactory, MilestoneFactory
from tests.forms import posted_as_shown

NOTHING_YET = "Nothing is saved yet"


@pytest.fixture
def editor(people: People) -> Client:
    return people.client("admin")


@pytest.fixture
def criterion(people: People) -> Criterion:
    """Lantern has 5 leaders, Elsewhere 2; the gate asks for 3."""
    criterion: Criterion = CriterionFactory.create(
        stage=people.team.stage, measure=Measure.LEADERS, threshold=Decimal(3), order=1
    )
    for slug, leaders in (("lantern", 5), ("elsewhere", 2)):
        MeasurementFactory.create(team=Team.objects.get(slug=slug), measure=Measure.LEADERS, value=Decimal(leaders))
    return criterion


def _edit(editor: Client, stage: Stage, **changes: str) -> Any:
    address = f"/admin/lifecycle/stage/{stage.pk}/change/"
    return editor.post(address, posted_as_shown(editor.get(address)) | changes)


def _confirm(editor: Client, stage: Stage, preview: Any, **changes: str) -> Any:
    return editor.post(f"/admin/lifecycle/stage/{stage.pk}/change/", posted_as_shown(preview) | changes)


@pytest.mark.parametrize(
    ("threshold", "team", "sentence"),
    [("2", "Elsewhere", "would open"), ("6", "Lantern", "would no longer be open")],
)
def test_the_preview_names_the_team_and_saves_nothing_before_the_yes(
    editor: Client, criterion: Criterion, threshold: str, team: str, sentence: str
) -> None:
    preview = _edit(editor, criterion.stage, **{"criteria-0-threshold": threshold})
    page = preview.content.decode()
    assert NOTHING_YET in page
    assert f">{team}</a>" in page
    assert page.count("would ") == 2  # in the sentence above the table, and for this team alone
    assert sentence in page
    criterion.refresh_from_db()
    assert criterion.threshold == 3

    assert _confirm(editor, criterion.stage, preview).status_code == 302
    criterion.refresh_from_db()
    assert criterion.threshold == Decimal(threshold)


def test_a_change_without_effect_says_so(editor: Client, criterion: Criterion) -> None:
    preview = _edit(editor, criterion.stage, **{"criteria-0-threshold": "4"})
    assert "opens and closes no gate" in preview.content.decode()
    assert _confirm(editor, criterion.stage, preview).status_code == 302


def test_nothing_else_on_the_page_is_saved_before_the_yes_either(editor: Client, criterion: Criterion) -> None:
    stage = criterion.stage
    preview = _edit(editor, stage, **{"criteria-0-threshold": "2", "definition": "Another\r\n“definition”."})
    stage.refresh_from_db()
    assert stage.definition == "What it is."
    _confirm(editor, stage, preview)
    stage.refresh_from_db()
    assert stage.definition.split() == ["Another", "“definition”."]


def test_who_has_seen_what_it_does_can_change_it_again_and_loses_nothing(editor: Client, criterion: Criterion) -> None:
    preview = _edit(editor, criterion.stage, **{"criteria-0-threshold": "6", "definition": "Another one."})
    assert "<ins>6</ins>" in preview.content.decode()
    again = _confirm(editor, criterion.stage, preview, _go_on="Change it again")
    assert posted_as_shown(again)["definition"].strip() == "Another one."
    assert _confirm(editor, criterion.stage, again, **{"criteria-0-threshold": "4"}).status_code == 200
    criterion.stage.refresh_from_db()
    assert criterion.stage.definition == "What it is."


def test_a_milestone_that_becomes_required_is_previewed(editor: Client, criterion: Criterion) -> None:
    MilestoneFactory.create(stage=criterion.stage, required=False, order=1)
    preview = _edit(editor, criterion.stage, **{"milestones-0-required": "on"})
    assert "would no longer be open" in preview.content.decode()
    assert not Milestone.objects.get().required


def test_words_alone_are_saved_at_once(editor: Client, criterion: Criterion) -> None:
    assert _edit(editor, criterion.stage, **{"criteria-0-text": "In other words."}).status_code == 302
    criterion.refresh_from_db()
    assert criterion.text == "In other words."


def test_a_yes_to_something_else_is_asked_again(editor: Client, criterion: Criterion) -> None:
    preview = _edit(editor, criterion.stage, **{"criteria-0-threshold": "2"})
    again = _confirm(editor, criterion.stage, preview, **{"criteria-0-threshold": "6"})
    assert NOTHING_YET in again.content.decode()
    criterion.refresh_from_db()
    assert criterion.threshold == 3


def test_an_undefined_threshold_may_inform(editor: Client, criterion: Criterion) -> None:
    changes = {"criteria-0-threshold": "", "criteria-0-strength": "informational"}
    preview = _edit(editor, criterion.stage, **changes)
    assert _confirm(editor, criterion.stage, preview).status_code == 302
    criterion.refresh_from_db()
    assert criterion.threshold is None
