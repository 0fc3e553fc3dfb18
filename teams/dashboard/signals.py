"""Risk signals in words: what is seen, the numbers that show it, and where these are explained."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lifecycle.days import in_words
from lifecycle.measures import Measure
from teams import signals
from teams.models import Population, Signal, Team

Kind = Signal.Kind

#: Signals of a team's page, those that are answered or over among them.
MOST: Final = 12


@dataclass(frozen=True)
class SignalRow:
    """One signal as the page tells it; `explain` is the address that explains the numbers, `source` what is there."""

    signal: Signal
    evidence: str
    explain: str
    source: str


@dataclass(frozen=True)
class Signals:
    """Those that wait for an answer, and what became of the others."""

    open: Sequence[SignalRow]
    earlier: Sequence[SignalRow]

    @property
    def every(self) -> list[Signal]:
        """All of them."""
        return [row.signal for row in (*self.open, *self.earlier)]


def signals_of(team: Team) -> Signals:
    """The signals of a team's page. One query."""
    rows = [row_of(team, signal) for signal in signals.of_team(team, MOST)]
    waiting = [row for row in rows if row.signal.state == Signal.State.OPEN]
    return Signals(waiting, rows[len(waiting) :])


def row_of(team: Team, signal: Signal) -> SignalRow:
    """One signal with its words."""
    kind = Kind(signal.kind)
    address, source = _explained(team, signal, kind)
    return SignalRow(signal, _EVIDENCE[kind](signal, signal.evidence), address, source)


def _ticks(signal: Signal, told: Mapping[str, Any]) -> str:
    return _("%(who)s: %(by_one)s of %(ticks)s ticks in the %(days)s days to %(day)s.") % {
        **told,
        "who": signal.who,
        "day": _day(signal.as_of),
    }


def _no_core(signal: Signal, told: Mapping[str, Any]) -> str:
    return _("Nobody held the core level on %(day)s.") % {"day": _written(told["as_of"])}


def _core_lapses(signal: Signal, told: Mapping[str, Any]) -> str:
    lost = ngettext("One person lapsed from core", "%(n)d people lapsed from core", told["lapsed"])
    won = ngettext("one became core for the first time", "%(n)d became core for the first time", told["converted"])
    return _("%(lost)s and %(won)s from %(first)s to %(last)s.") % {
        "lost": lost % {"n": told["lapsed"]},
        "won": won % {"n": told["converted"]},
        "first": _written(told["first"]),
        "last": _written(told["last"]),
    }


def _one_half(signal: Signal, told: Mapping[str, Any]) -> str:
    words = _(
        "One of %(contributors)s contributors made %(most)s of %(contributions)s contributions "
        "in the %(days)s days to %(day)s."
    )
    return words % {**told, "day": _written(told["as_of"])}


def _silence(signal: Signal, told: Mapping[str, Any]) -> str:
    words = _("No check-in and no act by a partner since %(day)s: %(days)s days.")
    if (signal.as_of - date.fromisoformat(told["last"])).days != told["days"]:
        words = _("No check-in and no act by a partner since %(day)s: %(days)s days, those of a pause not counted.")
    return words % {"days": told["days"], "day": _written(told["last"])}


_EVIDENCE: Final[Mapping[Kind, Callable[[Signal, Mapping[str, Any]], str]]] = {
    Kind.TICKS: _ticks,
    Kind.NO_CORE: _no_core,
    Kind.CORE_LAPSES: _core_lapses,
    Kind.ONE_HALF: _one_half,
    Kind.SILENCE: _silence,
}
_MEASURES: Final = {Kind.NO_CORE: Measure.CORE_CONTRIBUTORS, Kind.ONE_HALF: Measure.ABSENCE_FACTOR}

#: What a mitigation may be, where nobody has thought of another one.
MITIGATIONS: Final = {
    Kind.TICKS: gettext_lazy("Give one milestone of this stage to somebody else, and let them tick it."),
    Kind.NO_CORE: gettext_lazy("Choose three active contributors, and ask each whether they would carry more."),
    Kind.CORE_LAPSES: gettext_lazy("Ask those who left why, and mentor two active contributors towards the core."),
    Kind.ONE_HALF: gettext_lazy("Write down what this person knows, and name a second person for each part of it."),
    Kind.SILENCE: gettext_lazy("Agree on the day of the next check-in, and name a deputy for the partner."),
}
#: Likelihood and impact to begin with.
WEIGHTS: Final = {
    Kind.TICKS: (3, 2),
    Kind.NO_CORE: (3, 2),
    Kind.CORE_LAPSES: (2, 3),
    Kind.ONE_HALF: (2, 3),
    Kind.SILENCE: (2, 2),
}


def _explained(team: Team, signal: Signal, kind: Kind) -> tuple[str, str]:
    """The address that explains the numbers, and what is found there."""
    if kind == Kind.TICKS:
        return f"{reverse('teams:signal', args=[team.slug, signal.pk])}#ticks", _("the ticks")
    if kind == Kind.SILENCE:
        return f"{reverse('teams:team', args=[team.slug])}#check-ins", _("the check-ins")
    if measure := _MEASURES.get(kind):
        return reverse("metrics:number", args=[team.slug, measure.value]), _("how it is counted")
    first, last = (date.fromisoformat(signal.evidence[name]) for name in ("first", "last"))
    asked = {"level": "core", "flow": "lapsed", "population": Population.VOLUNTEERS.value, "on": last.isoformat()}
    query = urlencode(asked | {"days": str((last - first).days + 1)})
    return f"{reverse('metrics:flow', args=[team.slug])}?{query}", _("who lapsed")


def _written(day: str) -> str:
    return _day(date.fromisoformat(day))


def _day(day: date) -> str:
    """A day that no line ends in the middle of."""
    return in_words(day).replace(" ", "\N{NO-BREAK SPACE}")
