"""The proposed contribution jump: the number with n and spread for everybody, and by name the readable teams."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from lifecycle.models import Criterion
from teams import thresholds
from teams.models import Adoption
from teams.models.team import TeamQuerySet
from teams.thresholds import TEAMS_FOR_A_THRESHOLD, Proposal, Shown, Silent

#: Teams in the table; the file has all.
NAMED = 25


@dataclass(frozen=True)
class Jump:
    """What is proposed, what is in force, and the teams behind it that the reader may read."""

    proposal: Proposal
    criterion: Criterion | None
    in_force: Adoption | None
    wanted: int
    teams: Sequence[Shown]
    silent: Sequence[Silent]

    @property
    def listed(self) -> Sequence[Shown]:
        """Those in the table."""
        return self.teams[:NAMED]

    @property
    def spread(self) -> Sequence[tuple[str, Decimal]]:
        """The growths from the least to the most by quarters, each with its name; nothing from too few teams."""
        if self.proposal.threshold is None:
            return []
        words = (_("Least"), _("Lower quartile"), _("Median"), _("Upper quartile"), _("Most"))
        return list(zip(words, self.proposal.spread, strict=True))

    @property
    def is_new(self) -> bool:
        """A number is proposed that is not the one in force."""
        proposed = self.proposal.threshold
        return proposed is not None and (self.in_force is None or self.in_force.proposed != proposed)


def jump_of(named: TeamQuerySet) -> Jump:
    """Four queries at the most."""
    proposal, criterion = thresholds.proposal(), thresholds.undefined()
    told = {each.slug for each in proposal.teams} | {each.slug for each in proposal.silent}
    readable = set(named.filter(slug__in=told).values_list("slug", flat=True)) if told else set()
    return Jump(
        proposal=proposal,
        criterion=criterion,
        in_force=thresholds.latest(criterion) if criterion else None,
        wanted=TEAMS_FOR_A_THRESHOLD,
        teams=[each for each in proposal.teams if each.slug in readable],
        silent=[each for each in proposal.silent if each.slug in readable],
    )
