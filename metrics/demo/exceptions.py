"""Conditions that are set aside in the demo organisation: one is granted, one waits for a partner's answer."""

from datetime import timedelta

from lifecycle import clock
from lifecycle.measures import Measure
from lifecycle.models import Criterion
from teams import waivers
from teams.models import Membership, Role, Team, User, Waiver

GRANTED = (
    "tidewater",
    "The newsletter takes no new entries until its editors are back in spring. The other funnel is connected.",
    "Agreed. I ask the editors again in March.",
)
ASKED = (
    "quill",
    "Our pathway leads to pages, and nobody comes to them by a newsletter. The help pages point to it instead.",
)


def tell() -> None:
    """By the verbs that people use: always two people."""
    slug, reason, answer = GRANTED
    waivers.grant(_asked(slug, reason), actor=_first(slug, Role.PARTNER), answer=answer)
    _asked(*ASKED)


def _asked(slug: str, reason: str) -> Waiver:
    team = Team.objects.get(slug=slug)
    criterion = Criterion.objects.get(stage=team.stage, measure=Measure.FUNNELS_CONNECTED)
    last = clock.today() + timedelta(days=90)
    return waivers.ask(team, actor=_first(slug, Role.ACTIVATOR), criterion=criterion, reason=reason, expires_on=last)


def _first(slug: str, role: Role) -> User:
    return Membership.objects.filter(team__slug=slug, role=role).select_related("user")[0].user
