"""`manage.py import_git`: a repository's history by the same door as an uploaded file."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from metrics.models import Contribution, Import, Source
from pathways.models import Pathway
from tests.factories import KindFactory, PathwayFactory
from tests.metrics import repositories
from tests.metrics.files import deliver, file_of, row, source_for
from tests.metrics.repositories import Commit
from tests.metrics.test_git import line, log_of

pytestmark = pytest.mark.django_db

HISTORY = [
    Commit(),
    Commit("Bob", "bob@x.example", message="Mend it\n\nCo-authored-by: Eve <Eve@x.example>\n"),
    Commit("Carl", "carl@x.example", parents=(0,)),
    Commit(message="Bring both together\n", parents=(1, 2)),
]


@pytest.fixture
def pathway() -> Pathway:
    KindFactory.create(key="commit")
    made: Pathway = PathwayFactory.create(slug="patches", team__slug="lantern")
    return made


def run(path: Path, **options: Any) -> None:
    call_command("import_git", "lantern", "patches", str(path), inline=True, **options)


def people() -> list[str]:
    return sorted(Contribution.objects.values_list("identity__email", flat=True))


def test_a_history_goes_in_twice_and_adds_nothing_the_second_time(
    pathway: Pathway, tmp_path: Path, capsys: Any
) -> None:
    history = repositories.make(tmp_path / "history", HISTORY)
    run(history)
    assert "4 new contributions." in capsys.readouterr().out
    assert people() == ["Eve@x.example", "ann@home.example", "bob@x.example", "carl@x.example"]
    run(history)
    assert "0 new contributions." in capsys.readouterr().out
    source = Source.objects.get()
    assert (source.type, source.pathway, source.name) == (Source.Type.GIT, pathway, "git")
    assert {each.filename for each in Import.objects.all()} == {"history"}
    assert Import.objects.first().passed == {"merges": 1}  # type: ignore[union-attr]


def test_another_branch(pathway: Pathway, tmp_path: Path) -> None:
    history = repositories.make(tmp_path / "history", HISTORY)
    repositories.git(history, "branch", "topic", "main~2")
    run(history, branch="topic")
    assert people() == ["ann@home.example"]


def test_co_authors_may_be_left_out_for_good(pathway: Pathway, tmp_path: Path) -> None:
    history = repositories.make(tmp_path / "history", HISTORY)
    run(history, no_co_authors=True)
    run(history)
    assert people() == ["ann@home.example", "bob@x.example", "carl@x.example"]


def test_a_source_of_another_type_is_not_taken(pathway: Pathway, tmp_path: Path) -> None:
    source_for(pathway, name="Commits")
    with pytest.raises(CommandError, match="takes something else"):
        run(repositories.make(tmp_path / "history", HISTORY), source="Commits")


def test_the_same_commit_by_csv_counts_once(pathway: Pathway, tmp_path: Path) -> None:
    history = repositories.make(tmp_path / "history", HISTORY[:1])
    run(history)
    commit = repositories.git(history, "rev-parse", "main").decode().strip()
    delivery = deliver(source_for(pathway), file_of(row(1).replace("c1", commit)))
    assert (delivery.new, delivery.duplicate) == (0, 1)


def test_what_git_refuses_leaves_nothing(pathway: Pathway, tmp_path: Path) -> None:
    history = repositories.make(tmp_path / "history", HISTORY)
    first = repositories.git(history, "rev-parse", "main~2").decode().strip()
    (history / "objects" / first[:2] / first[2:]).unlink()
    with pytest.raises(CommandError, match="was not read: git ended with status 128"):
        run(history)
    with pytest.raises(CommandError, match="is no folder on this server"):
        run(tmp_path / "nowhere")
    assert not Import.objects.exists()
    assert not Source.objects.exists()


def test_a_history_without_end_is_not_written_to_the_disk(pathway: Pathway, tmp_path: Path, settings: Any) -> None:
    settings.UPLOAD_LIMIT = 100
    with pytest.raises(CommandError, match="the most this server takes"):
        run(repositories.make(tmp_path / "history", HISTORY))
    assert not Import.objects.exists()


def test_a_damaged_log_that_is_uploaded_is_rejected_whole(pathway: Pathway) -> None:
    source = source_for(pathway, type=Source.Type.GIT)
    delivery = deliver(source, log_of(line(), line("b" * 40, time="soon")))
    assert delivery.state == Import.State.REJECTED
    assert [(each["line"], each["column"], each["field"]) for each in delivery.errors] == [(2, 6, "author time")]
    assert not Contribution.objects.exists()
    assert deliver(source, log_of(line(), line("b" * 40))).new == 2
