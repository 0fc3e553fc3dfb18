"""Where an account is known: a realm joins accounts over all streams, and nothing else."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO

import pytest

from lifecycle.models import Job
from metrics.ingest import ingest
from metrics.models import Import, Source
from metrics.sources import Batch, Raw
from pathways import people, presence
from pathways.models import Contributor, Identity
from tests.metrics.files import source_for

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 1, tzinfo=UTC)


def come(source: Source, name: str, account: str = "", *, is_bot: bool = False) -> Contributor:
    """One act through a source of GitHub's realm."""
    number = Identity.objects.count() + 1

    def read(file: BinaryIO) -> Iterator[Batch]:
        yield Batch([Raw(1, f"{source.pk}-{number}", AT, name, "", account, "commit", "github", is_bot)], [], 1)

    delivery = Import.objects.create(source=source)
    ingest(source, io.BytesIO(b"x"), read, import_id=delivery.pk, declared=False, progress=lambda position: None)
    found: Contributor = Identity.objects.latest("pk").contributor
    return found


def test_an_account_joins_over_streams_and_a_bare_name_does_not() -> None:
    one, other = source_for(), source_for()
    assert come(one, "Ann", "ann") == come(other, "A. S.", "Ann")
    assert come(one, "Bo") != come(other, "Bo")
    assert come(one, "sync", "sync", is_bot=True).is_bot
    asked = set(Job.objects.filter(kind="likeness").values_list("key", flat=True))
    assert asked == {str(one.team_id), str(other.team_id)}


def test_a_team_knows_of_a_realm_what_came_in_to_it() -> None:
    one, other = source_for(), source_for()
    person = come(one, "Ann", "ann")
    assert come(other, "A. S.", "ann") == person
    assert [each.name for each in presence.known_identities(one.team)] == ["Ann"]
    assert [each.name for each in people.person_of(person, other.team).names] == ["A. S."]
