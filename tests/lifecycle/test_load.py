"""Loading again: nothing changes, an admin's edit stays and is said, a newer text reaches untouched fields only."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError

from lifecycle.ladder import settle_items
from lifecycle.loading import Kept, Report, load
from lifecycle.management.commands.load_lifecycle import fixture_files
from lifecycle.models import Milestone, Stage
from tests.factories import KindFactory

pytestmark = pytest.mark.django_db

STAGE = {
    "slug": "first",
    "order": 1,
    "name": "First",
    "short_name": "First",
    "definition": "What it is.",
    "competence": "Learning",
    "measure_of_success": "How we know.",
}
MILESTONE = {"stage": ["first"], "key": "walk", "order": 1, "parent": None, "required": True, "text": "Walk."}


def _file(tmp_path: Path, *, text: str = "Walk.", required: bool = True, label: str = "Commit") -> list[Path]:
    rows = [
        {"model": "lifecycle.stage", "fields": STAGE},
        {"model": "lifecycle.milestone", "fields": MILESTONE | {"text": text, "required": required}},
        {"model": "pathways.kind", "fields": {"key": "commit", "label": label, "state": "known"}},
    ]
    file = tmp_path / "rows.json"
    file.write_text(json.dumps(rows), encoding="utf-8")
    return [file]


def test_the_first_load_creates_and_the_second_changes_nothing(tmp_path: Path) -> None:
    assert load(_file(tmp_path)) == Report(created=3)
    assert load(_file(tmp_path)) == Report(unchanged=3)


def test_a_newer_text_reaches_a_field_that_nobody_edited(tmp_path: Path) -> None:
    load(_file(tmp_path))
    assert load(_file(tmp_path, text="Walk on.")) == Report(changed=1, unchanged=2)
    assert Milestone.objects.get().text == "Walk on."


def test_an_edit_is_kept_and_said_while_its_neighbours_are_updated(tmp_path: Path) -> None:
    load(_file(tmp_path))
    Milestone.objects.update(text="Run.")
    kept = Kept("milestone first/walk", "text", "Run.", "Walk on.")
    assert load(_file(tmp_path, text="Walk on.", required=False)) == Report(changed=1, unchanged=2, kept=[kept])
    milestone = Milestone.objects.get()
    assert (milestone.text, milestone.required) == ("Run.", False)
    assert load(_file(tmp_path, text="Walk on.", required=False)).kept == [kept]


def test_an_edit_taken_back_follows_the_fixture_again(tmp_path: Path) -> None:
    load(_file(tmp_path))
    Milestone.objects.update(text="Run.")
    load(_file(tmp_path, text="Walk on."))
    Milestone.objects.update(text="Walk.")
    load(_file(tmp_path, text="Walk on."))
    assert Milestone.objects.get().text == "Walk on."


def test_a_row_that_was_not_loaded_by_us_is_taken_for_edited_where_it_differs(tmp_path: Path) -> None:
    Stage.objects.create(**STAGE | {"name": "Erste"})
    assert [kept.field for kept in load(_file(tmp_path)).kept] == ["name"]
    assert Stage.objects.get().name == "Erste"


def test_retired_rows_stay_retired(tmp_path: Path) -> None:
    load(_file(tmp_path))
    Milestone.objects.update(retired=True)
    assert load(_file(tmp_path)).kept == [Kept("milestone first/walk", "retired", theirs=True, fixtures=False)]
    load(_file(tmp_path, text="Walk on."))
    assert Milestone.objects.get().retired


def test_a_list_that_was_numbered_anew_is_one_edit() -> None:
    """Admin closes the gap that a retired item leaves: all behind it have another number, and one thing was done."""
    load(fixture_files())
    Milestone.objects.filter(key="gaps-found").update(retired=True)
    settle_items(Milestone.objects.filter(stage__slug="learning"))
    numbers = list(Milestone.objects.values_list("key", "order"))
    assert {(kept.thing, kept.field) for kept in load(fixture_files()).kept} == {
        ("milestone learning/gaps-found", "retired"),
        ("milestones learning", "order"),
    }
    assert list(Milestone.objects.values_list("key", "order")) == numbers


def test_a_registry_is_made_once_and_never_overwritten(tmp_path: Path) -> None:
    kind = KindFactory.create(key="commit", label="Änderung")
    assert load(_file(tmp_path, label="Commit")).kept == []
    kind.refresh_from_db()
    assert kind.label == "Änderung"


def test_a_load_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    twice = {"model": "lifecycle.stage", "fields": STAGE | {"slug": "second"}}
    broken.write_text(json.dumps([{"model": "lifecycle.stage", "fields": STAGE}, twice]), encoding="utf-8")
    with pytest.raises(IntegrityError):
        load([broken])
    assert not Stage.objects.exists()


def test_the_command_names_the_object_and_the_field_of_each_edit() -> None:
    call_command("load_lifecycle", stdout=StringIO())
    Milestone.objects.filter(key="gaps-found").update(text="Look hard.")
    out = StringIO()
    call_command("load_lifecycle", stdout=out)
    assert "0 created, 0 changed" in out.getvalue()
    assert "milestone learning/gaps-found, text: 'Look hard.'" in out.getvalue()
