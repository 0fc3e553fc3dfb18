"""The steps of a pathway as its page reads them: how each is completed, who came so far, and before which they stop."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from django.utils.translation import gettext as _

from lifecycle import charts
from pathways import standing, wording
from pathways.models import Pathway
from teams.dashboard.explainers import Explainers
from teams.models import Population


@dataclass(frozen=True)
class StepRow:
    """A step, or (number 0) the way in; `rung` is its bar, None while nobody moved in."""

    number: int
    name: str
    completion: str
    people: int
    stopped: int | None
    rung: charts.Rung | None
    explain: str
    explain_stopped: str


@dataclass(frozen=True)
class Steps:
    """What the way says of one population: the way in, and each step."""

    title: str
    population: Population
    as_of: date
    rows: Sequence[StepRow]


def steps_of(pathway: Pathway, population: Population, labels: Mapping[int, str]) -> Steps | None:
    """None of a pathway without steps. One query."""
    walked = standing.walked(pathway, population)
    steps = walked.steps
    if not steps:
        return None
    reached = [walked.reached(place) for place in range(len(steps) + 1)]
    explain = Explainers(pathway.team, population, pathway.slug, walked.as_of)
    rungs = charts.funnel([(str(place), people) for place, people in enumerate(reached)])
    rows = [
        StepRow(
            number=place,
            name=step.name if step else _("Moved in"),
            completion=wording.completion(step, labels) if step else _("by a first contribution, or enrolled"),
            people=reached[place],
            stopped=walked.furthest[place - 1] if place else None,
            rung=rung,
            explain=explain.steps(place),
            explain_stopped=explain.steps(place - 1, "stopped") if place else "",
        )
        for place, (step, rung) in enumerate(zip_longest([None, *steps], rungs))
    ]
    return Steps(_title(walked), population, walked.as_of, rows)


def _title(walked: standing.Walked) -> str:
    """Before which step most people stop."""
    if not walked.reached(0):
        return _("Nobody has moved in yet")
    most = max(range(len(walked.steps)), key=lambda place: walked.furthest[place])
    words = {"step": walked.steps[most].name, "n": walked.furthest[most], "all": walked.reached(most)}
    if not words["n"]:
        return _("Everybody who moved in came to the last step")
    return _("Most stop before “%(step)s”: %(n)d of the %(all)d who came so far") % words
