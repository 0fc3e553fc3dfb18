"""Explains who holds a level on a day, and who reached one for the first time in a window.

Every list here is the query that the number itself is made of (`metrics.counts`).
"""

from collections import Counter

from django.utils.translation import gettext as _

from metrics import counts
from metrics.explanation import Explanation, Who, ending, listed
from metrics.in_force import sentences
from metrics.left_out import other_people, uncounted
from metrics.models import Span
from metrics.models.span import SpanQuerySet
from metrics.populations import EVERYTHING
from metrics.questions import Question
from pathways.models import Level


def active(asked: Question) -> Explanation:
    """Who holds a level or above on a day: a stock."""
    held = Span.objects.of(asked.team, asked.population, asked.pathway).on(asked.last).at_least(asked.level)
    everybody = Span.objects.of(asked.team, EVERYTHING, asked.pathway).on(asked.last).at_least(asked.level)
    return Explanation(
        title=_("%(level)s contributors") % {"level": asked.level.label.capitalize()},
        value=counts.stock(
            asked.team, on=asked.last, level=asked.level, population=asked.population, pathway=asked.pathway
        ),
        formula=_(
            "Different people who hold the level “%(level)s” or above on the as-of day. A level is held on every day "
            "on which one of its conversion points is true. It is a stock, and cumulative."
        )
        % {"level": asked.level.label},
        as_of=asked.last,
        window="",
        people=(people := listed(held)),
        facts=_exclusive(people),
        left_out=[
            *other_people(asked.population, _ids(everybody), _ids(held)),
            *uncounted(asked.team, asked.pathway, asked.last),
        ],
        points=sentences(asked.team, asked.pathway),
    )


def _exclusive(people: list[Who]) -> list[tuple[str, object]]:
    """How many hold each level as their highest: what a picture of exclusive levels shows."""
    held = Counter(who.level for who in people)
    labels = [str(level.label) for level in Level if level is not Level.CONTRIBUTOR]
    return [(_("Of whom %(level)s, their highest") % {"level": name}, held[name]) for name in labels if held[name]]


def conversions(asked: Question) -> Explanation:
    """Who reached a level for the first time in a window: a flow."""
    found = counts.converted(
        asked.team,
        level=asked.level,
        first=asked.first,
        last=asked.last,
        population=asked.population,
        pathway=asked.pathway,
    )
    spans = Span.objects.of(asked.team, EVERYTHING, asked.pathway).conversions(asked.level)
    return Explanation(
        title=_("Conversions to %(level)s") % {"level": asked.level.label},
        value=found.count(),
        formula=_(
            "Different people who reached the level “%(level)s” for the first time in the window: one conversion a "
            "person and level, for ever. Coming back after a lapse is a return and no second conversion."
        )
        % {"level": asked.level.label},
        as_of=asked.last,
        window=ending((asked.last - asked.first).days + 1),
        people=listed(found),
        facts=_went_on(asked, _ids(found)),
        left_out=[
            *other_people(asked.population, _ids(spans.since(asked.first, asked.last)), _ids(found)),
            *uncounted(asked.team, asked.pathway, asked.last),
        ],
        points=sentences(asked.team, asked.pathway),
    )


def _went_on(asked: Question, people: set[int]) -> list[tuple[str, object]]:
    """How many of the people have converted to the next level up to the as-of day, and how many stopped before it."""
    if asked.level == max(Level):
        return []
    above = Level(asked.level + 1)
    spans = Span.objects.of(asked.team, asked.population, asked.pathway).conversions(above)
    went = spans.filter(contributor_id__in=people, from_on__lte=asked.last).count()
    words = {"level": above.label}
    return [
        (_("Of whom converted to %(level)s, too") % words, went),
        (_("Stopped before %(level)s, so far") % words, len(people) - went),
    ]


def _ids(spans: SpanQuerySet) -> set[int]:
    return set(spans.values_list("contributor_id", flat=True))
