"""The trail tells who edited which definition when, and what stood there before and after."""

import html
import re
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from lifecycle.admin.trail import values_of
from lifecycle.models import Stage
from tests.conftest import People
from tests.factories import CriterionFactory, DutyFactory, FunnelFactory, StageFactory
from tests.forms import posted_as_shown


@pytest.fixture
def editor(people: People) -> Client:
    return people.client("admin")


@pytest.fixture
def stage(people: People) -> Stage:
    return people.team.stage


def edit(editor: Client, address: str, **changes: Any) -> LogEntry:
    """The trail's entry of an edit."""
    response = editor.post(address, posted_as_shown(editor.get(address)) | changes)
    if response.status_code == 200:  # the look at the gates comes first
        response = editor.post(address, posted_as_shown(response))
    assert response.status_code == 302
    return LogEntry.objects.latest("pk")


def page(editor: Client, entry: LogEntry) -> str:
    text = editor.get(f"/admin/admin/logentry/{entry.pk}/change/").content.decode()
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def test_a_changed_criterion_is_told_with_both_values(editor: Client, stage: Stage, people: People) -> None:
    CriterionFactory.create(stage=stage, text="More than 25", threshold=Decimal("25.00"), order=1)
    address = f"/admin/lifecycle/stage/{stage.pk}/change/"
    changes = {"criteria-0-threshold": "30", "criteria-0-strength": "advised", "competence": "Listening"}
    entry = edit(editor, address, **changes)
    assert entry.user == people.admin
    assert values_of(entry) == [
        ("", "Learning stage (competence)", "Learning.", "Listening"),
        ("criterion “More than 25”", "Threshold", "25", "30"),
        ("criterion “More than 25”", "Strength", "required", "advised"),
    ]
    assert "Criterion “More than 25”: Threshold 25 30" in page(editor, entry)


def test_a_new_item_had_nothing_before(editor: Client, stage: Stage) -> None:
    address = f"/admin/lifecycle/stage/{stage.pk}/change/"
    changes = {"risks-TOTAL_FORMS": "1", "risks-0-text": "Nobody comes", "risks-0-order": ""}
    entry = edit(editor, address, **changes)
    assert ("risk “Nobody comes”", "Text", "", "Nobody comes") in values_of(entry)
    assert "nothing Nobody comes" in page(editor, entry)


def test_an_order_changed_in_the_list_is_told_too(editor: Client, stage: Stage) -> None:
    other = StageFactory.create(order=2)
    data = {
        "form-TOTAL_FORMS": "2",
        "form-INITIAL_FORMS": "2",
        "form-0-id": str(stage.pk),
        "form-0-order": "2",
        "form-1-id": str(other.pk),
        "form-1-order": "1",
        "_save": "Save",
    }
    assert editor.post("/admin/lifecycle/stage/", data).status_code == 302
    told = {entry.object_id: values_of(entry) for entry in LogEntry.objects.all()}
    assert told == {str(stage.pk): [("", "Order", "1", "2")], str(other.pk): [("", "Order", "2", "1")]}


def test_duties_and_definitions_of_pathways_are_told_in_the_same_way(editor: Client) -> None:
    duty, funnel = DutyFactory.create(stage=None, text="Old", order=1), FunnelFactory.create(is_major=True)
    entry = edit(editor, f"/admin/lifecycle/duty/{duty.pk}/change/", text="New")
    assert values_of(entry) == [("", "Text", "Old", "New")]
    data = posted_as_shown(editor.get(f"/admin/pathways/funnel/{funnel.pk}/change/"))
    data.pop("is_major")
    editor.post(f"/admin/pathways/funnel/{funnel.pk}/change/", data)
    assert values_of(LogEntry.objects.latest("pk")) == [("", "Major", "yes", "no")]


def test_what_is_told_in_a_sentence_has_no_values(editor: Client, people: People) -> None:
    entry = LogEntry.objects.create(
        user=people.admin, object_repr="A job", action_flag=2, change_message="Asked again."
    )
    assert values_of(entry) == []
    assert "No value was changed, or it was not kept" in page(editor, entry)
