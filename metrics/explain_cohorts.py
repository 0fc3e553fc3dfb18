"""Explains the numbers of cohorts: conversion rates, times to a level, and who of those who joined is active later."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lifecycle.days import in_words
from metrics.cohorts import COHORT_DAYS, Cohort, Journey, journeys, percent, times
from metrics.explanation import Explanation, Who, named
from metrics.in_force import sentences
from metrics.left_out import Reason, other_people, uncounted
from metrics.models.source import FIRST_DAY
from metrics.populations import EVERYTHING
from metrics.questions import Question
from metrics.retention import Joiner, joiners
from pathways.models import Level


def rate(asked: Question) -> Explanation:
    """Of those who reached a level in a cohort, who reached another within 90 days of their own day."""
    span = {"first": asked.cohort.first, "last": asked.cohort.last}
    found = journeys(asked.asked, asked.level, asked.came, **span)
    everybody = journeys(replace(asked.asked, population=EVERYTHING), asked.level, asked.came, **span)
    converted = sum(each.is_within() for each in found)
    return Explanation(
        title=_("Conversion rate, %(begun)s to %(came)s") % {"begun": asked.level.label, "came": asked.came.label},
        value=converted,
        written=told(converted, len(found), asked.cohort.is_final(asked.last)),
        formula=_(
            "Of the people who converted to %(begun)s in a cohort of 90 days, the share who converted to %(came)s "
            "within 90 days after their own day. It is final once the cohort's last day lies 90 days back, and "
            "maturing before that. Under five people there is a count and no percentage."
        )
        % {"begun": asked.level.label, "came": asked.came.label},
        as_of=asked.last,
        window=days_of(asked.cohort),
        people=named(
            [Who(each.contributor_id, "", so_far(each, asked.last), each.begun_on, each.came_on) for each in found]
        ),
        heads=(
            _("Within 90 days"),
            _("Reached %(level)s") % {"level": asked.level.label},
            _("Reached %(level)s") % {"level": asked.came.label},
        ),
        left_out=_left_out(asked, everybody, found),
        points=sentences(asked.team, asked.pathway),
        facts=_facts(asked, converted, len(found)),
    )


def joining(asked: Question) -> Explanation:
    """Of those who joined in a cohort, who was active or above on the 90th day after."""
    found = joiners(asked.asked, asked.level, asked.cohort)
    everybody = joiners(replace(asked.asked, population=EVERYTHING), asked.level, asked.cohort)
    kept = sum(each.kept for each in found)
    after = timedelta(days=COHORT_DAYS)
    words = {True: _("active"), False: _("not active")}
    return Explanation(
        title=_("Active 90 days after a first contribution")
        if asked.level == Level.CONTRIBUTOR
        else _("Still active 90 days after becoming active"),
        value=kept,
        written=told(kept, len(found), asked.cohort.is_final(asked.last)),
        formula=_(
            "Of the people who joined in a cohort of 90 days, by a first counted contribution or by becoming active, "
            "the share who held the level active or above on the 90th day after their own. It is final once the "
            "cohort's last day lies 90 days back. Under five people there is a count and no percentage."
        ),
        as_of=asked.last,
        window=days_of(asked.cohort),
        people=named(
            [
                Who(
                    each.contributor_id,
                    "",
                    words[each.kept] if each.joined_on + after <= asked.last else _("maturing"),
                    each.joined_on,
                    each.joined_on + after,
                )
                for each in found
            ]
        ),
        heads=(_("On the 90th day"), _("Joined"), _("90th day")),
        left_out=_left_out(asked, everybody, found),
        points=sentences(asked.team, asked.pathway),
        facts=_facts(asked, kept, len(found)),
    )


def time_to_level(asked: Question) -> Explanation:
    """How long everybody who has reached a level took from their first counted act."""
    span = {"first": FIRST_DAY, "last": asked.last}
    found = [each for each in journeys(asked.asked, Level.CONTRIBUTOR, asked.level, **span) if each.came_on]
    wide = journeys(replace(asked.asked, population=EVERYTHING), Level.CONTRIBUTOR, asked.level, **span)
    (time,) = (each for each in times(asked.asked) if each.level == asked.level)
    quartiles = [
        (_("A quarter within"), time.lower),
        (_("Half within"), time.median),
        (_("Three quarters within"), time.upper),
    ]
    return Explanation(
        title=_("From the first contribution to %(level)s") % {"level": asked.level.label},
        value=time.people,
        written=_("%(days)s (median)") % {"days": in_days(time.median)} if time.median is not None else _("nobody yet"),
        formula=_(
            "Days from the first counted contribution to the conversion to %(level)s, of everybody who has reached it. "
            "Who is still on the way is not in it, so it tells how fast those were who arrived."
        )
        % {"level": asked.level.label},
        as_of=asked.last,
        window="",
        people=named(
            [Who(each.contributor_id, "", in_days(each.days or 0), each.begun_on, each.came_on) for each in found]
        ),
        heads=(_("Took"), _("First contribution"), reached(asked.level)),
        left_out=_left_out(asked, [each for each in wide if each.came_on], found),
        points=sentences(asked.team, asked.pathway),
        facts=[(_("People"), time.people), *((label, in_days(days)) for label, days in quartiles if days is not None)],
    )


def told(part: int, whole: int, is_final: bool) -> str:
    """A share in words: "57 % (12 of 21)", "1 of 3", "maturing, 12 of 21 so far"."""
    numbers = {"part": part, "whole": whole, "share": percent(part, whole)}
    if not is_final:
        return _("maturing, %(part)d of %(whole)d so far") % numbers
    if numbers["share"] is None:
        return _("%(part)d of %(whole)d") % numbers
    return _("%(share)d %% (%(part)d of %(whole)d)") % numbers


def in_days(days: float) -> str:
    """A number of days, a half one too."""
    number = int(days) if days == int(days) else round(days, 1)
    return ngettext("%(n)s day", "%(n)s days", int(days + 0.9)) % {"n": number_format(number)}


def reached(level: Level) -> str:
    """The head of a column of days."""
    return _("Reached %(level)s") % {"level": level.label}


def days_of(cohort: Cohort) -> str:
    """The days of a cohort in words."""
    days = {"first": in_words(cohort.first), "last": in_words(cohort.last)}
    return _("cohort of %(first)s to %(last)s") % days


def so_far(each: Journey, as_of: date) -> str:
    """What has come of one person by a day."""
    if each.days is not None and each.days < 0:
        return _("no: had reached it before")
    if each.is_within():
        return _("yes, on the same day") if not each.days else _("yes, after %(days)s") % {"days": in_days(each.days)}
    return _("no") if each.begun_on + timedelta(days=COHORT_DAYS) <= as_of else _("not yet")


def _people(found: Iterable[Journey], words: Callable[[Journey], str]) -> list[Who]:
    return named([Who(each.contributor_id, "", words(each), each.begun_on, each.came_on) for each in found])


def _facts(asked: Question, part: int, whole: int) -> list[tuple[str, object]]:
    final_on = asked.cohort.last + timedelta(days=COHORT_DAYS)
    return [
        (_("People of the cohort"), whole),
        (_("Of whom"), part),
        (_("Final on"), in_words(final_on)),
    ]


def _left_out(
    asked: Question, everybody: Iterable[Journey | Joiner], found: Iterable[Journey | Joiner]
) -> list[Reason]:
    """Bots and others who would be in, and what counts for nobody."""
    wide, counted = ({each.contributor_id for each in rows} for rows in (everybody, found))
    return [*other_people(asked.population, wide, counted), *uncounted(asked.team, asked.pathway, asked.last)]
