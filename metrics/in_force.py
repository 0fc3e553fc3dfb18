"""The conversion points in force, in words: what a number of levels is counted by."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from lifecycle.days import in_words
from pathways.models import ConversionPoint, Pathway
from pathways.rules import point_of
from pathways.wording import kind_labels, sentence
from teams.decisions import defines
from teams.models import Team


def sentences(team: Team, pathway: Pathway | None) -> list[str]:
    """The conversion points in force, in words."""
    points = ConversionPoint.objects.filter(pathway__team=team).select_related("pathway")
    if pathway:
        points = points.filter(pathway=pathway)
    labels = kind_labels()
    return [in_force(point, labels) for point in points.order_by("pathway__name", "level", "id")]


@defines
def of_all(team: Team) -> list[str]:
    """What a decision freezes: those of each pathway."""
    return sentences(team, None)


def in_force(point: ConversionPoint, labels: Mapping[int, str]) -> str:
    """One of them, with its pathway and level, and since when if that is known."""
    words = f"{point.pathway.name}, {point.get_level_display()}: {sentence(point_of(point), labels)}"
    if point.since is None:
        return words
    return _("%(rule)s; in force since %(day)s") % {"rule": words, "day": in_words(point.since)}
