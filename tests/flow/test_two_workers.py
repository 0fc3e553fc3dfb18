"""Two worker machines on one PostgreSQL and one Valkey share the counting of many teams, and do nothing twice."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from lifecycle import clock
from lifecycle.models import Job
from metrics.models import Span
from pathways.models import Level
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


def test_two_workers_of_two_hosts_count_each_pair_once(tmp_path: Path) -> None:
    yesterday = clock.today() - timedelta(days=1)
    people = ContributorFactory.create_batch(3)
    pathways = [PointFactory.create(level=Level.ACTIVE, w=30).pathway for _ in range(TEAMS)]
    for pathway in pathways:
        for person in people:
            act(pathway, person, yesterday)
    asked = set(Job.objects.filter(kind="recount").values_list("key", "pk"))
    assert {key for key, _ in asked} == {str(pathway.team_id) for pathway in pathways}
    connection.close()  # what this session has counted of its own is told to the others
    inserted, deleted = written()

    logs = [tmp_path / f"{name}.log" for name in "ab"]
    workers = [[*WORKER[:-1], "INFO", "--hostname", f"{log.stem}@%h-{log.stem}", "--logfile", str(log)] for log in logs]
    with running(*workers):
        until(lambda: all(log.exists() and " ready." in log.read_text() for log in logs), "a worker never came up")
        with running(DISPATCHER):
            until(lambda: not Job.objects.exclude(state=Job.State.DONE).exists(), "something was never counted")

    jobs = Job.objects.filter(kind="recount")
    assert set(jobs.values_list("key", "pk")) == asked, "somebody asked again"
    assert set(jobs.values_list("attempts", flat=True)) == {1}
    done = [set(re.findall(r"Task lifecycle\.run_job\[([\w-]+)\] succeeded", log.read_text())) for log in logs]
    assert all(done), "one of them did everything"
    assert not done[0] & done[1]
    by_team = Measurement.objects.values_list("team_id", "job").distinct()
    assert {(str(team), job) for team, job in by_team} == asked

    rows = Span.objects.count()
    assert rows >= 2 * TEAMS * len(people)
    until(lambda: written() == (inserted + rows, deleted), "a span was written twice")
    for pathway in pathways[:3]:
        before = stored(pathway.team)
        rebuild(pathway.team)
        assert stored(pathway.team) == before
