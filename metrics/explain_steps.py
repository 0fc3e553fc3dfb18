"""Explains who came as far as a step of a pathway, and who went no further."""

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from metrics.explanation import Explanation, Who, named
from metrics.left_out import other_people, uncounted
from metrics.populations import EVERYTHING
from metrics.questions import Question
from metrics.steps import Walker, walkers
from pathways.models import Step
from pathways.wording import completion, kind_labels


def came(asked: Question) -> Explanation:
    """Who came as far as the step that was asked for (0: moved in), or those of them who went no further."""
    every = list(asked.pathway.steps.all()) if asked.pathway else []
    found = _shown(asked, walkers(asked.asked, asked.step))
    wide = _shown(asked, walkers(replace(asked.asked, population=EVERYTHING), asked.step))
    name = every[asked.step - 1].name if asked.step else ""
    return Explanation(
        title=_title(asked, name),
        value=len(found),
        formula=_formula(asked),
        as_of=asked.last,
        window="",
        people=named([_who(one, every) for one in found]),
        heads=(_("Furthest step"), _("Moved in"), _("Completed the step") if asked.step else ""),
        left_out=[
            *other_people(
                asked.population, {one.contributor_id for one in wide}, {one.contributor_id for one in found}
            ),
            *uncounted(asked.team, asked.pathway, asked.last),
        ],
        points=[],
        facts=_facts(every),
    )


def _shown(asked: Question, found: Sequence[Walker]) -> list[Walker]:
    return [one for one in found if one.furthest == asked.step or not asked.stopped]


def _who(one: Walker, steps: Sequence[Step]) -> Who:
    furthest = steps[one.furthest - 1].name if one.furthest else _("none yet")
    return Who(one.contributor_id, "", furthest, one.moved_on, one.done_on)


def _title(asked: Question, step: str) -> str:
    words = {"step": step, "pathway": asked.pathway}
    if asked.stopped:
        return _("Stopped after “%(step)s”") % words if step else _("Moved into “%(pathway)s” and stopped") % words
    return _("Came as far as “%(step)s”") % words if step else _("Moved into “%(pathway)s”") % words


def _formula(asked: Question) -> str:
    """In words what `metrics.steps.WALKS` asks."""
    moved = _(
        "People who moved into the pathway up to the as-of day, by a first counted contribution or because somebody "
        "enrolled them."
    )
    reached = _("Of them, those who completed the step, by contributions or by hand, or a later one.")
    stopped = _("And of those, who have completed no later step. They may still go on.")
    return " ".join([moved, *([reached] if asked.step else []), *([stopped] if asked.stopped else [])])


def _facts(steps: Sequence[Step]) -> list[tuple[str, object]]:
    labels = kind_labels()
    return [
        (_("Step %(number)d, “%(step)s”") % {"number": number, "step": step.name}, completion(step, labels))
        for number, step in enumerate(steps, 1)
    ]
