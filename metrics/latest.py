"""A person's contributions, the latest first, each with what it counts as or why it does not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import overload

from django.db import connection

from metrics.acts import COUNTS, PATHWAYS
from metrics.cohorts import Parameters
from metrics.left_out import REASON, reasons
from pathways.models import Contributor
from teams.models import Team

ROWS = f"""
WITH {PATHWAYS}
SELECT c.occurred_at, spelt.label, p.name, s.name, i.id, i.filename, c.state = 1,
       CASE WHEN {COUNTS} THEN '' ELSE {REASON} END
  FROM pathway
  JOIN metrics_contribution c ON c.team_id = pathway.team_id AND c.pathway_id = pathway.id
  JOIN pathways_pathway p ON p.id = pathway.id
  JOIN metrics_import i ON i.id = c.import_id
  JOIN metrics_source s ON s.id = i.source_id
  JOIN pathways_kind spelt ON spelt.id = c.kind_id
  JOIN pathways_kind known ON known.id = COALESCE(spelt.same_as_id, spelt.id)
 WHERE c.contributor_id = %(contributor)s
 ORDER BY c.occurred_at DESC, c.key LIMIT %(limit)s OFFSET %(offset)s
"""
NUMBER = """
SELECT count(*), count(DISTINCT p.id) > 1 FROM pathways_pathway p
  JOIN metrics_contribution c ON c.team_id = p.team_id AND c.pathway_id = p.id AND c.contributor_id = %(contributor)s
 WHERE p.team_id = %(team)s
"""


@dataclass(frozen=True)
class Made:
    """One contribution. `why` is empty where it counts."""

    occurred_at: datetime
    kind: str
    pathway: str
    source: str
    import_id: int
    file: str
    is_staff: bool
    why: str


class Contributions(Sequence[Made]):
    """All of a person's in a team, read a page at a time; `is_of_several` pathways, or of one."""

    def __init__(self, contributor: Contributor, team: Team) -> None:
        self._values: Parameters = {"contributor": contributor.pk, "team": team.pk, "teams": [team.pk], "sources": None}
        with connection.cursor() as cursor:
            cursor.execute(NUMBER, self._values)
            self._number, self.is_of_several = cursor.fetchone()

    def __len__(self) -> int:
        number: int = self._number
        return number

    @overload
    def __getitem__(self, place: int) -> Made: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Made]: ...
    def __getitem__(self, place: int | slice) -> Made | Sequence[Made]:
        if isinstance(place, int):
            return self[place : place + 1][0]
        first, last, _step = place.indices(self._number)
        words = reasons()
        with connection.cursor() as cursor:
            cursor.execute(ROWS, {**self._values, "limit": max(last - first, 0), "offset": first})
            rows = cursor.fetchall()
        return [replace(Made(*row), why=words.get(row[-1], "")) for row in rows]
