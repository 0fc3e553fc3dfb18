"""Receiving a file, reading it in a worker, and asking again."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile

from lifecycle import clock, jobs
from lifecycle.models import Job
from metrics import imports, reports, waiting
from metrics.models import Contribution, Import
from teams.refusals import Conflict, Refused
from tests.factories import UserFactory
from tests.metrics.files import deliver, file_of, row, source_for

pytestmark = pytest.mark.django_db


def test_a_received_file_is_kept_under_a_name_of_ours_and_work_is_asked_for(uploads: Path) -> None:
    actor = UserFactory.create()
    content = file_of(row(1))
    delivery = imports.receive(
        source_for(), file=ContentFile(content), filename="../../etc/päss.csv", actor=actor, complete_to=clock.today()
    )
    (kept,) = [path for path in uploads.rglob("*") if path.is_file()]
    assert kept.read_bytes() == content
    assert "ss.csv" not in str(kept)
    assert kept.stat().st_mode & 0o777 == 0o600
    assert (delivery.size, delivery.created_by, delivery.state) == (len(content), actor, Import.State.RECEIVED)
    assert len(delivery.sha256) == 64
    job = Job.objects.get(kind="import")
    assert (job.key, job.state, delivery.job_id) == (str(delivery.pk), Job.State.QUEUED, job.pk)
    assert delivery.is_moving


def test_a_file_that_is_too_large_is_refused_and_not_kept(settings: Any, uploads: Path) -> None:
    settings.UPLOAD_LIMIT = 10
    with pytest.raises(imports.TooLarge, match="10"):
        imports.receive(source_for(), file=ContentFile(b"x" * 11), filename="a.csv", actor=None)
    assert not list(uploads.iterdir())


def test_what_cannot_be_is_refused() -> None:
    tomorrow = clock.today() + timedelta(days=1)
    with pytest.raises(Refused, match="after today"):
        imports.receive(source_for(), file=ContentFile(b"x"), filename="a", actor=None, complete_to=tomorrow)
    with pytest.raises(Refused, match="switched off"):
        imports.receive(source_for(enabled=False), file=ContentFile(b"x"), filename="a", actor=None)


def test_nothing_is_kept_when_the_work_cannot_be_asked_for(uploads: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(kind: str, key: str) -> int:
        raise RuntimeError("no")

    monkeypatch.setattr(jobs, "ask", fail)
    with pytest.raises(RuntimeError):
        imports.receive(source_for(), file=ContentFile(b"x"), filename="a", actor=None)
    assert not [path for path in uploads.rglob("*") if path.is_file()]
    assert not Import.objects.exists()


def test_a_second_ring_for_the_same_import_does_nothing() -> None:
    delivery = deliver(source_for(), file_of(row(1)))
    jobs.ask("import", str(delivery.pk))
    jobs.drain()
    again = Import.objects.get()
    assert (again.new, again.finished_at) == (1, delivery.finished_at)


def test_a_lost_file_is_told_and_can_be_asked_for_again(uploads: Path) -> None:
    delivery = deliver(source_for(), file_of(row(1)), work=False)
    kept = uploads / str(delivery.file.name)
    content = kept.read_bytes()
    kept.unlink()
    jobs.drain()
    delivery.refresh_from_db()
    assert (delivery.standing, delivery.failed) == (Import.State.FAILED, True)
    kept.write_bytes(content)
    imports.retry(delivery)
    jobs.drain()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.new) == (Import.State.DONE, 1)
    with pytest.raises(Conflict):
        imports.retry(delivery)


def test_an_import_whose_job_is_dead_has_failed_and_can_be_asked_for_again() -> None:
    delivery = deliver(source_for(), file_of(row(1)), work=False)
    Job.objects.filter(kind="import").update(state=Job.State.DEAD)
    delivery = Import.objects.select_related("job").get()
    assert delivery.failed
    assert "Try again" in reports.report_of(delivery).sentence
    imports.retry(delivery)
    jobs.drain()
    assert Import.objects.get().state == Import.State.DONE


def test_a_crash_leaves_neither_rows_nor_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    delivery = deliver(source_for(), file_of(row(1)), work=False)
    with monkeypatch.context() as patch:
        patch.setattr(Import, "save", lambda *args, **kwargs: 1 / 0)
        assert jobs.run(delivery.job_id or 0) is False
    delivery.refresh_from_db()
    assert (delivery.state, Contribution.objects.count()) == (Import.State.RECEIVED, 0)


def test_progress_is_told_in_bytes_and_ends_at_the_size() -> None:
    source = source_for()
    content = file_of(*(row(n) for n in range(12_000)))
    delivery = deliver(source, content, work=False)
    told: list[int] = []
    imports.apply(delivery, progress=told.append)
    assert told == sorted(told)
    assert len(told) > 1
    assert told[-1] == len(content)


def test_a_report_reads_the_same_everywhere() -> None:
    report = reports.report_of(deliver(source_for(), file_of(row(1), row(2, ts="soon"))))
    assert report.lines() == [
        "Nothing was imported, because of line 3, column 4: “soon” is no Unix time in seconds.",
        "  rows: 2",
        "  new: 0",
        "  duplicate: 0",
        "  quarantined: 0",
        "  unknown kind: 0",
        "  rejected: 1",
        "  line 3, column 4 (author_ts): “soon” is no Unix time in seconds.",
    ]
    several = reports.report_of(deliver(source_for(), file_of(row(1, ts="soon"), row(2, ts="later"))))
    assert several.sentence == "Nothing was imported: 2 rows cannot be read."


@pytest.mark.parametrize(("days", "mark"), [(0, "done"), (29, "done"), (30, "stale")])
def test_a_source_is_stale_when_its_data_ends_thirty_days_ago(days: int, mark: str) -> None:
    source = source_for()
    assert [row.words for row in reports.sources_of(source.team)] == ["nothing imported yet"]
    deliver(source, file_of(row(1)), complete_to=clock.today() - timedelta(days=days))
    assert [row.mark for row in reports.sources_of(source.team)] == [mark]
    deliver(source, b"", complete_to=clock.today())  # a rejected file refreshes nothing
    assert [row.mark for row in reports.sources_of(source.team)] == [mark]


def test_the_facts_are_read_only_when_something_is_kept_back(django_assert_num_queries: Any) -> None:
    source = source_for(starts_on=date(2024, 1, 11))
    with django_assert_num_queries(1):
        assert waiting.quarantine_of(source.team) == []
    deliver(source, file_of(row(1)))
    (kept,) = waiting.quarantine_of(source.team)
    assert (kept.name, kept.reason, kept.count) == (
        source.name,
        "before the source's declared start, or before 1970",
        1,
    )
