"""Contributions for tests, put in as an import would: facts only, what follows is the triggers' business."""

import itertools
from collections.abc import Iterable
from datetime import UTC, date, datetime, time

from django.db import connection, transaction

from metrics import spans
from metrics.models import Contribution, Import, Source
from pathways.models import Contributor, Identity, Kind, Pathway
from teams.models import Team
from tests.factories import IdentityFactory, KindFactory, SourceFactory

_external = itertools.count(1)


def source_of(pathway: Pathway, complete_to: date | None = None) -> Source:
    """The pathway's first source, made if there is none."""
    source = pathway.sources.order_by("id").first() or SourceFactory.create(pathway=pathway)
    if complete_to:
        source.complete_to = complete_to
        source.save()
    return source


def act(
    pathway: Pathway,
    who: Contributor | Identity,
    *days: date,
    kind: str = "commit",
    source: Source | None = None,
    state: Contribution.State = Contribution.State.COUNTED,
) -> list[Contribution]:
    """One contribution a day, of the contributor's first identity."""
    identity = who if isinstance(who, Identity) else (who.identities.first() or IdentityFactory.create(contributor=who))
    source = source or source_of(pathway)
    imported = source.imports.first() or Import.objects.create(source=source)
    made = [
        Contribution(
            key=next(_external).to_bytes(11, "big"),
            occurred_at=datetime.combine(day, time(12), UTC),
            team=pathway.team,
            pathway=pathway,
            contributor_id=identity.contributor_id,
            identity=identity,
            imported=imported,
            kind=KindFactory.create(key=kind) if isinstance(kind, str) else kind,
            state=Contribution.State.STAFF if state == 0 and is_staff(identity, day) else state,
        )
        for day in days
    ]
    return Contribution.objects.bulk_create(made)


def is_staff(identity: Identity, day: date) -> bool:
    """What an import asks of the database for each act."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT metrics_is_staff(%s, %s, %s)", [identity.contributor_id, identity.email, day])
        answer: bool = cursor.fetchone()[0]
    return answer


Row = tuple[int, int, int, int, date, date, bool]


def stored(team: Team) -> set[Row]:
    """All span rows of a team, one per population bit."""
    columns = ("pathway_id", "contributor_id", "level", "population", "from_on", "until_on", "is_first")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM metrics_span WHERE team_id = %s", [team.pk])
        rows: Iterable[Row] = cursor.fetchall()
    return {
        (pathway, person, level, bit, since, until, first)
        for pathway, person, level, mask, since, until, first in rows
        for bit in (1, 2, 4, 8)
        if mask & bit
    }


def recompute(team: Team) -> int:
    """The spans of the touched people."""
    with transaction.atomic(), connection.cursor() as cursor:
        people = spans.drain(cursor, [team.pk]).people
        spans.stage(cursor, [team.pk], people)
        spans.settle(cursor, [team.pk], people)
        return len(people)


def rebuild(team: Team) -> None:
    """The spans of everybody."""
    with transaction.atomic(), connection.cursor() as cursor:
        spans.rebuild(cursor, [team.pk])


def known(key: str) -> Kind:
    """A kind that counts."""
    return KindFactory.create(key=key)
