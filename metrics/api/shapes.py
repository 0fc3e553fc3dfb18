"""What the API tells, field by field."""

from datetime import date, datetime
from typing import Literal

from ninja import Field, Schema


class Stage(Schema):
    """A stage of the ladder."""

    slug: str
    name: str


class Team(Schema):
    """A team as it stands."""

    slug: str
    name: str
    about: str
    state: Literal["active", "paused", "retired"]
    stage: Stage
    entered_on: date = Field(description="Since when it is in this stage.")
    data_version: int = Field(description="Grows with every write that the gate can depend on.")


class Teams(Schema):
    """The teams that the token opens."""

    teams: list[Team]


class Condition(Schema):
    """One row of the gate."""

    key: str
    label: str
    strength: str = Field(description="`required` conditions keep the gate closed; others only inform.")
    state: Literal["met", "waived", "in_progress", "missing", "unknown"]
    wanted: str
    have: str
    gap: str = Field(description="What is lacking; empty where nothing is.")
    reason: str = Field(description="Why it cannot be told, or why it is so; may be empty.")
    as_of: date | None = Field(description="The day of the data that it rests on.")
    updating: bool = Field(description="The number is being counted again.")
    move: Literal["activator", "partner", "admin", "nobody"] = Field(description="Whose move is next.")


class Gate(Schema):
    """The gate at the end of the team's stage, judged at the moment of the answer, as its page shows it."""

    stage: Stage
    state: Literal["open", "closed", "undecided"]
    as_of: date
    data_version: int
    updating: bool
    conditions: list[Condition]


class Stocks(Schema):
    """Distinct people who hold a level or a higher one on a day."""

    on: date = Field(description="The last day up to which the data is complete, at most today.")
    casual: int
    active: int
    core: int


class Week(Schema):
    """A week. Levels are cumulative and stand on its last counted day; flows are of the week.

    For each level, the week before + converted + returned - lapsed = this week.
    """

    week: date = Field(description="The Sunday on which it ends.")
    counted_to: date = Field(description="The last day that is counted in it.")
    new: int = Field(description="People with their first counted contribution in the week.")
    prospects: int
    casual: int
    active: int
    core: int
    casual_converted: int
    casual_returned: int
    casual_lapsed: int
    active_converted: int
    active_returned: int
    active_lapsed: int
    core_converted: int
    core_returned: int
    core_lapsed: int


class Counts(Schema):
    """The numbers of the team or of one of its pathways, as one population counts."""

    population: Literal["volunteers", "staff", "people"]
    pathway: str | None = Field(description="The pathway's slug; null for the team as a whole.")
    stocks: Stocks
    weeks: list[Week]


class Source(Schema):
    """A source of contributions, and whether its data can be trusted to be complete."""

    name: str
    type: Literal["csv", "git", "github", "perceval", "api"]
    pathway: str = Field(description="The slug of the pathway that it feeds.")
    enabled: bool
    complete_to: date | None
    last_import: datetime | None
    freshness: Literal["fresh", "stale", "empty", "off"]
    words: str = Field(description="The same in words, as the data page says it.")


class Sources(Schema):
    """The team's sources."""

    sources: list[Source]


class Item(Schema):
    """What became of one item. Of a rejected one: where its fault stands, and why."""

    item: int = Field(description="Its number in the body, from 1.")
    status: Literal["created", "known", "quarantined", "unknown_kind", "rejected"] = Field(
        description="`created`: new, and counted. `known`: told before, by whatever channel. `quarantined`, "
        "`unknown_kind`: new and kept, and not counted until a person decides. `rejected`: not kept."
    )
    reason: str | None = Field(None, description="Why it is rejected, or that it is known with another time.")
    line: int | None = None
    column: int | None = None
    field: str | None = None


class Tally(Schema):
    """How many items became what."""

    created: int = 0
    known: int = 0
    quarantined: int = 0
    unknown_kind: int = 0
    rejected: int = 0


class Receipt(Schema):
    """What became of a body, item by item. The same body again is answered with `known`, and changes no count."""

    source: str
    complete_to: date | None = Field(description="The day up to which the source is complete now.")
    counts: Tally
    items: list[Item]


class Contributor(Schema):
    """Somebody who takes part in the team, as its list of contributors shows them. Addresses are not told."""

    id: int
    name: str
    is_bot: bool
    level: Literal["contributor", "casual", "active", "core"] | None = Field(
        description="The highest level held on `as_of`: `contributor` has acts and holds no level; null has none."
    )
    lapses_on: date | None = Field(description="When that level lapses, if nothing more happens.")
    first_on: date | None = Field(description="The day of the first counted contribution.")
    last_on: date | None = Field(description="The day of the last one.")
    acts: int = Field(description="Counted contributions of the 365 days that end on `as_of`.")
    affiliation: str | None = Field(description="What a person said, else what a rule for an e-mail domain says.")
    roles: list[str] = Field(description="Roles in the team's community that run today.")


class Contributors(Schema):
    """A page of people."""

    as_of: date
    total: int = Field(description="People on all pages.")
    page: int
    next: int | None = Field(description="The next page; null on the last one.")
    contributors: list[Contributor]
