"""Explains who moves: drifting away, kept for a year, and the flows between two days."""

from dataclasses import replace
from datetime import date, timedelta

from django.utils.translation import gettext as _

from lifecycle.days import in_words
from metrics import counts
from metrics.cohorts import Asked
from metrics.drifting import SILENT_DAYS, drifting
from metrics.explain_cohorts import told
from metrics.explanation import Explanation, Who, ending, named
from metrics.flows import Flow, crossings, prospects
from metrics.in_force import sentences
from metrics.left_out import other_people, uncounted
from metrics.models import Span
from metrics.models.source import FIRST_DAY
from metrics.populations import EVERYTHING
from metrics.questions import Question
from metrics.retention import YEAR, active_before, retention
from pathways.models import Level


def drifters(asked: Question) -> Explanation:
    """Who is active or above, and has not contributed for 180 days."""
    found = drifting(asked.asked)
    lapses = _lapses(asked.asked)
    return Explanation(
        title=_("Drifting contributors"),
        value=len(found),
        formula=_(
            "Different people who hold the level active or above on the as-of day, without a counted contribution in "
            "the %(days)d days that end on it. They still count as active: this is the time to ask how they are."
        )
        % {"days": SILENT_DAYS},
        as_of=asked.last,
        window=ending(SILENT_DAYS),
        people=named([Who(one.contributor_id, "", *_held(lapses, one.contributor_id, one.last_on)) for one in found]),
        heads=(_("Level"), _("Last contribution"), _("Lapses, if nothing more happens")),
        left_out=[
            *other_people(
                asked.population,
                {one.contributor_id for one in drifting(replace(asked.asked, population=EVERYTHING))},
                {one.contributor_id for one in found},
            ),
            *uncounted(asked.team, asked.pathway, asked.last),
        ],
        points=sentences(asked.team, asked.pathway),
    )


def _lapses(asked: Asked) -> dict[int, Span]:
    """Each person's highest span at the active level or above on the as-of day."""
    mine = Span.objects.of(asked.team, asked.population, asked.pathway).on(asked.as_of).at_least(Level.ACTIVE)
    return {span.contributor_id: span for span in mine.order_by("level")}


def _held(spans: dict[int, Span], who: int, last_on: date) -> tuple[str, date, date | None]:
    span = spans[who]
    return str(Level(span.level).label), last_on, None if span.until_on.year == date.max.year else span.until_on


def kept(asked: Question) -> Explanation:
    """Of those who were active a year before the as-of day, who is active on it."""
    number = retention(asked.asked)
    before = asked.last - timedelta(days=YEAR)
    rows: dict[int, Who] = {}
    for span in active_before(asked.asked).order_by("contributor_id", "level"):
        still = _("still active") if span.kept else _("no longer")  # type: ignore[attr-defined]  # an annotation
        rows[span.contributor_id] = Who(span.contributor_id, "", still, span.from_on, _day(span.until_on))
    wide = set(active_before(replace(asked.asked, population=EVERYTHING)).values_list("contributor_id", flat=True))
    return Explanation(
        title=_("Retention of active contributors"),
        value=number.kept,
        written=told(number.kept, number.people, True),
        formula=_(
            "Of the people who held the level active or above %(days)d days before the as-of day, the share who hold "
            "it on the as-of day, whether they had lapsed in between or not. Under five people there is a count and no "
            "percentage."
        )
        % {"days": YEAR},
        as_of=asked.last,
        window=_("compared with %(day)s") % {"day": in_words(before)},
        people=named(list(rows.values())),
        heads=(_("On the as-of day"), _("Held the level then since"), _("That ended, or would end")),
        left_out=[*other_people(asked.population, wide, rows), *uncounted(asked.team, asked.pathway, asked.last)],
        points=sentences(asked.team, asked.pathway),
        facts=[(_("Active then"), number.people), (_("Of whom active on the as-of day"), number.kept)],
    )


def _day(day: date) -> date | None:
    return None if day.year == date.max.year else day


FORMULAS = {
    Flow.CONVERTED: lambda: _(
        "People who were at the level or above for the first time ever on a day of the window. Start + converted + "
        "returned − lapsed = end."  # noqa: RUF001
    ),
    Flow.RETURNED: lambda: _(
        "People who were at the level or above again on a day of the window, after a lapse. It is no second "
        "conversion; who returned twice is here twice."
    ),
    Flow.LAPSED: lambda: _(
        "People who were at the level or above until a day of the window, and were not on that day. Who lapsed twice "
        "is here twice."
    ),
}


def flow(asked: Question) -> Explanation:
    """Who converted to, returned to or lapsed from a level or above in a window: what a waterfall adds up."""
    found = crossings(asked.asked, asked.level, asked.flow, first=asked.first, last=asked.last)
    wide = crossings(
        replace(asked.asked, population=EVERYTHING), asked.level, asked.flow, first=asked.first, last=asked.last
    )
    return Explanation(
        title=_("%(level)s or above: %(flow)s") % {"level": asked.level.label.capitalize(), "flow": asked.flow.label},
        value=len(found),
        formula=FORMULAS[asked.flow](),
        as_of=asked.last,
        window=ending((asked.last - asked.first).days + 1),
        people=named([Who(one.contributor_id, "", str(asked.flow.label), one.day) for one in found]),
        heads=(_("What"), _("On"), ""),
        left_out=[
            *other_people(
                asked.population, {one.contributor_id for one in wide}, {one.contributor_id for one in found}
            ),
            *uncounted(asked.team, asked.pathway, asked.last),
        ],
        points=sentences(asked.team, asked.pathway),
    )


def waiting(asked: Question) -> Explanation:
    """Who is a prospect on the as-of day: the top of the funnel, before the contributors."""
    found = prospects(asked.asked)
    wide = prospects(replace(asked.asked, population=EVERYTHING))
    came = counts.conversions(
        asked.team,
        level=Level.CONTRIBUTOR,
        first=FIRST_DAY,
        last=asked.last,
        population=asked.population,
        pathway=asked.pathway,
    )
    return Explanation(
        title=_("Prospects"),
        value=len(found),
        formula=_(
            "People who were enrolled in a pathway by word, up to the as-of day, and have made no counted contribution "
            "yet. A funnel counts them at its top, together with everybody who has contributed."
        ),
        as_of=asked.last,
        window="",
        people=named([Who(one.contributor_id, "", _("waits"), one.day) for one in found]),
        heads=(_("State"), _("Enrolled"), ""),
        left_out=other_people(
            asked.population, {one.contributor_id for one in wide}, {one.contributor_id for one in found}
        ),
        points=[],
        facts=[
            (_("Everybody who ever contributed"), came),
            (_("Together, the top of the funnel"), came + len(found)),
        ],
    )
