"""The way of a team through the stages as a band: stays as long as their days, pauses over them, steps back marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lifecycle import clock
from lifecycle.bands import Bands, Row, Sign, Stretch, bands
from lifecycle.days import in_words
from teams.dashboard.track import Stay, stays
from teams.models import Promotion, StateChange, Team
from teams.standings import Period, periods


@dataclass(frozen=True)
class Way:
    """One team's stays, and the days on which it was paused or retired."""

    team: Team
    stays: Sequence[Stay]
    periods: Sequence[Period]


@dataclass(frozen=True)
class BandChart:
    """One band, or several on one axis."""

    title: str
    label: str
    as_of: date
    has_pauses: bool
    drawn: Bands


def ways_of(teams: Sequence[Team]) -> list[Way]:
    """The ways of some teams, in their order. Two queries."""
    decided = Promotion.objects.filter(team__in=teams).select_related("to_stage", "from_stage").order_by("seq")
    changed = StateChange.objects.filter(team__in=teams)
    decisions = {team.pk: [each for each in decided if each.team_id == team.pk] for team in teams}
    changes = {team.pk: [each for each in changed if each.team_id == team.pk] for team in teams}
    paused = {team.pk: periods(changes[team.pk]) for team in teams}
    return [Way(team, stays(decisions[team.pk], paused[team.pk]), paused[team.pk]) for team in teams]


def band_of(ways: Sequence[Way]) -> BandChart | None:
    """The picture; None before anything is on record. Several ways are named."""
    drawn = bands([_row(way, is_named=len(ways) > 1) for way in ways], as_of=clock.today())
    if drawn is None:
        return None
    days = sum(stay.days for stay in ways[0].stays)
    told = {"team": ways[0].team, "n": days}
    if len(ways) > 1:
        title = _("The way of each team through the stages, on one axis of days")
    else:
        title = (
            ngettext("%(team)s: one day on the way", "%(team)s: %(n)d days on the way through the stages", days) % told
        )
    return BandChart(
        title=title,
        label="; ".join(f"{way.team}: {', '.join(_words(stay) for stay in way.stays)}" for way in ways),
        as_of=clock.today(),
        has_pauses=any(way.periods for way in ways),
        drawn=drawn,
    )


def _row(way: Way, *, is_named: bool) -> Row:
    return Row(
        name=str(way.team) if is_named else "",
        stretches=[
            Stretch(stay.entered_on, stay.left_on, stay.stage.order, stay.stage.short_name, _words(stay))
            for stay in way.stays
        ],
        veils=[
            Stretch(period.first, period.until, None, str(period.state.label), _period(period))
            for period in way.periods
        ],
        signs=[
            Sign(stay.entered_on, _("stepped back"), f"{_day(stay.entered_on)}: {stay.began.words}")
            for stay in way.stays
            if stay.began.kind == Promotion.Kind.STEPPED_BACK
        ],
    )


def _words(stay: Stay) -> str:
    told = {"stage": stay.stage, "first": _day(stay.entered_on), "n": stay.days}
    if stay.left_on is None:
        return (
            ngettext(
                "%(stage)s since %(first)s, %(n)d day so far", "%(stage)s since %(first)s, %(n)d days so far", stay.days
            )
            % told
        )
    return ngettext("%(stage)s from %(first)s, %(n)d day", "%(stage)s from %(first)s, %(n)d days", stay.days) % told


def _period(period: Period) -> str:
    told = {"state": period.state.label, "first": _day(period.first)}
    if period.until is None:
        return _("%(state)s since %(first)s") % told
    return _("%(state)s from %(first)s to %(until)s") % {**told, "until": _day(period.until)}


def _day(day: date) -> str:
    return in_words(day)
