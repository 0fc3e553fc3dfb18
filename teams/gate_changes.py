"""Notices when a team's gate says something else than before, and tells it once: the one writer of LastVerdict.

Jobs judge: after a recount, soon after a tick or a waiver, and every hour whatever moved or saw a new day since. Each
brings the version that it judged. One statement lets only a newer version in and hands out what stood there before,
under the row's lock; of two that saw the same change, one is told of it. Who looks at a page tells nobody anything.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from lifecycle import clock, jobs
from teams import notifications
from teams.models import LastVerdict, Notification, Team
from teams.verdicts import Outcome, Verdict

KINDS: Final = {
    Outcome.OPEN: Notification.Kind.GATE_OPEN,
    Outcome.CLOSED: Notification.Kind.GATE_CLOSED,
    Outcome.UNDECIDED: Notification.Kind.GATE_UNDECIDED,
}
# Rows in the order of their key: no deadlock. A team's first verdict has none before it, and none in another stage.
_KEEP: Final = """
INSERT INTO teams_lastverdict (team_id, stage_id, outcome, before, day, version)
SELECT team_id, stage_id, outcome, '', day, version
  FROM json_to_recordset(%s) AS one (team_id int, stage_id int, outcome text, day date, version bigint)
 ORDER BY team_id
    ON CONFLICT (team_id) DO UPDATE
   SET stage_id = EXCLUDED.stage_id, day = EXCLUDED.day, version = EXCLUDED.version,
       before = CASE WHEN teams_lastverdict.stage_id = EXCLUDED.stage_id THEN teams_lastverdict.outcome ELSE '' END,
       outcome = CASE WHEN EXCLUDED.outcome <> '' THEN EXCLUDED.outcome
                      WHEN teams_lastverdict.stage_id = EXCLUDED.stage_id THEN teams_lastverdict.outcome ELSE '' END
 WHERE (EXCLUDED.day, EXCLUDED.version) > (teams_lastverdict.day, teams_lastverdict.version)
RETURNING team_id, outcome, before, version
"""


def ask(team: Team) -> None:
    """Have the team's gate judged soon, in the transaction of what may have changed it."""
    jobs.ask("gate", str(team.pk))


def behind() -> list[int]:
    """Ids of the teams whose gate has not been judged at their version and on this day. One query.

    A gate in the last stage leads nowhere, and one of a team that is not active moves nobody.
    """
    judged = LastVerdict.objects.filter(team=OuterRef("pk"), version=OuterRef("glance_version"), day=clock.today())
    late = Team.objects.active().filter(~Exists(judged), stage__is_last=False)
    return list(late.order_by("pk").values_list("pk", flat=True))


def notice(teams: Iterable[Team], verdicts: Mapping[int, Verdict]) -> None:
    """Keep what the gates say, each judged at its team's `glance_version`, and tell which say something else."""
    judged = {team.pk: team for team in teams if team.state == Team.State.ACTIVE and not team.stage.is_last}
    rows = [
        {
            "team_id": pk,
            "stage_id": team.stage_id,
            "outcome": "" if verdicts[pk].updating else verdicts[pk].state,
            "day": verdicts[pk].as_of,
            "version": team.glance_version,
        }
        for pk, team in judged.items()
    ]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, [json.dumps(rows, cls=DjangoJSONEncoder)])
            kept = cursor.fetchall()
        for pk, outcome, before, version in sorted(kept):
            if before and before != outcome:
                team, kind = judged[pk], KINDS[Outcome(outcome)]
                notifications.tell(team, kind, cause=version, what=team.stage, place="#gate")
