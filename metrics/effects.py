"""What an import changed: the team is counted once as if it had not come, looked at, and rolled back.

So the answer is about today: with the rules, the people and the other imports as they are now. What another import
told as well would have counted without this one only if it were read again; that is said where it matters.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.db import OperationalError, connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from psycopg import errors

from metrics import recount, sourcing
from metrics.models import Contribution, Import, Source, Span, Touched
from metrics.populations import EVERYTHING
from pathways.models import Contributor, Level
from teams.gates import verdict_of
from teams.models import Measurement, Team
from teams.refusals import Busy

#: Contributions of an import that is looked at; more would hold the team for too long.
MOST: Final = 100_000
SECONDS: Final = 8


@dataclass(frozen=True)
class Reached:
    """Somebody who came to a level on a day, and when without the import: not at all, or later."""

    contributor: Contributor
    level: Level
    day: date
    without: date | None


@dataclass(frozen=True)
class Changed:
    """One thing of the gate, with the import and without."""

    what: str
    without: str
    now: str


@dataclass(frozen=True)
class Effect:
    """What is so only since the import. `refused`: why it cannot be told."""

    newcomers: list[Reached] = field(default_factory=list)
    conversions: list[Reached] = field(default_factory=list)
    gate: list[Changed] = field(default_factory=list)
    refused: str = ""


@dataclass(frozen=True)
class _Seen:
    reached: Mapping[tuple[int, int], date]
    gate: Mapping[str, str]


def effect_of(delivery: Import) -> Effect:
    """Of an import that stands. Raises Busy while somebody else counts the team."""
    acts = Contribution.objects.filter(team=delivery.source.team_id, imported=delivery)
    if acts.values("team")[: MOST + 1].count() > MOST:
        return Effect(refused=_("It is too large to be counted away. The history of the team's numbers shows it."))
    try:
        return _tried(delivery)
    except OperationalError as error:
        if isinstance(error.__cause__, errors.QueryCanceled):
            return Effect(
                refused=_("It takes too long to be counted away. The history of the team's numbers shows it.")
            )
        if isinstance(error.__cause__, errors.LockNotAvailable | errors.DeadlockDetected):
            raise Busy from error
        raise


def _tried(delivery: Import) -> Effect:
    team = delivery.source.team_id
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '{SECONDS}s'")
        found = Team.objects.select_for_update(no_key=True).get(pk=team)
        counted = Measurement.objects.filter(team=team).order_by("data_version").values_list("data_version").first()
        if counted is None or counted[0] < found.facts_version or Touched.objects.filter(team_id=team).exists():
            recount.recount(team)
        acts = Contribution.objects.filter(team=team, imported=delivery).order_by()
        touched = list(acts.values_list("pathway", "contributor").distinct())
        people = {who for _pathway, who in touched}
        now = _seen(team, people)
        _take_away(delivery)
        Touched.objects.bulk_create(
            [Touched(team_id=team, pathway_id=pathway, contributor_id=who) for pathway, who in touched],
            ignore_conflicts=True,
        )
        recount.recount(team)
        without = _seen(team, people)
        transaction.set_rollback(True)
    return _difference(now, without)


def _take_away(delivery: Import) -> None:
    """Let it have come by a source that is switched off."""
    source = delivery.source
    off = sourcing.add(
        Source(
            team_id=source.team_id,
            pathway_id=source.pathway_id,
            type=source.type,
            default_kind_id=source.default_kind_id,
            name=f"- {delivery.pk}",
            enabled=False,
        )
    )
    Import.objects.filter(pk=delivery.pk).update(source=off)


def _seen(team: int, people: set[int]) -> _Seen:
    held = Span.objects.filter(team_id=team, pathway_id=0, contributor_id__in=people, is_first=True)
    seen = held.alias(seen=F("population").bitand(EVERYTHING)).filter(seen__gt=0)
    verdict = verdict_of(Team.objects.select_related("stage").get(pk=team))
    conditions = {str(row.label): f"{row.have} ({row.state.label})" for row in verdict.conditions}
    return _Seen(
        {(who, level): day for who, level, day in seen.values_list("contributor_id", "level", "from_on")},
        {_("The gate"): str(verdict.state.label), **conditions},
    )


def _difference(now: _Seen, without: _Seen) -> Effect:
    changed = {key: day for key, day in now.reached.items() if without.reached.get(key) != day}
    people = Contributor.objects.in_bulk({who for who, _level in changed})
    rows = [
        Reached(people[who], Level(level), day, without.reached.get((who, level)))
        for (who, level), day in sorted(changed.items(), key=lambda item: (item[1], item[0]))
    ]
    return Effect(
        [row for row in rows if row.level == Level.CONTRIBUTOR and row.without is None],
        [row for row in rows if row.level != Level.CONTRIBUTOR],
        [
            Changed(what, without.gate.get(what, ""), said)
            for what, said in now.gate.items()
            if without.gate.get(what, "") != said
        ],
    )
