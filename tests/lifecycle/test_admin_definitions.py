"""Editing the ladder: errors in plain words, order without a gap, one last stage, nothing deleted."""

import html
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from lifecycle.measures import Measure
from lifecycle.models import Duty, Milestone, Stage
from tests.conftest import People
from tests.factories import CriterionFactory, DutyFactory, MilestoneFactory, RiskFactory, StageFactory
from tests.forms import posted_as_shown

LIST = "/admin/lifecycle/stage/"


@pytest.fixture
def editor(people: People) -> Client:
    return people.client("admin")


@pytest.fixture
def stage(people: People) -> Stage:
    return people.team.stage


def _edit(editor: Client, stage: Stage, **changes: Any) -> Any:
    address = f"{LIST}{stage.pk}/change/"
    return editor.post(address, posted_as_shown(editor.get(address)) | changes)


def _errors(response: Any) -> str:
    assert response.status_code == 200, "it was saved"
    return html.unescape(response.content.decode())


def test_only_admins_come_in(people: People) -> None:
    for name in ("anonymous", "outsider", "viewer", "activator", "partner"):
        assert people.client(name).get(LIST).status_code == 302
    assert people.client("admin").get(LIST).status_code == 200


def test_the_page_shows_each_facet_and_what_each_measure_counts(editor: Client, stage: Stage) -> None:
    CriterionFactory.create(stage=stage, measure=Measure.ABSENCE_FACTOR)
    page = editor.get(f"{LIST}{stage.pk}/change/").content.decode()
    assert page.count(Measure.ABSENCE_FACTOR.explanation) == 2  # beside the criterion, and in the list of all measures
    for facet in (
        "Milestones",
        "Resources",
        "Duties of the activator",
        "Duties of the CBT partner",
        "Risks",
        "Criteria",
    ):
        assert f"{facet}\n" in page


def test_two_stages_change_places(editor: Client, stage: Stage) -> None:
    second = StageFactory.create(order=2, is_last=True)
    StageFactory.create(order=3)
    connection.check_constraints()
    assert _order(editor, {stage: 2, second: 1}).status_code == 302
    assert list(Stage.objects.values_list("order", "slug", "is_last")) == [
        (1, "stage-2", False),
        (2, "stage-1", False),
        (3, "stage-3", True),
    ]


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ((1, 2, 4), "3 is missing"),
        ((1, 2, 2), "2 stands twice (Stage 2, Stage 3); 3 is missing"),
        ((2, 3, 4), "1 is missing"),
    ],
)
def test_a_gap_or_a_double_is_named(editor: Client, stage: Stage, numbers: tuple[int, int, int], sentence: str) -> None:
    stages = [stage, StageFactory.create(order=2), StageFactory.create(order=3)]
    page = _errors(_order(editor, dict(zip(stages, numbers, strict=True))))
    assert sentence in page
    assert list(Stage.objects.values_list("order", flat=True)) == [1, 2, 3]


def _order(editor: Client, numbers: dict[Stage, int]) -> Any:
    data = posted_as_shown(editor.get(LIST)) | {"_save": "Save"}
    for key, value in list(data.items()):
        if key.endswith("-id") and (wanted := {str(each.pk): number for each, number in numbers.items()}.get(value)):
            data[key.replace("-id", "-order")] = str(wanted)
    return editor.post(LIST, data)


def test_a_new_stage_stands_last_and_is_the_last(editor: Client, stage: Stage) -> None:
    Stage.objects.update(is_last=True)
    data = {
        "name": "Beyond",
        "short_name": "Beyond",
        "slug": "beyond",
        "definition": "What it is.",
        "competence": "Mastery",
        "measure_of_success": "How we know.",
        "activator_title": "Activator",
    }
    assert editor.post(f"{LIST}add/", data).status_code == 302
    assert list(Stage.objects.values_list("slug", "order", "is_last")) == [("stage-1", 1, False), ("beyond", 2, True)]


def test_a_stage_with_teams_cannot_be_retired(editor: Client, stage: Stage) -> None:
    assert "Teams stand in this stage: Elsewhere, Lantern" in _errors(_edit(editor, stage, retired="on"))


def test_a_retired_stage_leaves_no_gap(editor: Client, stage: Stage) -> None:
    second = StageFactory.create(order=2)
    StageFactory.create(order=3, is_last=True)
    assert _edit(editor, second, retired="on").status_code == 302
    assert list(Stage.objects.filter(retired=False).values_list("slug", "order", "is_last")) == [
        ("stage-1", 1, False),
        ("stage-3", 2, True),
    ]


def test_nothing_is_deleted(editor: Client, stage: Stage) -> None:
    MilestoneFactory.create(stage=stage)
    assert editor.get(f"{LIST}{stage.pk}/delete/").status_code == 403
    assert "-DELETE" not in editor.get(f"{LIST}{stage.pk}/change/").content.decode()


@pytest.mark.parametrize(
    ("measure", "changes", "sentence"),
    [
        (Measure.CORE_RETENTION, {"threshold": "50"}, "write it from 0 to 1"),
        (Measure.MENTORS, {"threshold": "1.5"}, "write a whole number"),
        (Measure.MENTORS, {"threshold": "-1"}, "never below 0"),
        (Measure.LEVEL_POINTS_DEFINED, {"threshold": "4"}, "never goes above 3"),
        (Measure.LEVEL_POINTS_DEFINED, {"threshold": "3", "operator": ">"}, "Nothing can be more than 3"),
        (Measure.MENTORS, {"threshold": ""}, "Give one, or make the criterion informational"),
        (Measure.MENTORS, {"threshold": "0"}, "asks for nothing"),
        (Measure.MENTORS, {"window_days": "90"}, "no window to choose"),
        (Measure.NEW_CONTRIBUTORS, {"threshold": "25"}, "within how many days"),
    ],
)
def test_a_threshold_that_makes_no_sense_is_explained(
    editor: Client, stage: Stage, measure: Measure, changes: dict[str, str], sentence: str
) -> None:
    criterion = CriterionFactory.create(stage=stage, measure=measure, threshold=Decimal(1))
    page = _errors(_edit(editor, stage, **{f"criteria-0-{name}": value for name, value in changes.items()}))
    assert sentence in page
    criterion.refresh_from_db()
    assert criterion.threshold == 1


def test_a_number_that_stands_twice_is_named_and_a_missing_one_is_given(editor: Client, stage: Stage) -> None:
    for order in (1, 2):
        RiskFactory.create(stage=stage, order=order, text=f"Risk {order}")
    assert "2 stands twice in this list" in _errors(_edit(editor, stage, **{"risks-0-order": "2"}))
    assert _edit(editor, stage, **{"risks-0-order": ""}).status_code == 302
    assert list(stage.risks.values_list("text", "order")) == [("Risk 2", 1), ("Risk 1", 2)]


def test_retiring_an_item_closes_the_gap(editor: Client, stage: Stage) -> None:
    for order in (1, 2, 3):
        RiskFactory.create(stage=stage, order=order, text=f"Risk {order}")
    assert _edit(editor, stage, **{"risks-1-retired": "on"}).status_code == 302
    assert list(stage.risks.values_list("text", "order", "retired")) == [
        ("Risk 1", 1, False),
        ("Risk 3", 2, False),
        ("Risk 2", 3, True),
    ]


def test_a_new_item_gets_its_key_and_its_role(editor: Client, stage: Stage) -> None:
    DutyFactory.create(stage=stage, role=Duty.Role.PARTNER, key="listen-well", text="Listen well")
    changes = {
        "duties-2-TOTAL_FORMS": "2",
        "duties-2-1-text": "Listen, well!",
        "duties-2-1-order": "",
        "duties-2-1-id": "",
        "duties-2-1-stage": str(stage.pk),
    }
    assert _edit(editor, stage, **changes).status_code == 302
    assert list(stage.duties.values_list("role", "key")) == [("partner", "listen-well"), ("partner", "listen-well-2")]


def test_a_part_belongs_to_an_item_of_its_own_stage_that_is_not_a_part(editor: Client, stage: Stage) -> None:
    top, other = (MilestoneFactory.create(stage=stage, order=order) for order in (1, 2))
    MilestoneFactory.create(stage=stage, order=3, parent=top)
    elsewhere = MilestoneFactory.create(stage=StageFactory.create(order=2))
    for parent, sentence in [
        (elsewhere, "Choose an item of this stage"),
        (other, "cannot be part of itself"),
    ]:
        assert sentence in _errors(_edit(editor, stage, **{"milestones-1-parent": str(parent.pk)}))
    assert "has parts of its own" in _errors(_edit(editor, stage, **{"milestones-0-parent": str(other.pk)}))


def test_an_edit_is_seen_by_the_next_load_as_an_edit(editor: Client, stage: Stage) -> None:
    milestone = MilestoneFactory.create(stage=stage, loaded={"text": "Old.", "order": 1}, text="Old.", order=1)
    assert _edit(editor, stage, **{"milestones-0-text": "New."}).status_code == 302
    assert Milestone.objects.values_list("text", "loaded").get(pk=milestone.pk) == (
        "New.",
        {"text": "Old.", "order": 1},
    )


def test_duties_across_the_lifecycle_have_a_page_of_their_own(editor: Client, stage: Stage) -> None:
    DutyFactory.create(stage=stage, text="Of one stage")
    DutyFactory.create(stage=None, text="Of all stages", order=1)
    page = editor.get("/admin/lifecycle/duty/").content.decode()
    assert "Of all stages" in page
    assert "Of one stage" not in page
    data = {"role": "activator", "order": "", "text": "Care for the border"}
    assert editor.post("/admin/lifecycle/duty/add/", data).status_code == 302
    assert Duty.objects.filter(stage=None).values_list("key", "order").last() == ("care-for-the-border", 2)
