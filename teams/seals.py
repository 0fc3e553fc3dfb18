"""The chain of a team's decisions: whoever rewrites one, past every trigger, breaks its seal or the next one's.

The database makes the seals (teams 0017), each of a decision's own contents and of the seal before it. They are made
again here, from the rows alone. A chain that somebody made anew from its first changed link on holds together: that is
told by a seal that was kept elsewhere, and each decision's page prints its own.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.db import connection

from teams.models import Team

#: All that a decision says. What is generated of it is part of a migration that has run, and of every seal there is:
#: what it is made of is never edited.
CONTENTS: Final = (
    "{row}.team_id, {row}.seq, {row}.kind, {row}.from_stage_id, {row}.to_stage_id, {row}.request_id,"
    " {row}.requested_by_id, {row}.decided_by_id, extract(epoch FROM {row}.decided_at), {row}.effective_on,"
    " {row}.reason, {row}.data_version, {row}.record"
)


def seal_of(row: str, *, before: str) -> str:
    """SQL for the seal of a row of decisions; `before` is the seal of the one that it follows, or empty."""
    contents = CONTENTS.format(row=row)
    return f"sha256({before} || convert_to(jsonb_build_array({contents})::text, 'UTF8'))"


class Fault(StrEnum):
    """What is wrong with a link of the chain."""

    CHANGED = "it does not read as it was sealed, or the one before it was sealed anew"
    MISSING = "a decision before it is missing"
    STAGE = "the team does not stand where its last decision put it"


#: Faults of the record itself.
REWRITTEN: Final = frozenset({Fault.CHANGED, Fault.MISSING})


@dataclass(frozen=True)
class Broken:
    """A decision at which the chain does not hold."""

    team: str
    seq: int
    fault: Fault


CHECK: Final = f"""
SELECT team.slug, link.seq, link.seal = link.again, link.seq = link.place,
       link.next IS NOT NULL OR link.to_stage_id = team.stage_id
  FROM (SELECT p.team_id, p.seq, p.seal, p.to_stage_id,
               {seal_of("p", before="COALESCE(lag(p.seal) OVER chain, '')")} AS again,
               row_number() OVER chain AS place, lead(p.seq) OVER chain AS next
          FROM teams_promotion p WHERE p.team_id = ANY(%(teams)s::integer[]) OR %(teams)s::integer[] IS NULL
        WINDOW chain AS (PARTITION BY p.team_id ORDER BY p.seq)
       ) AS link
  JOIN teams_team team ON team.id = link.team_id
 ORDER BY team.slug, link.seq
"""


def broken(teams: Iterable[Team] | None = None) -> Iterator[Broken]:
    """Where the chains of these teams, or of all, do not hold, by team and decision. One query."""
    with connection.cursor() as cursor:
        cursor.execute(CHECK, {"teams": None if teams is None else [team.pk for team in teams]})
        links = cursor.fetchall()
    for slug, seq, is_sealed, is_next, stands in links:
        holds = {Fault.MISSING: is_next, Fault.CHANGED: is_sealed, Fault.STAGE: stands}
        yield from (Broken(slug, seq, fault) for fault, good in holds.items() if not good)
