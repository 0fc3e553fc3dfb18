"""Small CSV files for tests, the samples, and the way into a source."""

import gzip
from collections.abc import Iterable
from pathlib import Path

from django.core.files.base import ContentFile

from lifecycle import jobs
from metrics import imports
from metrics.models import Import, Source
from pathways import merging
from pathways.models import Identity, Pathway
from teams.models import Team
from tests.factories import KindFactory, SourceFactory, UserFactory

SAMPLES = Path(__file__).resolve().parents[2] / "fixtures" / "samples"
HEADER = "commit,author_name,author_email,author_ts,author_date"
NOON = 1704888000  # 2024-01-10T12:00:00Z
DAY = 86_400


def row(number: int = 1, *, name: str = "Ann", email: str = "ann@home.example", ts: int | str = NOON) -> str:
    """One sound row."""
    return f"c{number},{name},{email},{ts},"


def file_of(*rows: str, header: str = HEADER) -> bytes:
    """A file with a header."""
    return "".join(f"{line}\n" for line in (header, *rows)).encode()


def sample(name: str) -> bytes:
    """The unpacked bytes of a sample."""
    content = (SAMPLES / name).read_bytes()
    return gzip.decompress(content) if name.endswith(".gz") else content


def source_for(pathway: Pathway | None = None, **fields: object) -> Source:
    """A source whose rows without a kind are commits."""
    place = {"pathway": pathway} if pathway else {}
    made: Source = SourceFactory.create(default_kind=KindFactory.create(key="commit"), **place, **fields)
    return made


def deliver(source: Source, content: bytes, *, work: bool = True, **fields: object) -> Import:
    """Receive a file, let the worker do what is due, and read the import back."""
    given: dict[str, object] = {"filename": "acts.csv", "actor": None, **fields}
    delivery = imports.receive(source, file=ContentFile(content), **given)  # type: ignore[arg-type]
    if work:
        jobs.drain()
        delivery.refresh_from_db()
    return delivery


def part_noreply(team: Team) -> None:
    """Split people who stand in the samples under GitHub's noreply address with its number and without.

    The product knows them as one account; the samples' expected figures count addresses, and so two.
    """
    admin = UserFactory.create(is_staff=True)
    for identity in Identity.objects.filter(email__contains="+", email__endswith="@users.noreply.github.com"):
        if Identity.objects.filter(contributor=identity.contributor_id).exclude(email__iexact=identity.email).exists():
            merging.split(identity, actor=admin, team=team, reason="Counted apart in the expected figures.")
    jobs.drain()


def lines(content: bytes) -> tuple[str, list[str]]:
    """Header and rows of a file whose cells hold no line breaks."""
    header, *rest = content.decode().splitlines()
    return header, rest


def joined(header: str, rows: Iterable[str]) -> bytes:
    """The other way."""
    return file_of(*rows, header=header)
