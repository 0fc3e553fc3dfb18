"""kill -9 at every step of an import and of a recount: the next worker makes of it what nothing would have disturbed.

A step is named by the lock that it asks for (tests/flow/victims.py); the product knows nothing of these tests.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from lifecycle import clock, jobs
from lifecycle.models import Job
from metrics import rebuilds
from metrics.models import Contribution, Import, Source, Span
from pathways.models import Identity, Level
from pathways.turns import LOCK
from teams.models import Measurement, Team, WeeklyCount
from tests import tables
from tests.factories import PathwayFactory, PointFactory
from tests.flow.victims import Hold, Nursery, row, table
from tests.metrics.acts import stored
from tests.metrics.files import deliver, file_of, source_for

pytestmark = pytest.mark.django_db(transaction=True)
HEADER = "id,name,email,date,kind"
#: Some of it has come before, some is of a kind nobody knows.
BEFORE = [f"{n},Ann,ann@home.example,2024-01-{n:02},commit" for n in range(1, 5)]
FILE = [
    *BEFORE[2:],
    *(f"{n},Bo,bo@home.example,2024-02-{n:02},commit" for n in range(5, 12)),
    "20,Cy,,2024-03-01,juggling",
]


@pytest.fixture(scope="module")
def names() -> Iterator[list[Nursery]]:
    """Room for the one nursery of this file, which needs a test's database to begin."""
    made: list[Nursery] = []
    yield made
    for each in made:
        each.end()


@pytest.fixture
def victims(transactional_db: None, names: list[Nursery]) -> Nursery:
    if not names:
        names.append(Nursery())
    return names[0]


def scene() -> Source:
    """A team with something counted already."""
    pathway = PathwayFactory.create()
    PointFactory.create(pathway=pathway, level=Level.CASUAL, n=1, w=30)
    PointFactory.create(pathway=pathway, level=Level.ACTIVE, n=3, d=2, w=60)
    source = source_for(pathway)
    deliver(source, file_of(*BEFORE, header=HEADER))
    return source


def everything(source: Source) -> dict[str, Any]:
    """All rows of the team that an import or a recount writes, in words that hold for any team."""
    team = Team.objects.get(pk=source.team_id)
    who = dict(Identity.objects.values_list("contributor_id", "name"))
    place = {0: "team", source.pathway_id: "pathway"}
    source.refresh_from_db()
    columns = [field.name for field in WeeklyCount._meta.fields if field.name not in {"pk", "team", "pathway_id"}]
    told = ("state", "rows", "new", "duplicate", "quarantined", "unknown_kind", "rejected", "errors")
    assert not Measurement.objects.filter(team=team, data_version__lt=team.facts_version).exists()
    return {
        "facts": sorted(
            (who[each.contributor_id], each.occurred_at, each.kind.key, each.state)
            for each in Contribution.objects.filter(team=team).select_related("kind")
        ),
        "spans": {(place[each[0]], who[each[1]], *each[2:]) for each in stored(team)},
        "weeks": {
            (place[each.pathway_id], *(getattr(each, name) for name in columns))
            for each in WeeklyCount.objects.filter(team=team)
        },
        "measures": set(Measurement.objects.filter(team=team).values_list("measure", "window_days", "value", "as_of")),
        "reports": list(Import.objects.filter(source=source).order_by("id").values_list(*told)),
        "complete": source.complete_to,
        "people": sorted(who.values()),
    }


@dataclass(frozen=True)
class Undisturbed:
    """The rows of a team to which nothing happens, before the file and after it."""

    before: dict[str, Any]
    after: dict[str, Any]


@functools.cache
def undisturbed_on(_today: date) -> Undisturbed:
    """The same for every step of a day. It needs a database without anybody, and leaves one."""
    source = scene()
    jobs.drain()
    before = everything(source)
    deliver(source, file_of(*FILE, header=HEADER))
    after = everything(source)
    tables.empty()
    return Undisturbed(before, after)


@pytest.fixture
def undisturbed(transactional_db: None) -> Undisturbed:
    return undisturbed_on(clock.today())


def next_worker() -> None:
    """The lease of the one that died has run out; another does all that is due."""
    Job.objects.filter(state=Job.State.RUNNING).update(lease_until=timezone.now() - timedelta(seconds=1))
    jobs.drain()
    assert not Job.objects.exclude(state=Job.State.DONE).exists()


#: A server may finish this one statement although its client is gone, or notice it in time: once or twice.
CLAIM = "claiming the job"
#: Not the heartbeat, which asks for the same row.
FINISH = 'UPDATE "lifecycle_job"'
#: In the order in which an import comes to them.
IMPORT = {
    CLAIM: lambda source, delivery: [row("lifecycle_job", delivery.job_id)],
    "taking the import": lambda source, delivery: [row("metrics_import", delivery.pk)],
    "meeting kinds": lambda source, delivery: [table("pathways_kind")],
    "taking the pathway": lambda source, delivery: [row("pathways_pathway", source.pathway_id)],
    "waiting for its turn": lambda source, delivery: [Hold(f"SELECT pg_advisory_lock({LOCK})")],
    "making people": lambda source, delivery: [table("pathways_contributor")],
    "making identities": lambda source, delivery: [table("pathways_identity")],
    "adding contributions": lambda source, delivery: [table("metrics_contribution")],
    "moving the team's version": lambda source, delivery: [row("teams_team", source.team_id)],
    "asking for a recount": lambda source, delivery: [
        row("metrics_import", delivery.pk),
        table("lifecycle_job", saying="INSERT INTO metrics_contribution"),
    ],
    "putting people aside": lambda source, delivery: [table("metrics_touched")],
    "writing the report": lambda source, delivery: [table("metrics_import")],
    "moving the source's day": lambda source, delivery: [table("metrics_source")],
    "finishing the job": lambda source, delivery: [
        table("metrics_source"),
        row("lifecycle_job", delivery.job_id, saying=FINISH),
    ],
}


@pytest.mark.parametrize("step", IMPORT)
def test_an_import_killed_at(step: str, undisturbed: Undisturbed, victims: Nursery) -> None:
    source = scene()
    delivery = deliver(source, file_of(*FILE, header=HEADER), work=False)
    assert delivery.job_id
    victims.kill_at(delivery.job_id, *IMPORT[step](source, delivery))
    assert Contribution.objects.count() == len(BEFORE)
    next_worker()
    assert Job.objects.get(pk=delivery.job_id).attempts == 2 or step == CLAIM
    assert everything(source) == undisturbed.after


RECOUNT = {
    CLAIM: lambda team, job: [row("lifecycle_job", job)],
    "taking the team": lambda team, job: [row("teams_team", team)],
    "draining who is put aside": lambda team, job: [table("metrics_touched")],
    "clearing spans": lambda team, job: [table("metrics_span")],
    "deriving spans": lambda team, job: [table("pathways_conversionpoint", "ACCESS EXCLUSIVE")],
    "writing weeks": lambda team, job: [table("teams_weeklycount")],
    "writing measures": lambda team, job: [table("teams_measurement")],
    "finishing the job": lambda team, job: [
        table("teams_measurement"),
        row("lifecycle_job", job, saying=FINISH),
    ],
}


@pytest.mark.parametrize("step", RECOUNT)
def test_a_recount_killed_at(step: str, undisturbed: Undisturbed, victims: Nursery) -> None:
    source = scene()
    before = stored(source.team)
    delivery = deliver(source, file_of(*FILE, header=HEADER), work=False)
    jobs.run(delivery.job_id or 0, reraise=True)
    asked = Job.objects.get(kind="recount", key=str(source.team_id), state=Job.State.QUEUED)
    victims.kill_at(asked.pk, *RECOUNT[step](source.team_id, asked.pk))
    assert stored(source.team) == before
    next_worker()
    assert Job.objects.get(pk=asked.pk).attempts == 2 or step == CLAIM
    assert everything(source) == undisturbed.after


@pytest.mark.parametrize("step", [step for step in RECOUNT if step != CLAIM])
def test_a_batch_killed_at(step: str, undisturbed: Undisturbed, victims: Nursery) -> None:
    """Nothing of it is there, and the next worker counts its teams one by one."""
    source, other = scene(), scene()
    jobs.drain()
    Span.objects.all().delete()
    assert rebuilds.ask() == 1
    batch = Job.objects.get(kind="rebuild_batch")
    victims.kill_at(batch.pk, *RECOUNT[step](other.team_id, batch.pk))
    assert not Span.objects.exists()
    next_worker()
    assert Job.objects.filter(kind="rebuild_batch").count() == 1 + 2
    for each in (source, other):
        assert everything(each) == undisturbed.before
