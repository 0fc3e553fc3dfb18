"""The sample by four ways: as a table, as a repository, as Perceval's items and through the API."""

import csv as reading
import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command

from lifecycle import jobs
from metrics import imports
from metrics.figures import figures
from metrics.models import Contribution, Import
from pathways.models import Pathway
from teams.models import Role
from tests.api import post, token_for
from tests.factories import KindFactory, MembershipFactory, SourceFactory
from tests.metrics import repositories
from tests.metrics.files import deliver, part_noreply, sample, source_for
from tests.metrics.repositories import Commit
from tests.metrics.sources import items
from tests.metrics.sources.test_perceval import as_git
from tests.metrics.test_figures import compared, pathway_with_sample_points

pytestmark = pytest.mark.django_db
Row = dict[str, str]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The sample's authors and dates, as a repository: its commits have other ids."""
    commits = [
        Commit(row["author_name"], row["author_email"], int(row["author_ts"]), offset=_offset(row["author_date"]))
        for row in _rows()
    ]
    return repositories.make(tmp_path / "profiler.git", commits[::-1])


@pytest.fixture
def told(repository: Path) -> list[Row]:
    """The sample's rows under the ids of the repository."""
    hashes = repositories.git(repository, "log", "--format=%H").decode().split()
    return [row | {"commit": commit} for row, commit in zip(_rows(), hashes, strict=True)]


def _rows() -> list[Row]:
    return list(reading.DictReader(io.StringIO(sample("profiler/events.csv.gz").decode(), newline="")))


def _offset(written: str) -> str:
    return "+0000" if written.endswith("Z") else written[19:].replace(":", "")


def by_table(pathway: Pathway, told: list[Row], repository: Path) -> None:
    content = io.StringIO()
    writer = reading.DictWriter(content, list(told[0]))
    writer.writeheader()
    writer.writerows(told)
    deliver(source_for(pathway), content.getvalue().encode())


def by_repository(pathway: Pathway, told: list[Row], repository: Path) -> None:
    KindFactory.create(key="commit")
    call_command("import_git", pathway.team.slug, pathway.slug, str(repository), "--inline", verbosity=0)


def by_perceval(pathway: Pathway, told: list[Row], repository: Path) -> None:
    lines = (
        items.commit(
            commit=row["commit"],
            Author=f"{row['author_name']} <{row['author_email']}>",
            AuthorDate=as_git(row["author_date"]),
        )
        for row in told
    )
    source = source_for(pathway, type="perceval")
    imports.receive(source, file=ContentFile(items.lines_of(*lines)), filename="items.jsonl", actor=None)


def by_api(pathway: Pathway, told: list[Row], repository: Path) -> None:
    SourceFactory.create(pathway=pathway, type="api", default_kind=KindFactory.create(key="commit"))
    token = token_for(MembershipFactory.create(team=pathway.team, role=Role.ACTIVATOR).user, pathway.team)
    body = [
        {
            "id": row["commit"],
            "occurred_at": datetime.fromtimestamp(int(row["author_ts"]), UTC).isoformat(),
            "name": row["author_name"],
            "email": row["author_email"],
        }
        for row in told
    ]
    for begin in range(0, len(body), 1_000):
        assert post(token, body[begin : begin + 1_000]).status_code == 200


WAYS: list[Callable[[Pathway, list[Row], Path], None]] = [by_table, by_repository, by_perceval, by_api]


@pytest.mark.parametrize("first", WAYS, ids=lambda way: way.__name__)
def test_every_way_tells_the_same_and_all_four_count_once(
    told: list[Row], repository: Path, first: Callable[[Pathway, list[Row], Path], None]
) -> None:
    """Each of the four comes first once, so that each has brought all there is; the other three then add nothing."""
    pathway = pathway_with_sample_points()
    for way in [first, *(each for each in WAYS if each is not first)]:
        way(pathway, told, repository)
        jobs.drain()
        assert Contribution.objects.count() == 8_440
    assert sorted(Import.objects.values_list("new", flat=True)) == [0, 0, 0, 8_440]
    part_noreply(pathway.team)
    number, differs = compared("profiler/expected.raw.json", figures(pathway.team, population="all"))
    # The figures tell how often a row was read as well: that, and nothing else, is another figure four times over.
    assert {each.split(":")[0] for each in differs} == {".totals.rows_read", ".totals.duplicate_events_dropped"}
    assert number > 10_000
