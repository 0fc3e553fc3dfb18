"""The rules of a pathway: its conversion points and its steps, each written as one whole set.

A set is written wholly or not at all, so nobody ever counts by half of one; and only over the set that the person
saw, so two people who edit at once cannot undo each other unseen.
"""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, field
from typing import Final

from django.utils.translation import gettext as _

from pathways.fingerprint import fingerprint
from pathways.models import CommunityRole, ConversionPoint, DefaultPoint, Kind, Level, Pathway, Step
from pathways.rights import running
from teams.models import User
from teams.refusals import Conflict, Refused

#: More than anybody has asked for; a set is one screen.
MOST: Final = 30
#: What a SMALLINT holds: ninety years of days.
LARGEST: Final = 32767


@dataclass(frozen=True)
class Point:
    """A conversion point as a value: any of `kinds`, n contributions on d days in m months within w days."""

    level: int
    label: str
    kinds: list[int] = field(default_factory=list)
    n: int = 1
    d: int = 1
    m: int = 1
    w: int = 365
    roles: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class StepSpec:
    """A step as a value; `id` is that of a step that stays (and keeps who completed it), None of a new one."""

    name: str
    kinds: list[int] = field(default_factory=list)
    count: int = 1
    id: int | None = None


def point_of(rule: ConversionPoint | DefaultPoint) -> Point:
    """A stored point as a value."""
    return Point(rule.level, rule.label, list(rule.kinds), rule.n, rule.d, rule.m, rule.w, list(rule.roles))


def points_of(pathway: Pathway) -> list[Point]:
    """The pathway's conversion points, level by level."""
    return [point_of(point) for point in pathway.points.all()]


def steps_of(pathway: Pathway) -> list[StepSpec]:
    """The pathway's steps, in order."""
    return [StepSpec(step.name, list(step.kinds), step.count, step.pk) for step in pathway.steps.all()]


def seen(values: Iterable[Point | StepSpec]) -> str:
    """The fingerprint of a set, for the form to bring back."""
    return fingerprint(astuple(value) for value in values)


def set_points(pathway: Pathway, points: Sequence[Point], *, actor: User, seen: str | None = None) -> list[Point]:
    """Makes these the pathway's conversion points, in place of those there are; its past is recounted.

    `seen` is the fingerprint that the person's screen carried; None when there was no screen. The same set again
    writes nothing. Raises PermissionDenied, Refused (a rule that nobody can fulfil), Busy, or Conflict with the
    fresh set.
    """
    with running(pathway.team, actor):
        fresh = points_of(pathway)
        _unmoved(fresh, seen)
        if len(points) > MOST:
            raise Refused(_("A pathway has at most %(most)d conversion points.") % {"most": MOST})
        wanted = sorted((_possible(point) for point in points), key=lambda point: point.level)
        if len({(point.level, point.label) for point in wanted}) < len(wanted):
            raise Refused(_("Two points of one level have the same label."))
        if wanted != fresh:  # whatever stays as it is keeps the day since when it is in force
            gone = [point.pk for point in pathway.points.all() if point_of(point) not in wanted]
            ConversionPoint.objects.filter(pk__in=gone).delete()
            new = [point for point in wanted if point not in fresh]
            ConversionPoint.objects.bulk_create([ConversionPoint(pathway=pathway, **vars(point)) for point in new])
        return wanted


def set_steps(pathway: Pathway, steps: Sequence[StepSpec], *, actor: User, seen: str | None = None) -> list[Step]:
    """Makes these the pathway's steps, in this order, in place of those there are. Raises as `set_points`."""
    with running(pathway.team, actor):
        fresh = steps_of(pathway)
        _unmoved(fresh, seen)
        if len(steps) > MOST:
            raise Refused(_("A pathway has at most %(most)d steps.") % {"most": MOST})
        kept = {step.id for step in steps if step.id is not None}
        if kept - {step.id for step in fresh} or len(kept) < sum(step.id is not None for step in steps):
            raise Refused(_("One of these steps is not of this pathway."))
        rows = [
            Step(
                pk=step.id,
                pathway=pathway,
                order=order,
                name=_words(step.name, _("A step needs a name.")),
                kinds=known_kinds(step.kinds),
                count=_whole(step.count, _("A step takes at least one contribution.")),
            )
            for order, step in enumerate(steps, start=1)
        ]
        if list(steps) != fresh:
            pathway.steps.exclude(pk__in=kept).delete()
            Step.objects.bulk_update([row for row in rows if row.pk], ["order", "name", "kinds", "count"])
            Step.objects.bulk_create([row for row in rows if not row.pk])
        return list(Step.objects.filter(pathway=pathway))


def known_kinds(kinds: Iterable[int]) -> list[int]:
    """The kinds, each once and in order. Raises Refused for one that does not count."""
    wanted = sorted(set(kinds))
    if wanted and Kind.objects.filter(pk__in=wanted, state=Kind.State.KNOWN).count() < len(wanted):
        raise Refused(_("One of these kinds of contribution does not count."))
    return wanted


def _possible(point: Point) -> Point:
    """The point, cleaned. Raises Refused, in words, for what the database would refuse."""
    label = _words(point.label, _("A conversion point needs a label."))
    words = {"label": label}
    if point.level not in Level.values or point.level == Level.CONTRIBUTOR:
        raise Refused(_("“%(label)s”: the level is casual, active or core.") % words)
    for number in (point.n, point.d, point.m, point.w):
        _whole(number, _("“%(label)s”: the numbers begin at 1.") % words)
    if point.d > point.n:
        raise Refused(_("“%(label)s”: on so many days there are at least as many contributions.") % words)
    if point.m > point.d:
        raise Refused(_("“%(label)s”: in so many months there are at least as many days.") % words)
    if point.d > point.w:
        raise Refused(_("“%(label)s”: the window is shorter than the days asked for.") % words)
    if not set(point.roles) <= set(CommunityRole.Role.values):
        raise Refused(_("“%(label)s”: there is no such role.") % words)
    roles = [role for role in CommunityRole.Role.values if role in point.roles]
    return Point(point.level, label, known_kinds(point.kinds), point.n, point.d, point.m, point.w, roles)


def _words(text: str, otherwise: str) -> str:
    if not text.strip():
        raise Refused(otherwise)
    return text.strip()[:80]


def _whole(number: int, otherwise: str) -> int:
    if not 1 <= number <= LARGEST:
        raise Refused(otherwise)
    return number


def _unmoved(fresh: Sequence[Point | StepSpec], was: str | None) -> None:
    if was is not None and was != seen(fresh):
        raise Conflict(_("Somebody changed these while you looked at them."), fresh)
