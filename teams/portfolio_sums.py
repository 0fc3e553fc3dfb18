"""Explains the numbers at the head of the portfolio: each is a sum over its rows, team by team."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lifecycle import clock
from teams import portfolio
from teams.gates import Outcome
from teams.left_out import LeftOut
from teams.models import Team, User
from teams.portfolio_rows import TeamRow
from teams.wording import signed


@dataclass(frozen=True)
class Summed:
    """One number of the head: what it is called and counts, what a team adds to it, and where that is told."""

    title: object
    formula: object
    of: Callable[[TeamRow], int]
    anchor: str = ""
    is_change: bool = False


@dataclass(frozen=True)
class Line:
    """What one team adds, and the address that explains it."""

    team: str
    stage: str
    stage_order: int
    value: int
    words: str
    slug: str
    address: str
    complete_to: date | None


@dataclass(frozen=True)
class Explained:
    """A sum, explained."""

    title: str
    formula: str
    value: int
    words: str
    is_own: bool
    as_of: date
    lines: list[Line]
    left_out: list[LeftOut]


SUMS: dict[str, Summed] = {
    "active": Summed(
        gettext_lazy("Active contributors"),
        gettext_lazy(
            "The active contributors of each team, at the end of the last week counted: volunteers and unclassified, "
            "active or above. Who is active in two teams counts in both."
        ),
        lambda row: row.active or 0,
    ),
    "change": Summed(
        gettext_lazy("Change of active contributors in 12 months"),
        gettext_lazy(
            "For each team, the active contributors of the last week counted, less those of the week a year before."
        ),
        lambda row: row.change or 0,
        "people",
        is_change=True,
    ),
    "open-gates": Summed(
        gettext_lazy("Open gates"),
        gettext_lazy("Teams whose gate to the next stage is open. Teams in the last stage have no gate."),
        lambda row: int(row.is_open and not row.is_last),
        "gate",
    ),
    "undecided": Summed(
        gettext_lazy("Gates that cannot be decided"),
        gettext_lazy(
            "Teams whose gate rests on a number that is missing or too old. Its row says what would settle it."
        ),
        lambda row: int(row.outcome == Outcome.UNDECIDED),
        "gate",
    ),
    "high-risks": Summed(
        gettext_lazy("High risks"),
        gettext_lazy("Risks that are not closed and whose likelihood times impact is 6 or more, of 9."),
        lambda row: row.high_risks,
        "risks",
    ),
    "overdue-risks": Summed(
        gettext_lazy("Risks past their review"),
        gettext_lazy("Risks that are not closed and whose day of review has passed."),
        lambda row: row.overdue_risks,
        "risks",
    ),
    "promotions": Summed(
        gettext_lazy("Promotions in 90 days"),
        gettext_lazy("Promotions in force since a day within the last 90. A step back takes none away."),
        lambda row: row.promotions_90d,
        "history",
    ),
}


def explain(reader: User, key: str) -> Explained:
    """A number of the head, made of the very rows that the portfolio shows to this reader."""
    summed, rows = SUMS[key], portfolio.rows_of(reader)
    own = [row for row in rows if row.is_mine]
    counted = own or rows
    value = sum(summed.of(row) for row in counted)
    return Explained(
        title=str(summed.title),
        formula=str(summed.formula),
        value=value,
        words=signed(value) if summed.is_change else str(value),
        is_own=bool(own),
        as_of=clock.today(),
        lines=[_line(summed, row) for row in counted if summed.of(row)],
        left_out=_left_out(reader, summed, rows, counted),
    )


def _line(summed: Summed, row: TeamRow) -> Line:
    value = summed.of(row)
    return Line(
        team=row.name,
        stage=row.stage_short_name,
        stage_order=row.stage_order,
        value=value,
        words=signed(value) if summed.is_change else str(value),
        slug=row.slug,
        address=_address(summed.anchor, row.slug),
        complete_to=row.complete_to,
    )


def _address(anchor: str, slug: str) -> str:
    """Where a team's own part is told: a place of its page, its history, or the list of its active contributors."""
    if not anchor:
        return reverse("metrics:active-contributors", args=[slug])
    if anchor == "history":
        return reverse("teams:history", args=[slug])
    return f"{reverse('teams:team', args=[slug])}#{anchor}"


def _left_out(reader: User, summed: Summed, rows: list[TeamRow], counted: list[TeamRow]) -> list[LeftOut]:
    """Why a team that the reader may see adds nothing."""
    inside = {row.team_id for row in counted}
    retired = Team.objects.visible_to(reader).filter(state=Team.State.RETIRED).order_by("name")
    found = [
        LeftOut(_("Nothing to count there"), [row.name for row in counted if not summed.of(row)]),
        LeftOut(
            _("With other people: the number is of your own teams"),
            [row.name for row in rows if row.team_id not in inside],
        ),
        LeftOut(_("Retired"), [str(team) for team in retired]),
    ]
    return [each for each in found if each.teams]
