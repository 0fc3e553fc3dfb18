"""`manage.py import_contributions`: the same door as the upload page."""

import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from lifecycle import jobs
from lifecycle.models import Job
from metrics import reports
from metrics.models import Contribution, Import, Source
from pathways.models import Pathway
from tests.factories import KindFactory, PathwayFactory
from tests.metrics.files import SAMPLES, file_of, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def pathway() -> Pathway:
    KindFactory.create(key="commit")
    made: Pathway = PathwayFactory.create(slug="patches", team__slug="lantern")
    return made


def run(pathway: Pathway, file: Path, **options: Any) -> None:
    call_command("import_contributions", pathway.team.slug, pathway.slug, str(file), **options)


def test_a_gzipped_sample_goes_in_twice_and_adds_nothing_the_second_time(pathway: Pathway, capsys: Any) -> None:
    run(pathway, SAMPLES / "profiler" / "events.csv.gz", inline=True)
    assert "8440 new contributions." in capsys.readouterr().out
    run(pathway, SAMPLES / "profiler" / "events.csv.gz", inline=True)
    assert "0 new contributions." in capsys.readouterr().out
    assert Contribution.objects.count() == 8_440
    assert Source.objects.get().pathway == pathway


def test_a_rejected_file_ends_with_its_report(pathway: Pathway, tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_bytes(file_of(row(1), row(2, ts="soon")))
    with pytest.raises(CommandError, match=r"line 3, column 4 \(author_ts\)"):
        run(pathway, file, inline=True)
    assert not Contribution.objects.exists()


def test_what_is_missing_is_told(pathway: Pathway, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no pathway “elsewhere”"):
        call_command("import_contributions", "lantern", "elsewhere", "x.csv")
    with pytest.raises(CommandError, match=r"“juggling” is no known kind\. Known: commit"):
        run(pathway, tmp_path / "x.csv", kind="juggling")
    with pytest.raises(CommandError, match="No such file"):
        run(pathway, tmp_path / "x.csv")
    (tmp_path / "x.csv").write_bytes(file_of(row(1)))
    with pytest.raises(CommandError, match="after today"):
        run(pathway, tmp_path / "x.csv", complete_to=date.max)
    with pytest.raises(CommandError, match="“2026-02-30” is no date of the calendar"):
        call_command("import_contributions", "lantern", "patches", "x.csv", "--complete-to=2026-02-30")
    assert not Import.objects.exists()
    assert not Source.objects.exists(), "one that never delivers keeps the gate from being decided"


def test_without_a_worker_it_says_what_to_start(
    pathway: Pathway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "good.csv"
    file.write_bytes(file_of(row(1)))
    monkeypatch.setattr(reports, "PATIENCE", reports.PATIENCE * 0)
    with pytest.raises(CommandError, match="no worker takes it up"):
        run(pathway, file)
    jobs.drain()  # the file is kept: a later worker reads it
    assert Import.objects.get().new == 1


def test_it_waits_for_the_worker(
    pathway: Pathway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    file = tmp_path / "good.csv"
    file.write_bytes(file_of(row(1)))

    def meanwhile(seconds: float) -> None:
        job = Job.objects.get(kind="import")
        jobs.run(job.pk)

    monkeypatch.setattr(time, "sleep", meanwhile)
    run(pathway, file)
    assert "1 new contribution." in capsys.readouterr().out
