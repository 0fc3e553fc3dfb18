"""Files of contributions, and their way through the product: received, and read by a worker's own code."""

import io
import itertools
import random
from datetime import UTC, datetime, time, timedelta
from typing import Final

from django.core.files.base import ContentFile
from django.db import transaction

from benchmarks.organisation import TODAY
from metrics import imports, sourcing
from metrics.models import Import, Source
from pathways.models import Kind, Pathway
from teams.models import Team

HEADER: Final = "commit,author_name,author_email,author_ts\n"
NOON: Final = int(datetime.combine(TODAY, time(12), tzinfo=UTC).timestamp())
SEED: Final = 42
_numbers = itertools.count(1)


def history(rows: int, *, acts_per_person: float = 14.42) -> bytes:
    """A first delivery: so many commits of five years by people whom nobody knows yet, heavy-tailed."""
    dice = random.Random(SEED)
    text = io.StringIO()
    text.write(HEADER)
    people = max(1, round(rows / acts_per_person))
    for _ in range(rows):
        person = int(people * dice.random() ** 3)  # a few do most
        stamp = NOON - int(dice.random() * 5 * 365 * 86400)
        text.write(f"{dice.getrandbits(160):040x},New Person {person},person-{person}@of-0000.example,{stamp}\n")
    return text.getvalue().encode()


def elsewhere(data: bytes, number: int) -> bytes:
    """The same bytes, by other people."""
    return data.replace(b"@of-0000.", b"@of-%04d." % number)


def additions(people: list[int], *, rows: int, days: int, seed: int) -> bytes:
    """Rows by people of the organisation, one each in turn, on days of the last so many."""
    dice = random.Random(seed)
    text = io.StringIO()
    text.write(HEADER)
    for number in range(rows):
        person = people[number % len(people)]
        moment = NOON - 86400 * dice.randrange(days)
        text.write(f"{dice.getrandbits(160):040x},Person {person},person-{person}-0@home.example,{moment}\n")
    return text.getvalue().encode()


def source_of(pathway: Pathway) -> Source:
    """The pathway's one source."""
    return Source.objects.select_related("pathway").get(pathway=pathway)


def new_source() -> Source:
    """A source of a new pathway of a new team."""
    number = next(_numbers)
    stage_of = Team.objects.order_by("pk").values_list("stage", flat=True)[0]
    team = Team.objects.create(
        slug=f"new-{number}", name=f"New {number}", stage_id=stage_of, entered_on=TODAY - timedelta(days=100)
    )
    pathway = Pathway.objects.create(team=team, slug="pathway", name="Pathway", opened_on=team.entered_on)
    return sourcing.source_of(pathway, name="Export", default_kind=Kind.objects.get(key="commit"))


def received(source: Source, data: bytes) -> Import:
    """The file, kept as an upload is, with the job that asks for its reading."""
    return imports.receive(source, file=ContentFile(data), filename="export.csv", actor=None)


def read(delivery: Import) -> None:
    """A worker's reading, in a transaction as a job's is."""
    with transaction.atomic():
        imports.work(delivery.pk, progress=lambda _done, _total: None)


def removed(delivery: Import) -> None:
    """Take the kept file off the disk."""
    delivery.file.delete(save=False)
