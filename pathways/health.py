"""Whether a pathway is in good health: questions that its own record answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import Prefetch
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from lifecycle import clock
from lifecycle.days import in_words
from pathways.models import FunnelLink, Iteration, Level, Pathway, Steward

#: A pathway that nobody has changed for so long is not learned from.
ITERATED_WITHIN: Final = timedelta(days=180)


@dataclass(frozen=True)
class Check:
    """One question, its answer, and what the answer rests on or what to do about it."""

    question: str
    is_met: bool
    evidence: str
    url: str = ""


#: What `checks` reads, to be prefetched: five queries for any number of pathways.
READS: "Final[tuple[str | Prefetch[str], ...]]" = (
    Prefetch("funnel_links", FunnelLink.objects.select_related("funnel")),
    Prefetch("iterations", Iteration.objects.select_related("by")),
    Prefetch("stewards", Steward.objects.select_related("user", "contributor").order_by("from_on", "pk")),
    "points",
    "sources",
)


def checks(pathway: Pathway) -> list[Check]:
    """The questions about one pathway. No query if READS is prefetched."""
    return [
        _documented(pathway),
        _steward(pathway),
        _funnel(pathway),
        _points(pathway),
        _iterated(pathway),
        _fed(pathway),
    ]


def _documented(pathway: Pathway) -> Check:
    url = pathway.documentation_url
    evidence = url or _("add the address of the documentation")
    return Check(_("Written down, with a link that a newcomer can find"), bool(url), evidence, url)


def _steward(pathway: Pathway) -> Check:
    names = [str(steward) for steward in pathway.stewards.all() if steward.is_current]
    return Check(_("Has a steward"), bool(names), _listed(names) or _("name somebody who looks after it"))


def _funnel(pathway: Pathway) -> Check:
    names = [str(link) for link in pathway.funnel_links.all()]
    return Check(_("Connected to a funnel"), bool(names), _listed(names) or _("connect it, or nobody finds it"))


def _points(pathway: Pathway) -> Check:
    there = {point.level for point in pathway.points.all()}
    missing = [str(level.label) for level in Level if level is not Level.CONTRIBUTOR and level not in there]
    evidence = _("none for %(levels)s") % {"levels": _listed(missing)} if missing else _("casual, active and core")
    return Check(_("Conversion points for all three levels"), not missing, evidence)


def _iterated(pathway: Pathway) -> Check:
    last = max((iteration.on for iteration in pathway.iterations.all()), default=None)
    question = _("Changed because of what was measured, in the last 180 days")
    if last is None:
        return Check(question, False, _("no iteration is recorded"))
    words = _("last iteration on %(day)s") % {"day": in_words(last)}
    return Check(question, last > clock.today() - ITERATED_WITHIN, words)


def _fed(pathway: Pathway) -> Check:
    names = [source.name for source in pathway.sources.all() if source.enabled]
    return Check(_("A source of data is connected"), bool(names), _listed(names) or _("connect one on the data page"))


def _listed(names: Sequence[str]) -> str:
    return get_text_list(list(names), _("and"))
