"""Judges teams and keeps what each looks like at a glance: the one writer of Glance."""

import json
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import get_language

from lifecycle import clock, jobs, read_only, release
from lifecycle.prepared import prepared
from teams import gate_changes
from teams.gates import Mover, Standing, Verdict, verdicts_of
from teams.glance_evidence import Evidence
from teams.milestones import boards_of
from teams.models import Glance, Team
from teams.models.team import TeamQuerySet
from teams.pauses import pauses_of

#: Teams that a job judges together. A reader's are judged all at once: a page asks no more when there are more of them.
BATCH: Final = 200

_COLUMNS: Final = [str(column.column) for column in Glance._meta.concrete_fields]
# Never an older row in the place of a newer one, whoever is late. Rows in the order of their key: no deadlock.
_KEEP: Final = f"""
INSERT INTO teams_glance ({", ".join(_COLUMNS)})
SELECT {", ".join(_COLUMNS)} FROM json_populate_recordset(NULL::teams_glance, %s) ORDER BY team_id
    ON CONFLICT (team_id, language) DO UPDATE SET {", ".join(f"{name} = EXCLUDED.{name}" for name in _COLUMNS)}
 WHERE (EXCLUDED.day, EXCLUDED.version) >= (teams_glance.day, teams_glance.version)
"""


def language() -> str:
    """The language that words are in now."""
    return get_language() or "en"


def behind(teams: Collection[int] | None = None) -> list[int]:
    """Of these teams (ids; all of them by default) those whose row does not hold, or is not there; nobody asks for the
    retired ones. One query.
    """
    return _behind(teams or [], language(), clock.today(), release.digest(), is_all=teams is None)


def behind_among(teams: TeamQuerySet) -> list[int]:
    """The same, of the teams of a query."""
    return list(_late(teams, language(), clock.today(), release.digest()))


@prepared
def _behind(ids: Collection[int], language: str, today: date, digest: str, *, is_all: bool) -> QuerySet[Team, int]:
    return _late(Team.objects.all() if is_all else Team.objects.filter(pk__any=ids), language, today, digest)


def _late(teams: TeamQuerySet, language: str, today: date, digest: str) -> QuerySet[Team, int]:
    holds = Glance.objects.filter(
        team=OuterRef("pk"),
        language=language,
        version=OuterRef("glance_version"),
        day=today,
        release=digest,
    )
    late = teams.exclude(state=Team.State.RETIRED).filter(~Exists(holds))
    return late.order_by("pk").values_list("pk", flat=True)


def refresh(team_ids: Sequence[int], *, tell: bool = False) -> None:
    """Judge these teams and keep their rows: idempotent, and safe beside others who do the same. A job has a gate that
    changed told to those who watch its team.

    The version is read before anything that it stands for. So a row can be newer than it says, and is then judged
    again; it is never older. While nothing can be written, what is kept has to do.
    """
    if read_only.is_on():
        return
    teams = _read(team_ids)
    today = clock.today()  # read first: at midnight a row may say an older day than it was judged on
    pauses = pauses_of(teams)
    verdicts = verdicts_of(teams, states=boards_of(teams, pauses=pauses))
    rows = _rows(teams, verdicts, Evidence(teams, today, pauses), today)
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [json.dumps(rows, cls=DjangoJSONEncoder)])
    if tell:
        gate_changes.notice(teams, verdicts)


def catch_up(key: str) -> None:
    """Refresh a batch of what does not hold, and ask for the next one: short transactions, so no reader waits."""
    late = sorted({*behind(), *gate_changes.behind()})
    refresh(late[:BATCH], tell=True)
    if len(late) > BATCH:
        period, _slash, number = key.partition("/")
        jobs.ask("glances", f"{period}/{int(number or 0) + 1}")


@prepared
def _read(team_ids: Sequence[int]) -> QuerySet[Team]:
    return Team.objects.filter(pk__any=team_ids).select_related("stage")


def _rows(teams: list[Team], verdicts: dict[int, Verdict], evidence: Evidence, today: date) -> list[dict[str, Any]]:
    """The columns of each team's row."""
    common = {"language": language(), "day": today, "release": release.digest()}
    return [
        {
            **common,
            "team_id": team.pk,
            "version": team.glance_version,
            "name_key": team.name.casefold(),
            **_of_gate(team, verdicts[team.pk], is_asked=team.pk in evidence.asked),
            **evidence.of(team),
        }
        for team in teams
    ]


def _of_gate(team: Team, verdict: Verdict, *, is_asked: bool) -> dict[str, Any]:
    """What the verdict says, and whose move follows."""
    return {
        "outcome": verdict.state,
        "is_updating": verdict.updating,
        **{standing.value: verdict.count(standing) for standing in Standing},
        "lacks": [
            {"key": each.key, "label": each.label, "gap": each.gap, "lack": each.lack, "state": each.state}
            for each in verdict.blocking
        ],
        "reason": verdict.reason,
        "is_asked": is_asked,
        "mover": _mover(team, verdict, is_asked=is_asked),
    }


def _mover(team: Team, verdict: Verdict, *, is_asked: bool) -> str:
    """Whose move is next: the partner's on a request, the activator's at an open gate, else the first missing row's."""
    if is_asked:
        return Mover.PARTNER
    if verdict.is_open:
        return Mover.NOBODY if team.stage.is_last else Mover.ACTIVATOR
    return next((row.move for row in verdict.blocking if row.move != Mover.NOBODY), Mover.NOBODY)
