"""What is missing for a level, in words."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lifecycle.days import in_words
from metrics.nearing import Chance
from pathways.models import CommunityRole
from pathways.rules import Point
from pathways.wording import any_of

Labels = Mapping[int, str]


def chance_words(chance: Chance, as_of: date, labels: Labels) -> str:
    """What one more act has to be, and by when: "1 more review on another day, by 3 March 2027"."""
    words = [_one(chance.point, labels)]
    if chance.days < chance.point.d:
        words[0] += " " + _("on another day")
    if chance.months < chance.point.m:
        words[0] += " " + _("in another month")
    if chance.first and chance.first > as_of:
        words.append(_("from %(day)s") % {"day": _day(chance.first)})
    if chance.last:
        words.append(_("by %(day)s") % {"day": _day(chance.last)})
    return ", ".join(words)


def lacking_words(point: Point, labels: Labels, *, acts: int = 0, days: int = 0, months: int = 0) -> str:
    """What the window lacks of a rule: "3 more contributions, on 2 more days, within 365 days"; empty if nothing."""
    lacks = (point.n - acts, point.d - days, point.m - months)
    told = [_acts(lacks[0], point.kinds, labels)] if lacks[0] > 0 else []
    if lacks[1] > 0 and point.d > 1:
        told.append(ngettext("on %(n)d more day", "on %(n)d more days", lacks[1]) % {"n": lacks[1]})
    if lacks[2] > 0 and point.m > 1:
        told.append(ngettext("in %(n)d more month", "in %(n)d more months", lacks[2]) % {"n": lacks[2]})
    if told and point.n > 1:
        told.append(ngettext("within %(w)d day", "within %(w)d days", point.w) % {"w": point.w})
    return ", ".join(told)


def role_words(point: Point) -> str:
    """The roles that the rule asks for, one of which has to be confirmed."""
    names = [str(CommunityRole.Role(role).label) for role in point.roles]
    return _("a confirmed role as %(roles)s") % {"roles": get_text_list(names, _("or"))}


def keeping_words(chances: Sequence[Chance], labels: Labels) -> str:
    """What one more act would do for the level that is held; `chances` are its rules. Empty where it never lapses."""
    best = max((one for one in chances if one.keeps_until), key=lambda one: one.keeps_until or date.min, default=None)
    if best is None or best.lapses_on is None or best.keeps_until is None:
        return ""
    if best.keeps_until <= best.lapses_on:
        return _("One more contribution is not enough to keep it.")
    words = {"one": _one(best.point, labels), "lapse": _day(best.lapses_on), "kept": _day(best.keeps_until)}
    return _("%(one)s before %(lapse)s keeps it until %(kept)s at least.") % words


def _one(point: Point, labels: Labels) -> str:
    return _acts(1, point.kinds, labels)


def _acts(number: int, kinds: Sequence[int], labels: Labels) -> str:
    if kinds:
        return _("%(n)d more of %(kinds)s") % {"n": number, "kinds": any_of(kinds, labels)}
    return ngettext("%(n)d more contribution", "%(n)d more contributions", number) % {"n": number}


def _day(day: date) -> str:
    return in_words(day)
