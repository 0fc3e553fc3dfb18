"""Thresholds that nobody knows yet: proposed from what teams have shown, adopted by an admin, with name and date.

1-definitions, 1.3: the contribution jump asks for the lower quartile of the 26-week growth that teams showed in their
last half year of Scaling, and for nothing as long as fewer than three teams have shown any.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from lifecycle import editions
from lifecycle.measures import Measure, Strength
from lifecycle.models import Criterion
from teams.judging import TEAMS_FOR_A_THRESHOLD as TEAMS_FOR_A_THRESHOLD
from teams.models import Adoption, Measurement, User
from teams.refusals import Conflict, Refused

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Shown:
    """The growth that one team showed between two days, and the people behind it."""

    team: str
    slug: str
    growth: Decimal
    before: int
    after: int
    since: date
    until: date


@dataclass(frozen=True)
class Silent:
    """A team that left Scaling and has shown no growth, and why."""

    team: str
    slug: str
    reason: str


@dataclass(frozen=True)
class Proposal:
    """What is known for a threshold: the teams in the order of their growth, and those that cannot tell."""

    teams: Sequence[Shown]
    silent: Sequence[Silent]

    @property
    def n(self) -> int:
        """How many teams have shown a growth."""
        return len(self.teams)

    @property
    def threshold(self) -> Decimal | None:
        """The lower quartile; None from fewer than three teams."""
        return self.quartile(1) if self.n >= TEAMS_FOR_A_THRESHOLD else None

    @property
    def spread(self) -> tuple[Decimal, ...]:
        """Least, lower quartile, median, upper quartile, most; nothing from nobody."""
        return tuple(self.quartile(part) for part in range(5)) if self.teams else ()

    def quartile(self, part: int) -> Decimal:
        """So many quarters of the way from the least growth to the most, to the hundredth."""
        growths = [each.growth for each in self.teams]
        place = Decimal(part * (len(growths) - 1)) / 4
        below = int(place)
        above = min(below + 1, len(growths) - 1)
        value = growths[below] + (place - below) * (growths[above] - growths[below])
        return value.quantize(CENT, rounding=ROUND_HALF_UP)


def proposal() -> Proposal:
    """The proposal for the contribution jump, from the numbers of all teams as last counted. One query."""
    rows = Measurement.objects.filter(measure=Measure.CONTRIBUTION_JUMP, window_days=0)
    told_of = rows.filter(detail__has_any_keys=["shown", "not_shown"]).order_by("team__name")
    shown, silent = [], []
    for name, slug, told, reason in told_of.values_list(
        "team__name", "team__slug", "detail__shown", "detail__not_shown"
    ):
        if told:
            days = {key: date.fromisoformat(told[key]) for key in ("since", "until")}
            shown.append(Shown(name, slug, Decimal(told["growth"]), told["before"], told["after"], **days))
        else:
            silent.append(Silent(name, slug, reason))
    return Proposal(sorted(shown, key=lambda each: each.growth), silent)


def undefined() -> Criterion | None:
    """The criterion in use that asks for the jump, with or without a threshold yet."""
    asking = Criterion.objects.filter(measure=Measure.CONTRIBUTION_JUMP, retired=False, stage__retired=False)
    return asking.select_related("stage").order_by("stage__order", "order", "id").first()


def latest(criterion: Criterion) -> Adoption | None:
    """The adoption in force."""
    return Adoption.objects.filter(criterion=criterion).select_related("by").first()


def adopt(
    criterion: Criterion,
    *,
    actor: User,
    threshold: Decimal,
    seen: Decimal | None,
    strength: str = Strength.REQUIRED,
    reason: str = "",
) -> Adoption:
    """Gives a criterion its threshold, so that gates ask for it from now on; who and when stays on record.

    `seen` is the proposal on the page from which the admin decided; another number than the proposed one needs a
    reason. Raises PermissionDenied, Refused, or Conflict (with the fresh proposal).
    """
    if not actor.is_admin:
        raise PermissionDenied
    with transaction.atomic():
        locked = Criterion.objects.select_for_update().get(pk=criterion.pk)
        fresh = proposal()
        proposed = fresh.threshold
        if proposed is None:
            told = {"n": fresh.n, "wanted": TEAMS_FOR_A_THRESHOLD}
            raise Refused(_("Undefined, %(n)d of %(wanted)d teams: there is nothing to adopt yet.") % told)
        if seen != proposed:
            raise Conflict(_("The teams' numbers have changed since you read the proposal."), fresh)
        if strength == Strength.INFORMATIONAL or threshold <= 0:
            raise Refused(_("Give a number above 0, and say whether it is required or advised."))
        if threshold != proposed and not reason.strip():
            raise Refused(_("Say why you adopt another number than the proposed one."))
        editions.edited_by(actor.get_username())
        locked.threshold, locked.strength = threshold, strength
        locked.save(update_fields=["threshold", "strength"])
        return Adoption.objects.create(
            criterion=locked,
            threshold=threshold,
            strength=strength,
            proposed=proposed,
            basis={
                "spread": [str(value) for value in fresh.spread],
                "teams": [
                    asdict(each)
                    | {"growth": str(each.growth), "since": each.since.isoformat(), "until": each.until.isoformat()}
                    for each in fresh.teams
                ],
            },
            reason=reason.strip(),
            by=actor,
        )
