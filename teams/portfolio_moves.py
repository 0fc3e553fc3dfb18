"""What waits for the reader across the teams: the first of their moves, to stand above everything else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, JSONField, Q, Value
from django.db.models.functions import JSONObject

from teams.gates import Outcome

MOST: Final = 3
#: What is not yet met: what is closest to its gate comes first.
LEFT: Final = F("in_progress") + F("missing") + F("unknown")
#: A column of the portfolio's sums, so that it costs no query: the first of each sum. Of what is lacking, only what
#: decides whose move it is.
WAITING: Final = Func(
    ArrayAgg(
        JSONObject(
            slug="slug",
            name="name",
            outcome="outcome",
            is_asked="is_asked",
            is_updating="is_updating",
            left=LEFT,
            lack=F("lacks__0"),
            reason="reason",
        ),
        filter=Q(is_my_move=True),
        default=Value([]),
        order_by=[F("is_asked").desc(), LEFT, F("name_key")],
    ),
    template=f"(%(expressions)s)[:{MOST}]",
    output_field=ArrayField(JSONField()),
)


@dataclass(frozen=True)
class Waiting:
    """A team that waits for the reader, and what for. It says so in the words of a row."""

    slug: str
    name: str
    outcome: str
    is_asked: bool
    is_updating: bool
    left: int
    lack: dict[str, str] | None
    reason: str
    is_last = False  # there nobody moves once every condition is met

    @property
    def is_open(self) -> bool:
        """The gate is."""
        return self.outcome == Outcome.OPEN

    @property
    def lacks(self) -> list[dict[str, str]]:
        """The condition in the way."""
        return [self.lack] if self.lack else []


def first_of(sums: Iterable[Mapping[str, Any]]) -> list[Waiting]:
    """At most three of the teams that wait: a promotion to decide first, then what is closest to its gate."""
    found = [Waiting(**each) for row in sums for each in row["waiting_teams"]]
    return sorted(found, key=lambda each: (not each.is_asked, each.left, each.name.casefold()))[:MOST]
