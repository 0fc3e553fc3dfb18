"""Two worker machines on one PostgreSQL and one Valkey share the counting of many teams, and do nothing twice."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from lifecycle import clock, jobs
from lifecycle.models import Job
from metrics import rebuilds
from metrics.models import Span
from pathways.models import Level, Pathway
from teams.models import Measurement
from tests.factories import ContributorFactory, PointFactory
from tests.flow.victims import until
from tests.metrics.acts import act, rebuild, stored
from tests.processes import DISPATCHER, WORKER, running

pytestmark = pytest.mark.django_db(transaction=True)
TEAMS = 30


def written() -> tuple[int, int]:
    """How many rows of spans have been inserted and deleted since this database was made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT n_tup_ins, n_tup_del FROM pg_stat_user_tables WHERE relname = 'metrics_span'")
        inserted, deleted = cursor.fetchone()
        return inserted, deleted


def scene() -> list[Pathway]:
    """Many teams, the same three people in each."""
    yesterday = clock.today() - timedelta(days=1)
    people = ContributorFactory.create_batch(3)
    pathways = [PointFactory.create(level=Level.ACTIVE, w=30).pathway for _ in range(TEAMS)]
    for pathway in pathways:
        for person in people:
            act(pathway, person, yesterday)
    return pathways


def all_done(tmp_path: Path) -> None:
    """Two workers of two hosts do everything that is due, both of them something, and neither what the other does."""
    logs = [tmp_path / f"{name}.log" for name in "ab"]
    workers = [[*WORKER[:-1], "INFO", "--hostname", f"{log.stem}@%h-{log.stem}", "--logfile", str(log)] for log in logs]
    with running(*workers):
        until(lambda: all(log.exists() and " ready." in log.read_text() for log in logs), "a worker never came up")
        with running(DISPATCHER):
            until(lambda: not Job.objects.exclude(state=Job.State.DONE).exists(), "something was never counted")
    done = [set(re.findall(r"Task lifecycle\.run_job\[([\w-]+)\] succeeded", log.read_text())) for log in logs]
    assert all(done), "one of them did everything"
    assert not done[0] & done[1]


def test_two_workers_of_two_hosts_count_each_pair_once(tmp_path: Path) -> None:
    pathways = scene()
    asked = set(Job.objects.filter(kind="recount").values_list("key", "pk"))
    assert {key for key, _ in asked} == {str(pathway.team_id) for pathway in pathways}
    connection.close()  # what this session has counted of its own is told to the others
    inserted, deleted = written()
    all_done(tmp_path)
    counted = Job.objects.filter(kind="recount")
    assert set(counted.values_list("key", "pk")) == asked, "somebody asked again"
    assert set(counted.values_list("attempts", flat=True)) == {1}
    by_team = Measurement.objects.values_list("team_id", "job").distinct()
    assert {(str(team), job) for team, job in by_team} == asked

    rows = Span.objects.count()
    assert rows >= 2 * TEAMS * 3
    until(lambda: written() == (inserted + rows, deleted), "a span was written twice")
    for pathway in pathways[:3]:
        before = stored(pathway.team)
        rebuild(pathway.team)
        assert stored(pathway.team) == before


def test_two_workers_of_two_hosts_share_a_rebuild(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    teams = [pathway.team for pathway in scene()]
    jobs.drain()
    before = [stored(team) for team in teams]
    Span.objects.all().delete()
    monkeypatch.setattr(rebuilds, "TEAMS", 3)
    assert rebuilds.ask() == TEAMS / 3
    connection.close()
    inserted, deleted = written()
    all_done(tmp_path)
    batches = Job.objects.filter(kind="rebuild_batch")
    assert set(batches.values_list("attempts", flat=True)) == {1}
    of_batch = {range(*map(int, job.key.split("-"))): job.pk for job in batches}
    for team in teams:
        (job,) = Measurement.objects.filter(team=team).values_list("job", flat=True).distinct()
        assert [pk for ids, pk in of_batch.items() if team.pk in ids or team.pk == ids.stop] == [job]
    assert [stored(team) for team in teams] == before
    until(lambda: written() == (inserted + Span.objects.count(), deleted), "a span was written twice")
