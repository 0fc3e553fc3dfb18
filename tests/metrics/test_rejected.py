"""The rejected lines of a file, as they stand in it."""

import gzip

import pytest
from django.urls import reverse

from lifecycle import jobs
from metrics.models import Source
from tests.conftest import People
from tests.factories import PathwayFactory
from tests.metrics.files import deliver, source_for

pytestmark = pytest.mark.django_db
HEADER = b"commit;author_ts;name\r\n"
GOOD = b"c1;0;Ann\r\n"
LONG = b'c2;soon;"Bo\r\nof the ""Lamp""; Ltd"\r\n'
SHORT = b"c3;0\r\n"
ODD = b"c4;0;\xff\r\n"


@pytest.fixture
def source(people: People) -> Source:
    return source_for(PathwayFactory.create(team=people.team))


def download(people: People, source: Source, content: bytes) -> bytes:
    delivery = deliver(source, content)
    assert delivery.state == "rejected"
    answer = people.client("activator").get(reverse("metrics:rejected-lines", args=["lantern", delivery.pk]))
    return b"".join(answer)


@pytest.mark.parametrize("packed", [False, True])
def test_rows_come_as_they_stand_with_the_header(people: People, source: Source, packed: bool) -> None:
    content = HEADER + GOOD + LONG + b"\r\n" + GOOD + SHORT + ODD
    found = download(people, source, gzip.compress(content) if packed else content)
    assert found == HEADER + LONG + SHORT + ODD


def test_mended_they_are_a_file_of_their_own(people: People, source: Source) -> None:
    found = download(people, source, HEADER + LONG + GOOD)
    mended = deliver(source, found.replace(b"soon", b"0"))
    assert (mended.state, mended.new) == ("done", 1)


def test_behind_a_place_past_which_nothing_can_be_read_all_is_rejected(people: People, source: Source) -> None:
    rest = b'c5;0;"Bo\r\n' + GOOD
    assert download(people, source, HEADER + SHORT + GOOD + rest) == HEADER + SHORT + rest


def test_of_lines_the_lines(people: People, source: Source) -> None:
    Source.objects.filter(pk=source.pk).update(type="perceval")
    source.refresh_from_db()
    bad, worse = b'{"backend_name": "Git"}\n', b"{\n"
    assert download(people, source, bad + worse) == bad + worse


def test_a_file_that_is_not_kept_is_not_found(people: People, source: Source) -> None:
    delivery = deliver(source, HEADER + SHORT)
    delivery.file.delete()
    jobs.drain()
    address = reverse("metrics:rejected-lines", args=["lantern", delivery.pk])
    assert people.client("activator").get(address).status_code == 404
