"""What there was before the keys changed: brought over by the migration's own statements, and joined by its job."""

from importlib import import_module
from typing import Any

import pytest
from django.db import connection

from lifecycle import jobs
from lifecycle.models import Job
from pathways import merging
from pathways.keys import VALUES, keys_of
from pathways.models import ContributorEvent, Identity, Likeness
from tests.conftest import People
from tests.factories import EnrolmentFactory, IdentityFactory, PathwayFactory

pytestmark = pytest.mark.django_db
HUB = "users.noreply.github.com"


def migrate() -> None:
    migration = import_module("pathways.migrations.0006_keys")
    with connection.cursor() as cursor:
        cursor.execute(migration.REKEY, VALUES)
        cursor.execute(migration.REMEMBER)
        cursor.execute(migration.ASK)


def test_keys_follow_the_rule_and_who_shares_one_is_joined_by_a_job(people: People) -> None:
    said = [
        {"name": "Ann", "email": f"Ann@{HUB}"},
        {"name": "Ann", "email": f"12+ann@{HUB}"},
        {"name": "Bo", "email": "bo@home.example", "username": "Bo", "source": "csv:3"},
        {"name": "Cy", "email": "you@example.com"},
        {"name": "Dee", "email": "dee@home.example"},
    ]
    rows = [IdentityFactory.create(**each) for each in said]
    erased = IdentityFactory.create(name="", email="", join_key="erased:x", erased_at="2026-01-01T00:00Z")
    migrate()
    for row in rows:
        row.refresh_from_db()
        assert (row.join_key, row.account_key) == keys_of(row.source, row.name, row.email, row.username)
    erased.refresh_from_db()
    assert erased.join_key == "erased:x"
    assert rows[0].join_key == rows[1].join_key == "user:github:ann"
    assert rows[0].contributor_id != rows[1].contributor_id
    assert set(Job.objects.filter(kind__in=["join", "likeness"]).values_list("kind", "key")) >= {
        ("join", "0006"),
        ("likeness", str(people.team.pk)),
    }
    migrate()
    jobs.drain()
    assert Identity.objects.get(pk=rows[1].pk).contributor_id == rows[0].contributor_id
    assert ContributorEvent.objects.get(action="merge").detail["because"] == "keys"


def test_nobody_is_joined_where_nobody_shares_a_key(people: People) -> None:
    IdentityFactory.create()
    migrate()
    assert not Job.objects.filter(kind="join").exists()


def test_what_people_said_before_is_remembered_where_they_stand_now(people: People) -> None:
    pathway = PathwayFactory.create(team=people.team)
    who: dict[str, Any] = {"actor": people.activator, "team": people.team}
    ann, bo, cy, dee = (IdentityFactory.create() for _ in range(4))
    for row in (ann, bo, cy, dee):
        EnrolmentFactory.create(pathway=pathway, contributor=row.contributor)
    [first, second] = merging.merge(ann.contributor, others=[bo.contributor, cy.contributor], **who)
    merging.unmerge(first, **who)  # Bo is somebody else
    merging.unmerge(second, **who)
    merging.merge(ann.contributor, others=[cy.contributor], **who)  # Cy is not, after all
    merging.merge(dee.contributor, others=[ann.contributor], **who)  # and both are Dee
    Likeness.objects.all().delete()  # as it was when nobody kept these
    migrate()
    [word] = Likeness.objects.all()
    assert ({word.one, word.other}, word.state) == ({dee.contributor, bo.contributor}, Likeness.State.REJECTED)
    assert word.decided_by == people.activator
