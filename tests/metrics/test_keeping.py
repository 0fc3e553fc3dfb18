"""How long what came in is kept, and that counts stand without it."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from lifecycle import clock, jobs
from metrics import imports, keeping
from metrics.models import Contribution, Delivery, Import, Source
from teams.refusals import Busy, Refused
from tests.factories import SourceFactory, UserFactory
from tests.metrics.files import deliver, file_of, row, source_for

pytestmark = pytest.mark.django_db(transaction=True)


def stored() -> list[str]:
    return default_storage.listdir("imports")[1] if default_storage.exists("imports") else []


def test_a_file_is_let_go_of_after_its_time_and_what_it_told_counts() -> None:
    delivery = deliver(source_for(), file_of(row(1)))
    assert keeping.expire() == 0
    Import.objects.update(finished_at=clock.now() - timedelta(days=91))
    assert keeping.expire() == 1
    delivery.refresh_from_db()
    assert (delivery.file.name, delivery.new, stored()) == ("", 1, [])
    assert Contribution.objects.count() == 1
    with pytest.raises(Refused, match="not kept"):
        imports.rerun(delivery, actor=None)


def test_what_waits_to_be_read_is_kept_however_old() -> None:
    deliver(source_for(), file_of(row(1)), work=False)
    Import.objects.update(created_at=clock.now() - timedelta(days=400))
    assert keeping.expire() == 0
    assert len(stored()) == 1


def test_a_file_whose_columns_nobody_tells_is_not_kept_for_ever() -> None:
    delivery = deliver(source_for(), b"What,Who\n", work=False, actor=UserFactory.create())
    assert delivery.state == Import.State.ASKING
    Import.objects.update(created_at=clock.now() - timedelta(days=181))
    assert keeping.expire() == 1
    delivery.refresh_from_db()
    assert delivery.state == Import.State.FAILED


def test_bodies_of_deliveries_go_as_files_do() -> None:
    source = SourceFactory.create(type="github")
    for guid, read_at in (("read", clock.now()), ("unread", None)):
        Delivery.objects.create(source=source, guid=guid, event="push", body=b"{}", read_at=read_at)
    Delivery.objects.update(received_at=clock.now() - timedelta(days=91))
    assert keeping.expire() == 1
    assert Delivery.objects.get(body=None).guid == "read"


def test_what_a_crash_left_is_swept_up_and_nothing_else() -> None:
    deliver(source_for(), file_of(row(1)))
    for name, days in (("old", 2), ("fresh", 0)):
        path = Path(default_storage.path(f"imports/{name}"))
        path.write_bytes(b"left behind")
        os.utime(path, ((clock.now() - timedelta(days=days)).timestamp(),) * 2)
    assert keeping.sweep() == 1
    assert "fresh" in stored()
    assert len(stored()) == 2


def test_a_teams_files_go_at_once_and_only_they() -> None:
    mine, other = source_for(), source_for()
    for source in (mine, other):
        deliver(source, file_of(row(1)))
    keeping.let_go_of_teams([mine.team])
    assert len(stored()) == 1
    assert Import.objects.get(source=mine).file.name == ""


def test_nothing_is_let_go_of_while_something_waits() -> None:
    source: Source = source_for()
    deliver(source, file_of(row(1)), work=False)
    with pytest.raises(Busy):
        keeping.let_go_of_teams([source.team])
    jobs.drain()
    keeping.let_go_of_teams([source.team])
    assert stored() == []
